/** Tokens from IAM for a user and a password: fetched when first needed, shared by all calls, renewed before they expire. */
import * as z from 'zod';
import { abandoned, isTagError, TagError } from '../../core/errors.ts';
import type { Host } from '../../core/host.ts';
import type { Call } from '../../core/provider.ts';
import { told } from '../../core/told.ts';
import { createHttp, type Refusal } from '../../http/http.ts';
import { path } from '../../http/path.ts';
import type { Login } from './env.ts';
import { unlessAborted } from './wait.ts';

export interface Session {
  readonly token: string;
  /** ISO 8601, by the clock of IAM. */
  readonly expires_at: string;
  readonly lifetimeMs: number;
}

export interface Sessions {
  /** One that is valid now: a single request to IAM, however many callers wait for it, whichever of them gives up. */
  current(call: Call): Promise<Session>;
  /** It was refused: whoever asks next gets another. */
  drop(session: Session): void;
}

interface Fetch {
  readonly session: Promise<Session>;
  /** Once it is there. */
  result?: Session;
  /** How long the outcome counts, be it a session or a refusal; in ms since 1970. */
  until: number;
}

/** A token is renewed so long before it expires. */
const MARGIN_MS = 5 * 60_000;
/** A refused password is not tried again so soon: IAM locks a user after a few of them. */
const REFUSED_MS = 5 * 60_000;

/** Tokens are good for one region: the project of that name. */
export function createSessions(login: Login, region: string, base: string, host: Host): Sessions {
  const http = createHttp({ base, host, variable: 'CODEARTS_IAM_URL', explain: (refusal) => explain(refusal, region) });
  let latest: Fetch | undefined;

  function start(): Fetch {
    const fetch: Fetch = { session: request(), until: Number.POSITIVE_INFINITY };
    fetch.session.then(
      (session) => {
        fetch.result = session;
        fetch.until = Date.now() + session.lifetimeMs - MARGIN_MS;
      },
      (error) => {
        fetch.until = isTagError(error, 'unauthenticated', 'not_configured') ? Date.now() + REFUSED_MS : 0;
      },
    );
    return fetch;
  }

  async function request(): Promise<Session> {
    const call = { signal: new AbortController().signal, progress() {} }; // nobody's own: one caller's end is not the others'
    const body = bodyFor(login, region);
    try {
      const reply = await http.send('POST', path`/v3/auth/tokens`, { call, query: { nocatalog: true }, body, schema: WireToken });
      const token = reply.headers['x-subject-token'];
      if (!token) throw new TagError('unexpected_response', 'IAM answered without a token.');
      host.hide(token);
      const { issued_at, expires_at } = reply.body.token;
      return { token, expires_at, lifetimeMs: Date.parse(expires_at) - Date.parse(issued_at) || 0 };
    } catch (error) {
      throw harmless(error);
    }
  }

  return {
    async current({ signal }) {
      if (signal.aborted) throw abandoned(signal);
      if (!latest || latest.until <= Date.now()) latest = start();
      return unlessAborted(latest.session, signal);
    },
    drop(session) {
      if (latest?.result === session) latest = undefined;
    },
  };
}

const WireToken = z.object({ token: z.object({ issued_at: z.string(), expires_at: z.string() }) });

const bodyFor = ({ domain, user, password }: Login, region: string) => ({
  auth: {
    identity: { methods: ['password'], password: { user: { domain: { name: domain }, name: user, password } } },
    scope: { project: { name: region } },
  },
});

function explain({ status }: Refusal, region: string): TagError | undefined {
  if (status === 401)
    return new TagError('unauthenticated', 'IAM does not accept the account, user or password.', {
      hint: 'Ask the operator to check CODEARTS_IAM_DOMAIN, CODEARTS_IAM_USER and CODEARTS_IAM_PASSWORD. IAM is not asked again for five minutes: wrong passwords lock the user.',
    });
  if (status < 400 || status >= 500 || status === 408 || status === 429) return undefined;
  return new TagError('not_configured', told`IAM gives no token for the region ${region} (${status}).`, {
    hint: 'Ask the operator to check CODEARTS_REGION, CODEARTS_IAM_URL, and the rights of the user there. IAM is not asked again for five minutes.',
  });
}

/** That a token may have been issued leaves no doubt about the write it was meant for: that never left. */
const harmless = (error: unknown): unknown =>
  isTagError(error)
    ? new TagError(error.code, error.said.message, { hint: error.said.hint, upstream: error.upstream, cause: error.cause })
    : error;
