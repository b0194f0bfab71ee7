/** Patterns that protect nothing: written as another tool wants them, or left unfilled. */
import { compileGlob } from '../core/glob.ts';
import { gitNameRule, refusalOf } from '../core/tag-name.ts';

type Slips = readonly (readonly [pattern: RegExp, why: string])[];
const ODDITIES: Slips = [
  [/["'`\u00b4\u2018-\u201f\u00ab\u00bb]/, 'it holds quotes'],
  [/;/, 'entries are separated by commas'],
  [/(^|[{,:])!/, 'nothing can be excepted'],
  [/\[[^[\]]*[*?]/, 'entries stand in no brackets'],
  [/[<>]|%\w+%|\$|__[A-Z]\w*__|@[A-Z]\w*@/, 'it looks like a placeholder or a regular expression'],
];
/** What programs and templates leave where nobody has said anything. */
const LEFTOVER =
  /^(?:undefined|null|none|nil|nan|n\/a|todo|tbd|fixme|(?:change|replace|fill)[-_]?(?:me|in)|placeholder|your[-_].*|xxx+|__[^*?]*__|@[^*?]*@)$/i;
export const isLeftover = (value: string): boolean => LEFTOVER.test(value.trim());

const SLIPS: Slips = [
  ...ODDITIES,
  [/[\])}.]\+|(^|[{,])\/|\/($|[},])/, 'it looks like a regular expression'],
  [/^(true|yes|on|all)$/i, 'write * for every tag'],
  [/^(false|no|off)$/i, 'it names no tag'],
  [LEFTOVER, 'it looks like a placeholder'],
  [/^\[[^[\]]*\]$/, 'entries stand in no brackets'],
  [/(^|[{,])(refs|tags|heads)\//, 'names stand without refs/tags/'],
  [/(^|[{,])(\w*=|\+)/, 'a pattern begins with the name itself'],
  [/%/, 'write * for any characters'],
  [/[\s\u2217\u2731\u3001\ufe50-\ufe6b\uff01-\uff5e]/, 'it holds blanks or characters of full width'],
];

const unreadable = (glob: string) => (compileGlob(glob, false) ? undefined : 'it is no glob');
const found = (slips: Slips, text: string): string | undefined => slips.find(([pattern]) => pattern.test(text))?.[1];

/** What no glob should hold, be it of tags or of repositories, though both may legally have it in their names. */
export const oddityIn = (glob: string): string | undefined => found(ODDITIES, glob) ?? unreadable(glob);

const CLASS = /\[([!^]?)(\]?[^[\]]*)\]/g;
/** A letter for a class that some tag can match. */
const sample = (_: string, not: string, listed: string) =>
  not || [...listed].some((one) => !refusalOf('x'.concat(one, 'x'))) ? 'x' : '\\*';
/** What is left of a glob without its classes and braces. */
const BARE_SLIP = /\\[a-z\d]|[\^|(){}\]]/i;

/** Why a glob of tags is none: no name is legal that it matches, or nobody has it. Undefined where it is one. */
export const slipIn = (glob: string): string | undefined =>
  found(SLIPS, glob) ?? unreadable(glob) ?? slipInside(glob.replace(CLASS, sample));

const unmade = (name: string) => gitNameRule(name) ?? (refusalOf(name) && 'no tag of such a name is made here');

/** With braces, it is enough that one choice can be meant. */
function slipInside(glob: string): string | undefined {
  const [, start, choices, end] = /^(.*?)\{([^{}]*,[^{}]*)\}(.*)$/s.exec(glob) ?? [];
  if (choices === undefined)
    return BARE_SLIP.test(glob) ? 'it is no glob' : unmade(glob.replace(/\\(.)|\*+|\?/g, (_, escaped?: string) => escaped ?? 'x'));
  let slip: string | undefined;
  for (const choice of choices.split(',')) {
    slip = slipInside(`${start}${choice}${end}`);
    if (slip === undefined) return undefined;
  }
  return slip;
}
