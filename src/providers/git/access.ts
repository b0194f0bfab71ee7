import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Access, Call } from '../../core/provider.ts';
import { ours, textOf, told } from '../../core/told.ts';
import type { Git } from '../../git/command.ts';

/** Whether the file system lets tags be written: the directories where git makes files for them. */
export async function accessTo(git: Git, repository: string, call: Call): Promise<Access> {
  const output = await git.run(repository, ['rev-parse', '--git-common-dir'], call);
  const common = resolve(repository, output.replace(/\n$/, ''));
  const directories = [common, join(common, 'objects'), join(common, 'refs', 'tags')];
  const refusals = await Promise.all(
    directories.map((directory) =>
      access(directory, constants.W_OK).then(
        () => [],
        // git makes refs/tags where there is none.
        ({ code }: NodeJS.ErrnoException) =>
          code === 'ENOENT' ? [] : [textOf(told`${directory} cannot be written (${ours(String(code))})`)],
      ),
    ),
  );
  const why = refusals.flat()[0];
  return why ? { write: false, why } : { write: true };
}
