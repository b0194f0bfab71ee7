/** git 2.54 runs hooks that are configured, wherever core.hooksPath leads. Older ones are made to behave so, as its manual says. */
import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type GitRepository, temporaryDirectory } from '../../support/git-repository.ts';
import { codeOf } from '../../support/target.ts';
import { connect, directory, repositoryWith, toolsIn } from './workshop.ts';

const [, major, minor] = /(\d+)\.(\d+)/.exec(execFileSync('git', ['version'], { encoding: 'utf8' })) ?? [];
const runsThem = Number(major) > 2 || Number(minor) >= 54;

/** A directory for PATH whose `git` runs what is configured for `reference-transaction` before each update-ref. */
function newGit(): string {
  const path = temporaryDirectory();
  afterAll(() => rmSync(path, { recursive: true }));
  const program = `#!${process.execPath}
const { execFileSync, spawnSync } = require('node:child_process');
const args = process.argv.slice(2);
const git = ${JSON.stringify(execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim())};
const at = args.indexOf('update-ref');
if (at >= 0) {
  const events = new Map(), commands = new Map();
  for (const entry of execFileSync(git, [...args.slice(0, at), 'config', '--list', '-z'], { encoding: 'utf8' }).split('\\0')) {
    const [, name, variable, value] = /^hook\\.([^]*)\\.([a-z]+)\\n([^]*)$/.exec(entry) ?? [];
    if (variable === 'command') commands.set(name, value);
    if (variable === 'event') events.set(name, value === '' ? [] : [...(events.get(name) ?? []), value]);
  }
  for (const [name, command] of commands) if ((events.get(name) ?? []).includes('reference-transaction')) spawnSync('sh', ['-c', command]);
}
process.exit(spawnSync(git, args, { stdio: 'inherit' }).status ?? 1);
`;
  writeFileSync(join(path, 'git'), program, { mode: 0o755 });
  return path;
}

const hook = (name: string, command: string) =>
  `[hook ${JSON.stringify(name)}]\n event = pre-push\n event = reference-transaction\n command = ${JSON.stringify(command)}\n enabled = true\n`;

const PLACES: [string, (repository: GitRepository, settings: string) => void][] = [
  ['in its configuration', ({ path }, settings) => appendFileSync(join(path, '.git/config'), settings)],
  [
    'in a file it includes',
    ({ path, git }, settings) => {
      writeFileSync(join(path, 'more'), settings);
      git('config', 'include.path', '../more');
    },
  ],
  [
    'in a file it includes on a condition',
    ({ path, git }, settings) => {
      writeFileSync(join(path, 'more'), settings);
      git('config', 'includeIf.onbranch:main.path', '../more');
    },
  ],
  [
    'in the configuration of its worktree',
    ({ path, git }, settings) => {
      git('config', 'extensions.worktreeConfig', 'true');
      writeFileSync(join(path, '.git/config.worktree'), settings);
    },
  ],
];
const NAMES = ['', 'x', 'a.b', 'a=b', 'with space', 'Ünïcode', 'x.event', '"quoted"', 'back\\slash'];

describe.each([['an older git that does the same', newGit()], ...(runsThem ? [['this git', '']] : [])])('by %s', (_, folder) => {
  const PATH = [folder, process.env.PATH].filter(Boolean).join(':');
  const trapped = (place: (typeof PLACES)[number][1], name = 'x') => {
    const repository = repositoryWith(2);
    const marker = join(directory(), 'marker');
    place(repository, hook(name, `touch ${marker}`));
    return { repository, marker };
  };

  it.each(PLACES)('a hook configured %s would run, and does not', async (_place, place) => {
    const { repository, marker } = trapped(place);
    const tools = toolsIn(repository, { env: { PATH } });
    await tools.create({ name: 'light', ref: 'main' });
    await tools.create({ name: 'heavy', ref: 'main', message: 'm' });
    await tools.create({ name: 'heavy', ref: 'main~1', force: true });
    await tools.list();
    await tools.delete({ name: 'heavy' });
    expect(existsSync(marker)).toBe(false);
    execFileSync('git', ['-C', repository.path, 'update-ref', 'refs/tags/trap', 'main'], { env: { ...process.env, PATH } });
    expect(existsSync(marker), 'the trap works').toBe(true);
  });

  it.each(NAMES)('one named %j neither', async (name) => {
    const { repository, marker } = trapped(PLACES[0]?.[1] ?? (() => {}), name);
    await toolsIn(repository, { env: { PATH } }).create({ name: 'v1', ref: 'main' });
    expect(existsSync(marker)).toBe(false);
  });

  it('nor one that comes while the server runs', async () => {
    const repository = repositoryWith(2);
    const tools = toolsIn(repository, { env: { PATH } });
    await tools.create({ name: 'v1', ref: 'main' });
    const marker = join(directory(), 'marker');
    PLACES[0]?.[1](repository, hook('late', `touch ${marker}`));
    await tools.create({ name: 'v2', ref: 'main' });
    expect(existsSync(marker)).toBe(false);
  });

  it('the operator’s own are theirs', async () => {
    const repository = repositoryWith(2);
    const marker = join(directory(), 'marker');
    const settings = join(directory(), 'settings');
    writeFileSync(settings, hook('mine', `touch ${marker}`));
    await toolsIn(repository, { env: { PATH, GIT_CONFIG_GLOBAL: settings } }).create({ name: 'v1', ref: 'main' });
    expect(existsSync(marker)).toBe(true);
  });
});

describe('a setting that nobody has looked at', () => {
  it('is refused where this git knows it, and passed over where no git does', async () => {
    const path = directory();
    const git = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim();
    writeFileSync(
      join(path, 'git'),
      `#!/bin/sh\ncase "$*" in *"help --config"*) echo core.preTagCommand; echo newfangled.hook.command;; *) exec ${git} "$@";; esac\n`,
      { mode: 0o755 },
    );
    const env = { PATH: `${path}:${process.env.PATH}` };
    const other = repositoryWith();
    for (const key of ['lfs.x', 'gitflow.prefix.feature', 'core.mySlip', 'extensionsx.y']) other.git('config', key, '1');
    expect((await toolsIn(other, { env }).create({ name: 'v1', ref: 'main' })).outcome).toBe('created');
    for (const key of ['core.preTagCommand', 'newfangled.hook.command', 'newfangled.a.b.command']) {
      const repository = repositoryWith();
      repository.git('config', key, 'touch x');
      expect(await codeOf(toolsIn(repository, { env }).create({ name: 'v1', ref: 'main' })), key).toBe('policy_denied');
      expect(
        await codeOf(connect(repository.path, { env }).locate(repository.path, { signal: AbortSignal.timeout(9_000), progress: () => {} })),
      ).toBe('policy_denied');
    }
  });
});
