/** The one thing to do, for the person who sets the variables: the general hints of errors speak to a model. */
import type { ConfiguredInstance } from '../config/config.ts';
import { DOTENV } from '../config/sources.ts';
import { type ErrorCode, HINTS } from '../core/errors.ts';
import { quoted } from '../core/told.ts';
import type { VariableMeta } from '../core/variable.ts';

type Role = VariableMeta['role'];

const ADVICE: Partial<Record<ErrorCode, (names: (role: Role) => string) => string>> = {
  not_configured: () => 'Correct it and run this again; README.md tells what each variable takes.',
  unauthenticated: (names) => `Renew the credential: ${names('credential')}.`,
  permission_denied: (names) => `Give the credential the right to do this, or set another one: ${names('credential')}.`,
  policy_denied: () => 'Add it to TAGWRIGHT_REPOSITORIES.',
  repository_not_found: (names) => `Check the spelling, ${names('repository')}, and that the credential may see the repository.`,
  invalid_input: (names) => `Correct the default repository: ${names('repository')}.`,
  timeout: (names) => `Check the address, ${names('address')}; for a slow system raise TAGWRIGHT_TIMEOUT_MS.`,
  unavailable: (names) => `Try again in a moment; check the address, ${names('address')}.`,
  unexpected_response: (names) => `Check that the address is the API itself: ${names('address')}.`,
};

/** Where nothing is set, the default is in force. */
const DEFAULTS: Record<Role, string> = {
  address: 'the default one',
  credential: 'none is set',
  repository: 'it comes from the working directory',
  option: 'none is set',
};

export function adviceOn(code: ErrorCode, { given }: ConfiguredInstance): string {
  const names = (role: Role) =>
    given
      .flatMap((one) =>
        one.role === role && one.used
          ? [`${one.from === DOTENV && one.name.includes('__') ? quoted(one.name) : one.name} (${one.from})`]
          : [],
      )
      .join(', ') || DEFAULTS[role];
  return ADVICE[code]?.(names) ?? HINTS[code];
}
