/** The API, entered in one of three ways. */
import * as z from 'zod';
import { isTagError, TagError } from '../../core/errors.ts';
import type { Host } from '../../core/host.ts';
import type { Call, Identity } from '../../core/provider.ts';
import { createHttp, type Http, type HttpOptions, type Method, type SendOptions } from '../../http/http.ts';
import type { Path } from '../../http/path.ts';
import { type Credential, credentialOf, type Env } from './env.ts';
import { explain, isWrongKey, refuseFailed } from './failures.ts';
import { createSessions, type Session, type Sessions } from './iam.ts';
import { addressOf, iamAddressOf } from './regions.ts';
import { type AccessKey, sign } from './sign.ts';
import { unlessAborted } from './wait.ts';

export interface Api extends Http {
  /** Who comes in, as far as that can be told. */
  identity(call: Call): Promise<Identity>;
}

type Open = (way?: Pick<HttpOptions, 'authorize' | 'explain'>) => Http;

/** Undefined where no credential is given; throws `not_configured`. */
export function openApi(values: Env, host: Host): Api | undefined {
  const credential = credentialOf(values);
  if (!credential) return undefined;
  const { CODEARTS_URL: url, CODEARTS_REGION: region, CODEARTS_IAM_URL: iam } = values;
  const base = url ? url.replace(/(?<!\/)\/+$/, '').replace(/\/v4$/, '') : addressOf(region);
  const variable = url ? 'CODEARTS_URL' : 'CODEARTS_REGION';
  const { kind } = credential;
  const open: Open = (way) => believing(createHttp({ base, host, variable, explain: (refusal) => explain(refusal, kind), ...way }), kind);
  const nobody = async () => ({});

  switch (credential.kind) {
    case 'token':
      return { ...open({ authorize: () => ({ 'x-auth-token': credential.token }) }), identity: nobody };
    case 'key':
      return { ...signed(open, credential), identity: nobody };
    case 'login': {
      const sessions = createSessions(credential, projectOf(region), iam ?? iamAddressOf(projectOf(region)), host);
      const identity = async (call: Call) => ({ user: credential.user, expires_at: (await sessions.current(call)).expires_at });
      return { ...renewing(open(), sessions), identity };
    }
  }
}

function projectOf(region: string | undefined): string {
  if (region && /^[a-z0-9-]+$/.test(region)) return region;
  throw new TagError('not_configured', 'CODEARTS_REGION must name the region that IAM is asked for a token of, like cn-north-4.');
}

/** Reads every answer's body, where a 2xx may say that it failed. */
const believing = (http: Http, kind: Credential['kind']): Http => ({
  ...http,
  send<T>(method: Method, path: Path, options: SendOptions<T>) {
    const refuse = (body: unknown) => {
      refuseFailed(body, { method, path, status: 200 }, kind);
      return body;
    };
    return http.send<T>(method, path, { ...options, schema: z.preprocess(refuse, options.schema ?? z.any()) as z.ZodType<T> });
  },
});

/** How long nothing is signed after a wrong signature: five in a row lock the key for everybody who uses it. */
const PAUSE_MS = 60_000;

/** A first request goes alone: were it refused, so would be the others. */
function signed(open: Open, key: AccessKey): Http {
  let first: Promise<unknown> | undefined;
  let refused: { error: TagError; until: number } | undefined;
  const http = open({
    authorize: (request) => sign(request, key, new Date()),
    explain(refusal) {
      const error = explain(refusal, 'key');
      if (error && isWrongKey(refusal)) refused = { error, until: performance.now() + PAUSE_MS };
      return error;
    },
  });

  function admit(): void {
    if (!refused) return;
    if (performance.now() < refused.until) throw refused.error;
    refused = undefined;
    first = undefined;
  }

  return {
    ...http,
    async send(method, path, options) {
      admit();
      if (first) await unlessAborted(first, options.call.signal);
      admit();
      const reply = http.send(method, path, options);
      first ??= reply.then(
        () => {},
        (error: unknown) => {
          // Only an answer from behind the gate proves the key; without one the next request goes alone again.
          if (!isTagError(error) || error.upstream?.status === undefined || error.code === 'unauthenticated') first = undefined;
        },
      );
      return reply;
    },
  };
}

/** With tokens that come and go: one that is refused is replaced, and the request sent once more. A write too: 401 means that nothing was done. */
const renewing = (http: Http, sessions: Sessions): Http => ({
  ...http,
  async send(method, path, options) {
    const attempt = ({ token }: Session) => http.send(method, path, { ...options, headers: { ...options.headers, 'x-auth-token': token } });
    const session = await sessions.current(options.call);
    try {
      return await attempt(session);
    } catch (error) {
      if (!isTagError(error, 'unauthenticated')) throw error;
      sessions.drop(session);
      return attempt(await sessions.current(options.call));
    }
  },
});
