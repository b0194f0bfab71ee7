/** Where a secret is written, and where a project that a stranger made would have us write. */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Home, makeHome } from './home.ts';

let home: Home;
beforeEach(() => {
  home = makeHome();
});
afterEach(() => home.remove());

const FILE = '.cursor/mcp.json';
const TEXT = '{\n  "mcpServers": {\n    "a": {}\n  }\n}\n';
const modeOf = (file: string) => statSync(join(home.path, file)).mode & 0o777;
const SECRETLY = ['gitlab', '', 'glpat-nobody-sees-this', ''];

describe('a file that gets a secret', () => {
  it.each([0o644, 0o664, 0o640, 0o600])('was %o, and is for its owner alone', async (mode) => {
    chmodSync(home.write(FILE, TEXT), mode);
    const { code, output } = await home.installAnswering('cursor', SECRETLY);
    expect([code, modeOf(FILE), modeOf(`${FILE}.tagwright.bak`)]).toEqual([0, 0o600, 0o600]);
    expect(output).toContain('It holds a credential: only you may read it.\n');
  });
  it('is for its owner alone where it is new, or behind a link', async () => {
    await home.installAnswering('cursor', SECRETLY);
    expect(modeOf(FILE)).toBe(0o600);
    chmodSync(home.write('dotfiles/windsurf.json', TEXT), 0o644);
    mkdirSync(join(home.path, '.codeium/windsurf'), { recursive: true });
    symlinkSync('../../dotfiles/windsurf.json', join(home.path, '.codeium/windsurf/mcp_config.json'));
    await home.installAnswering('windsurf', SECRETLY);
    expect(modeOf('dotfiles/windsurf.json')).toBe(0o600);
  });
  it('keeps its mode where what was typed is no secret, and nothing is said', async () => {
    chmodSync(home.write(FILE, TEXT), 0o644);
    const { output } = await home.installAnswering('cursor', ['gitlab', 'https://gl.example.com', '', '', '']);
    expect(modeOf(FILE)).toBe(0o644);
    expect(output).not.toContain('credential');
  });
});

describe('in a project, a link', () => {
  const refused = (from: string, to: string) => ({
    code: 1,
    output: '',
    errors: `tagwright: ${JSON.stringify(join(home.project, from))} leads out of the project, to ${JSON.stringify(to)}. Nothing was changed.\n`,
  });

  it('that leads out of it is refused: the file', async () => {
    const target = home.write('.claude.json', TEXT);
    symlinkSync(target, join(home.project, '.mcp.json'));
    for (const run of [home.install, home.uninstall])
      for (const words of ['claude-code --project', 'claude-code --project --dry-run'])
        expect(await run(words)).toEqual(refused('.mcp.json', target));
    expect(readFileSync(target, 'utf8')).toBe(TEXT);
    expect(home.files()).toEqual(['.claude.json', 'project/.mcp.json']);
  });
  it.each([
    ['cursor', '.cursor'],
    ['vscode', '.vscode'],
    ['gemini', '.gemini'],
    ['codex', '.codex'],
  ])('that leads out of it is refused: the folder of %s', async (client, folder) => {
    mkdirSync(join(home.path, 'elsewhere'));
    symlinkSync('../elsewhere', join(home.project, folder));
    expect(await home.install(`${client} --project`)).toEqual(refused(folder, join(home.path, 'elsewhere')));
    expect(home.files()).toEqual([`project/${folder}`]);
  });
  it('that leads nowhere is refused, wherever it stands', async () => {
    symlinkSync('../gone', join(home.project, '.cursor'));
    symlinkSync(join(home.path, 'gone.json'), join(home.project, '.mcp.json'));
    for (const client of ['cursor', 'claude-code'])
      expect(await home.install(`${client} --project`)).toMatchObject({ code: 1, errors: expect.stringContaining('leads nowhere') });
    expect(home.has('gone')).toBe(false);
    expect(home.has('gone.json')).toBe(false);
  });
  it('that stays within it is followed, also where the project is behind one', async () => {
    home.write('project/config/mcp.json', TEXT);
    symlinkSync('config', join(home.project, '.cursor'));
    symlinkSync(home.project, join(home.path, 'alias'));
    expect(await home.install('cursor --project', { cwd: join(home.path, 'alias') })).toMatchObject({ code: 0 });
    expect(home.read('project/config/mcp.json')).toContain('tagwright');
  });
  it('to a file beside the project whose name begins like it is refused', async () => {
    const target = home.write('project-two/mcp.json', TEXT);
    symlinkSync(target, join(home.project, '.mcp.json'));
    expect(await home.install('claude-code --project')).toEqual(refused('.mcp.json', target));
  });
});

it('a pipe in its place, or in that of its backup, keeps nobody waiting', async () => {
  execFileSync('mkfifo', [join(home.project, '.mcp.json')]);
  expect(await home.install('claude-code --project')).toMatchObject({ code: 1, errors: expect.stringContaining('it is no regular file') });
  mkdirSync(join(home.project, '.cursor'));
  writeFileSync(join(home.project, '.cursor/mcp.json'), TEXT);
  execFileSync('mkfifo', [join(home.project, '.cursor/mcp.json.tagwright.bak')]);
  expect(await home.install('cursor --project')).toMatchObject({ code: 0 });
});

it.each([
  ['cursor', { home: '' }, 'There is no home directory; set HOME.'],
  ['cursor --project', { cwd: '' }, 'The working directory is gone.'],
])('%s without a place says so', async (words, place, reason) => {
  await expect(home.install(words, place)).rejects.toThrow(reason);
});
