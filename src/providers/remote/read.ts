/** Tags as a git host tells them. */
import { TagError } from '../../core/errors.ts';
import type { Call } from '../../core/provider.ts';
import { compact, type Tag } from '../../core/tag.ts';
import { told } from '../../core/told.ts';
import type { Git } from '../../git/command.ts';
import type { Visit } from '../../git/exchange.ts';
import { readOne } from '../../git/read-tags.ts';

/** The one object, and the commit it leads to: one connection. */
export async function fetchTag(git: Git, { at, fetch }: Visit, name: string, call: Call): Promise<Tag> {
  const ref = `refs/tags/${name}`;
  if (!(await fetch([`${ref}:${ref}`]))) throw new TagError('tag_not_found', told`There is no tag ${name} on that host.`);
  return readOne(git, at, name, call);
}

const LINE = /^([0-9a-f]{40,64})\trefs\/tags\/(.+?)(\^\{\})?$/s;

/** All of them, from one answer: where they stand, and no dates. */
export async function listTags({ tags }: Visit): Promise<Tag[]> {
  const found = new Map<string, { object: string; peeled?: string }>();
  for (const line of await tags()) {
    const [, id = '', name = '', isPeeled] = LINE.exec(line) ?? [];
    if (id) found.set(name, isPeeled ? { object: found.get(name)?.object ?? id, peeled: id } : { object: id });
  }
  return [...found].map(([name, { object, peeled }]) =>
    compact<Tag>({ name, commit_id: peeled ?? object, target_id: peeled && object, annotated: peeled !== undefined }),
  );
}
