/** What a tag can stand on, and the object that an annotated one is. */
import { TagError } from '../core/errors.ts';
import type { Call } from '../core/provider.ts';
import { compact, type Tag } from '../core/tag.ts';
import type { Git, Workplace } from './command.ts';

/** A whole id, by either way that git makes them. */
export const isObjectId = (text: string): boolean => /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(text);

export interface GitObject {
  readonly id: string;
  readonly type: string;
}

/** Asked for names or ids, a line each, git tells what they are. */
export const BATCH = ['cat-file', '--batch-check=%(objectname) %(objecttype)'];

/** A line of its answer. */
export function toObject(line: string): GitObject | undefined {
  const [, id, type] = /^([0-9a-f]{40,64}) (commit|tree|blob|tag)$/.exec(line) ?? [];
  return id && type ? { id, type } : undefined;
}

/** What the ref itself points at: the tag object, or for a lightweight tag whatever it stands on. */
export const objectOf = ({ target_id, commit_id = '' }: Tag): string => target_id ?? commit_id;

/** Throws for a message that no tag object can hold. */
export function refuseMessage(message: string | undefined): void {
  if (message?.includes('\0')) throw new TagError('invalid_input', 'git keeps no message beyond a NUL character; nothing was written.');
}

/** Who tags, and when, as a tag object says it: by the settings there, at the moment of the call unless the operator has set another. */
export async function taggerAt(git: Git, at: Workplace, call: Call): Promise<string> {
  const { moment } = call;
  const ident = (await git.run(at, ['var', 'GIT_COMMITTER_IDENT'], call)).trimEnd();
  // git's own form ends so: seconds, and the offset of the place.
  return moment === undefined || git.isDated ? ident : ident.replace(/(?<!\d)\d+( [+-]\d{4})$/, `${Math.floor(moment / 1_000)}$1`);
}

/** A new tag object. Unlike `git tag`, mktag keeps every line, and moves use it too. */
export async function makeTag(git: Git, at: Workplace, name: string, { id, type }: GitObject, message: string, tagger: string, call: Call) {
  const object = `object ${id}\ntype ${type}\ntag ${name}\ntagger ${tagger}\n\n${message}\n`;
  return (await git.run(at, ['mktag'], call, object)).trim();
}

/** What follows the header of a tag object; git leaves empty lines at its beginning out, and so do we. */
export const bodyOf = (object: string): string => object.slice(object.indexOf('\n\n')).trimStart();

/** The tag as far as it is known without being read: its dates are left out. */
export function asMade(name: string, { id, type }: GitObject, object: string, message: string | undefined): Tag {
  const commit_id = type === 'commit' ? id : undefined;
  const annotated = object !== id || type === 'tag';
  const target_id = object === commit_id ? undefined : object;
  return compact<Tag>({ name, commit_id, target_id, annotated, message: annotated ? message : undefined });
}
