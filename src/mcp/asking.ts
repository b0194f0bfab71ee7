/** A question to a person, and what an answer to it is bound to. */
import { TagError } from '../core/errors.ts';
import { ours, told } from '../core/told.ts';

/** What the person is shown of how things stand: each fact under words for it, long ones as their digest. */
export type Facts = Readonly<Record<string, string>>;

export interface Asking {
  /** Digest of the whole deed: the tool and every argument. */
  readonly about: string;
  readonly at: Facts;
  /** The first line says it all; the details follow, a line each. */
  readonly message: string;
  /** Of the one thing to tick. */
  readonly title: string;
}

/** The fact that is told in full where it changed. */
export const STANDING = 'where it stands';

/** Throws `changed`, and tells what changed, unless all that was shown is still so. */
export function refuseChanged(shown: Facts, now: Facts): void {
  const changed = Object.keys(now).filter((fact) => shown[fact] !== now[fact]);
  if (changed.length === 0) return;
  const [was, is] = [shown[STANDING], now[STANDING]];
  const moved = was && is && was !== is ? told` It stood at ${was}, and stands at ${is} now.` : ours('');
  throw new TagError('changed', told`Changed since the question was put: ${ours(changed.join(', '))}.${moved} Nothing was done.`);
}
