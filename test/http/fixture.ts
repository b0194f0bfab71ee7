import { onTestFinished } from 'vitest';
import { z } from 'zod';
import { TagError } from '../../src/core/errors.ts';
import type { Call } from '../../src/core/provider.ts';
import { createHttp, type Http, type HttpOptions } from '../../src/http/http.ts';
import { type Handle, type Sandbox, startSandbox } from '../sandbox/sandbox.ts';

export const SECRET = 'glpat-very-secret';
export const Wire = z.object({ name: z.string() });

export const callWith = (signal: AbortSignal): Call => ({ signal, progress() {} });
export const call = callWith(new AbortController().signal);

type Options = Partial<Omit<HttpOptions, 'host'> & HttpOptions['host']>;

export const connect = ({
  timeoutMs = 10_000,
  allowHttp = [],
  userAgent = 'tagwright/test',
  proxies = {},
  redact = (text) => text,
  ...options
}: Options): Http =>
  createHttp({
    base: 'https://nowhere.invalid',
    authorize: () => ({ 'private-token': SECRET }),
    ...options,
    host: { timeoutMs, allowHttp, userAgent, proxies, redact },
  });

/** A sandbox, and a wire to it that carries a secret. */
export async function wired(options: Options = {}, handle: Handle = () => ({ status: 200, body: { name: 'v1' } })) {
  const sandbox: Sandbox = await startSandbox(handle);
  onTestFinished(() => sandbox.close());
  return { sandbox, http: connect({ base: sandbox.url, ...options }) };
}

/** The TagError that a promise rejects with, free of the secret. */
export async function failure(promise: Promise<unknown>): Promise<TagError> {
  const error = await promise.then(
    () => new Error('expected a failure'),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof TagError)) throw error;
  const told = JSON.stringify([error.message, error.hint, error.upstream, error.stack, String(error.cause)]);
  if (told.includes(SECRET)) throw new Error('an error tells the secret');
  return error;
}
