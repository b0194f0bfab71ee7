/** Whether what a call said is so. */

/** Where a tag may stand once a call has ended; undefined is nowhere. */
type Place = string | undefined;

export interface Deed {
  readonly tool: string;
  readonly force: boolean;
  /** Where it stood. */
  readonly before: Place;
  /** Where it was to stand. */
  readonly wanted: Place;
}

export interface Said {
  readonly text: string;
  readonly isError: boolean;
}

const OPEN = /may have taken effect|may still be at work|left behind at/;
const LOST = /could not be put back|if the tag is gone/;

/** Every place that the answer allows; an error that says nothing of an effect denies it. */
export function allowed({ tool, force, before, wanted }: Deed, { text, isError }: Said): readonly Place[] {
  if (tool === 'get_tag' || tool === 'list_tags') return [before];
  if (!isError) return [wanted];
  if (LOST.test(text) && force) return [before, wanted, undefined];
  return OPEN.test(text) ? [before, wanted] : [before];
}

/** After a kill in the middle nothing was said. Between deletion and creation a move has left the tag nowhere. */
export const possible = ({ tool, force, before, wanted }: Deed): readonly Place[] =>
  tool === 'create_tag' && force && before !== undefined ? [before, wanted, undefined] : [before, wanted];
