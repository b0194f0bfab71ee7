import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { Access } from '../../core/provider.ts';
import { ours, textOf, told } from '../../core/told.ts';
import type { Premises } from '../../git/locate.ts';

/** Whether the file system lets tags be written: the directories where git makes files for them. */
export async function accessTo({ common }: Premises): Promise<Access> {
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
