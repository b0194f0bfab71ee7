/** Where a repository keeps its objects, and from where it borrows others (objects/info/alternates). */
import { join, resolve } from 'node:path';
import { isInside, reality, refuseAmong, stray, textAt } from './look.ts';
import { refuseOddObjects } from './loose.ts';

const STORED = /^(?:[0-9a-f]{2}|info|pack)$/;

/** All of them, the first included. Throws `policy_denied` where one is outside `permitted`, or not plain. */
export async function storesFrom(first: string, permitted: readonly string[]): Promise<string[]> {
  const stores = [first];
  for (const store of stores) for (const other of await borrowedBy(store, permitted)) if (!stores.includes(other)) stores.push(other);
  return stores;
}

async function borrowedBy(store: string, permitted: readonly string[]): Promise<string[]> {
  const [parts, about] = await Promise.all([
    refuseAmong(store, STORED),
    refuseAmong(join(store, 'info')),
    refuseAmong(join(store, 'pack')),
  ]);
  refuseOddObjects(store, [...parts.keys()]);
  if (!parts.has('info')) return [];
  if (about.has('commit-graphs')) await refuseAmong(join(store, 'info', 'commit-graphs'));
  const list = join(store, 'info', 'alternates');
  const lines = about.has('alternates') ? ((await textAt(list)) ?? '') : '';
  const borrowed = lines.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return Promise.all(
    borrowed.map(async (line) => {
      const other = line.startsWith('"') ? undefined : await reality(resolve(store, line)); // git would unquote it
      if (other && permitted.some((directory) => isInside(other, directory))) return other;
      throw stray(
        list,
        'borrows objects from elsewhere',
        'The operator may allow both directories with --git-root or TAGWRIGHT_GIT_ROOTS.',
      );
    }),
  );
}
