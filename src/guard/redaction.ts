/** A provider whose errors hold none of its own secrets. For a system that a stranger may have configured: nobody else's words are touched. */
import { isTagError, tidiedError } from '../core/errors.ts';
import type { TagProvider } from '../core/provider.ts';
import type { Tidy } from '../core/told.ts';

type Method = (...args: never[]) => unknown;

export function withRedaction(provider: TagProvider, redact: Tidy): TagProvider {
  const hushed = (error: unknown): unknown => (isTagError(error) ? tidiedError(error, redact) : new Error(redact(String(error))));
  const quiet =
    (act: Method): Method =>
    (...args) => {
      try {
        const result = act(...args);
        return result instanceof Promise ? result.catch((error: unknown) => Promise.reject(hushed(error))) : result;
      } catch (error) {
        throw hushed(error);
      }
    };
  const methods = Object.entries(provider).flatMap(([name, value]) => (typeof value === 'function' ? [[name, quiet(value)]] : []));
  return { ...provider, ...(Object.fromEntries(methods) as Partial<TagProvider>) };
}
