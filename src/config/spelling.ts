/** An instance has its variables suffixed, and what is said of it names them so. */
import type * as z from 'zod';
import { isTagError, TagError } from '../core/errors.ts';
import type { TagProvider } from '../core/provider.ts';
import { quoted, type Told } from '../core/told.ts';
import { variablesOf } from '../core/variable.ts';
import { spell } from './words.ts';

/** Puts the variables of a system, in what we say, as one instance has them. */
export type Speller = (sentence: Told) => Told;

/** `foreign`: a stranger chose the suffix. */
export function spellerOf(env: z.ZodObject, suffix: string, foreign: boolean): Speller | undefined {
  if (!suffix) return undefined;
  const names = new RegExp(
    `\\b(?:${variablesOf(env)
      .map(([name]) => name)
      .join('|')})\\b`,
    'g',
  );
  const put = (name: string) => (foreign ? quoted(spell(name, suffix)) : spell(name, suffix));
  return (sentence) => sentence.map((segment) => (segment.foreign ? segment : { ...segment, text: segment.text.replace(names, put) }));
}

/** The same error in other words. */
export function respelled(error: TagError, speller: Speller | undefined): TagError {
  if (!speller) return error;
  const { code, said, upstream, inDoubt, cause } = error;
  return new TagError(code, speller(said.message), { hint: speller(said.hint), upstream, inDoubt, cause });
}

/** The same provider, in whose errors the variables are spelled so. */
export function withSpelling(provider: TagProvider, speller: Speller | undefined): TagProvider {
  if (!speller) return provider;
  const rethrow = (error: unknown): never => {
    throw isTagError(error) ? respelled(error, speller) : error;
  };
  return new Proxy(provider, {
    get(target, key) {
      const member: unknown = Reflect.get(target, key);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]) => {
        try {
          const answer: unknown = Reflect.apply(member, target, args);
          return answer instanceof Promise ? answer.catch(rethrow) : answer;
        } catch (error) {
          return rethrow(error);
        }
      };
    },
  });
}
