import { expect, it } from 'vitest';
import { makeRepository } from '../support/git-repository.ts';
import { spawnServer } from '../support/server.ts';
import { project } from './section.ts';

it('what tools/list answers is a committed file for each tool', async () => {
  const repository = makeRepository();
  const { client, close } = await spawnServer({ cwd: repository.path });
  try {
    const { tools } = await client.listTools();
    for (const tool of tools)
      await expect(`${JSON.stringify(tool, null, 2)}\n`).toMatchFileSnapshot(project(`test/generated/tools/${tool.name}.json`));
  } finally {
    await close();
    repository.remove();
  }
});
