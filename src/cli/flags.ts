/** Flags and words of a command line, and what is wrong with them. */
import { type ParseArgsConfig, parseArgs } from 'node:util';
import { nearest } from '../core/nearest.ts';

/** Wrong usage, in words for the person who typed it: exit code 2. */
export class UsageError extends Error {}

export const didYouMean = (known: string | undefined): string => (known === undefined ? '' : ` Did you mean ${known}?`);

type Options = NonNullable<ParseArgsConfig['options']>;

/** Throws UsageError; for an unknown flag, with the nearest known one. */
export function readFlags<const O extends Options>(args: readonly string[], options: O) {
  const config = { args: [...args], options, allowPositionals: true } as const;
  const { tokens } = parseArgs({ ...config, strict: false, tokens: true });
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const { name, rawName, value, inlineValue } = token;
    const option = Object.hasOwn(options, name) ? options[name] : undefined;
    if (!option) {
      const near = nearest(name, Object.keys(options));
      throw new UsageError(`${rawName} is not a known flag.${didYouMean(near && `--${near}`)}`);
    }
    if (option.type === 'boolean' && value !== undefined) throw new UsageError(`${rawName} takes no value.`);
    if (option.type === 'string' && (!value || (!inlineValue && value.startsWith('-')))) throw new UsageError(`${rawName} needs a value.`);
  }
  return parseArgs(config);
}
