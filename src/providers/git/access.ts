import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Access, Call } from '../../core/provider.ts';
import type { Git } from './command.ts';

/** Whether the file system lets tags be written: the directories where git makes files for them. */
export async function accessTo(git: Git, repository: string, call: Call): Promise<Access> {
  const output = await git.run(repository, ['rev-parse', '--git-common-dir'], call);
  const common = resolve(repository, output.replace(/\n$/, ''));
  const places = [common, join(common, 'objects'), join(common, 'refs', 'tags')];
  const refusals = await Promise.all(
    places.map((place) =>
      access(place, constants.W_OK).then(
        () => [],
        // git makes refs/tags where there is none.
        ({ code }: NodeJS.ErrnoException) => (code === 'ENOENT' ? [] : [`${place} cannot be written (${code})`]),
      ),
    ),
  );
  const why = refusals.flat()[0];
  return why ? { write: false, why } : { write: true };
}
