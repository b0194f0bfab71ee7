/** Finds texts in whatever spelling, one character written so and the next otherwise. */
import { spellingsAt } from './spellings.ts';

/** From where to where. */
export type Range = readonly [from: number, to: number];
export type Finder = (text: string) => Range[];

const ELLIPSIS = '…';

/** One way to read what stands before a place: how far that is one of the texts, and where its characters stand, the last one first. */
interface Way {
  readonly state: State;
  readonly trail: Trail | undefined;
}
interface Trail {
  readonly at: number;
  readonly before: Trail | undefined;
}

/**
 * Every place of one of the texts, and of its beginning, `shortest` characters or more, that an ellipsis cuts off.
 * All ways to read what stands there are followed at once, so that the time grows with the text alone.
 * `opening` matches wherever one of them may begin.
 */
export function createFinder(texts: readonly string[], shortest: number, opening: RegExp): Finder {
  const root = automatonOf(texts);
  const alphabet = new Set(texts.join('').split(''));
  const next = (text: string, from: number): number => {
    opening.lastIndex = from;
    return opening.exec(text)?.index ?? text.length;
  };

  return (text) => {
    const found: Range[] = [];
    /** By place in the text. */
    const open = new Map<number, Way[]>();

    const follow = ({ state, trail }: Way, at: number, meaning: string, to: number) => {
      let way: Way = { state, trail };
      for (let index = 0; index < meaning.length; index += 1) {
        const unit = meaning.charAt(index);
        way = { state: alphabet.has(unit) ? step(way.state, unit) : root, trail: { at, before: way.trail } };
      }
      const { read, ending } = way.state;
      if (ending > 0) found.push([startOf(way, ending), to]);
      if (read === '') return;
      const there = open.get(to) ?? [];
      // What ends as another way does will be found on that one.
      if (!there.some(({ state }) => state.read.endsWith(read)))
        open.set(to, [...there.filter(({ state }) => !read.endsWith(state.read)), way]);
    };

    for (let at = next(text, 0); at < text.length; at = open.size > 0 ? at + 1 : next(text, at + 1)) {
      const here = open.get(at) ?? [{ state: root, trail: undefined }];
      open.delete(at);
      const spellings = spellingsAt(text, at);
      for (const way of here) {
        if (text[at] === ELLIPSIS && way.state.read.length >= shortest) found.push([startOf(way, way.state.read.length), at]);
        follow(way, at, text.charAt(at), at + 1);
        for (const [meaning, length] of spellings) follow(way, at, meaning, at + length);
      }
    }
    return found;
  };
}

/** Where the last `length` characters begin. */
function startOf({ trail }: Way, length: number): number {
  let first = trail;
  for (let left = length; left > 1; left -= 1) first = first?.before;
  return first?.at ?? 0;
}

/** The longest beginning of a text that has been read (Aho and Corasick). */
interface State {
  readonly read: string;
  readonly next: Map<string, State>;
  /** The next longest, that of nothing at the end. */
  shorter: State | undefined;
  /** How long the longest text is that ends here; 0 where none does. */
  ending: number;
}

function step(state: State, unit: string): State {
  for (let from = state; ; from = from.shorter) {
    const to = from.next.get(unit);
    if (to) return to;
    if (!from.shorter) return from;
  }
}

function automatonOf(texts: readonly string[]): State {
  const root: State = { read: '', next: new Map(), shorter: undefined, ending: 0 };
  for (const text of texts) {
    let state = root;
    for (let length = 1; length <= text.length; length += 1) {
      const unit = text.charAt(length - 1);
      const longer = state.next.get(unit) ?? { read: text.slice(0, length), next: new Map(), shorter: root, ending: 0 };
      state.next.set(unit, longer);
      state = longer;
    }
    state.ending = text.length;
  }
  const states = [root];
  for (const state of states)
    for (const [unit, longer] of state.next) {
      if (state.shorter) longer.shorter = step(state.shorter, unit);
      longer.ending ||= longer.shorter?.ending ?? 0;
      states.push(longer);
    }
  return root;
}
