/** Characters that nobody sees: some are letters, or hold an emoji together; the others act, reorder, or hide something. */

/** Arabic letters that do not join the next one, and those that join neither (Joining_Type R and U). */
const LAST =
  '\\u0622-\\u0625\\u0627\\u0629\\u062f-\\u0632\\u0648\\u0671-\\u0673\\u0675-\\u0677\\u0688-\\u0699\\u06c0\\u06c3-\\u06cb\\u06cd\\u06cf\\u06d2\\u06d3\\u06d5' +
  '\\u06ee\\u06ef\\u0759-\\u075b\\u076b\\u076c\\u0771\\u0773\\u0774\\u0778\\u0779\\u08aa-\\u08ac\\u08ae\\u08b1\\u08b2\\u08b9';
const ALONE = '\\u0621\\u0640\\u0674\\u06e5\\u06e6\\u08ad\\u08c9';
const ARABIC = `(?![${ALONE}])(?=\\p{L})[\\u0620-\\u06ff\\u0750-\\u077f\\u08a0-\\u08ff]`;
/** Viramas of the scripts of India and Sri Lanka. */
const VIRAMA = '[\\u094d\\u09cd\\u0a4d\\u0acd\\u0b4d\\u0bcd\\u0c4d\\u0ccd\\u0d3b\\u0d3c\\u0d4d\\u0dca]';
const ELEMENT = '\\p{Extended_Pictographic}(?:\\ufe0f|\\p{Emoji_Modifier})?';

/** Where one of them is seen by what it does to its neighbours (RFC 5892, A.1 and A.2; Unicode 12.1, 12.2 and 9.2; UTS 51). */
const SEEN = [
  `(?<=\\p{L}\\p{M}?${VIRAMA})[\\u200c\\u200d]`,
  `(?<=[\\u09b0\\u09f0\\u0b30\\u0c30\\u0cb0])\\u200d(?=${VIRAMA})`,
  `(?<=(?![${LAST}])${ARABIC}\\p{M}{0,3})\\u200c(?=${ARABIC})`,
  `(?<=\\u0647)\\u200d(?!${ARABIC})`,
  '(?<=(?!\\p{ASCII})\\p{Emoji})\\ufe0f',
  '(?<=[#*0-9])\\ufe0f(?=\\u20e3)',
].join('|');
/** Where people write a non-joiner that changes nothing: before the ending of an Arabic word, also of a foreign one. */
const HABIT = `(?<=[\\p{L}\\p{N}]{2})\\u200c(?=(?:${ARABIC}){2})`;
/** A family, a profession, the flag of a country that is part of another. */
const SEQUENCE = `${ELEMENT}(?:\\u200d${ELEMENT})+|\\u{1f3f4}[\\u{e0020}-\\u{e007f}]+`;

/** Of those, the ones that Unicode recommends. Its list takes some 30 ms to load, once. */
const RECOMMENDED = '^(?:\\p{RGI_Emoji_ZWJ_Sequence}|\\p{RGI_Emoji_Tag_Sequence})$';

const BREAK = /[\n\t\p{Zs}]/u;
let stretches: RegExp | undefined;
let known: RegExp | undefined;

/** U+FFFD in the place of each that matches `unseen`, but where it is seen. The text is well-formed. */
export function withoutUnseen(text: string, unseen: string): string {
  stretches ??= new RegExp(
    `(?<sequence>${SEQUENCE})|(?<seen>(?=[\\u200c\\u200d\\ufe0f])(?:${SEEN}))|(?<habit>(?=\\u200c)${HABIT})|${unseen}`,
    'gu',
  );
  let last: number | undefined;
  return text.replace(stretches, (found, sequence?: string, seen?: string, habit?: string, at = 0) => {
    if (sequence) return isKnown(sequence) ? sequence : sequence.replace(/[\u200d\u{e0020}-\u{e007f}]/gu, '\ufffd');
    if (seen) return seen;
    if (!habit) return '\ufffd';
    // Once in a word: more could carry a text.
    const isFirst = last === undefined || BREAK.test(text.slice(last, at));
    last = at;
    return isFirst ? found : '\ufffd';
  });
}

/** Is it one that Unicode recommends, whether or not the style of its emoji is spelled out? */
function isKnown(sequence: string): boolean {
  known ??= new RegExp(RECOMMENDED, 'v');
  return known.test(sequence.replace(/(?!\p{Emoji_Presentation})(\p{Extended_Pictographic})\ufe0f?(?!\p{Emoji_Modifier})/gu, '$1\ufe0f'));
}
