import { chmodSync, lstatSync, mkdirSync, readFileSync, readlinkSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readConfigFile, writeConfigFile } from '../../src/cli/clients/config-file.ts';
import { type Home, makeHome } from './home.ts';

let home: Home;
beforeEach(() => {
  home = makeHome();
});
afterEach(() => home.remove());

const FILE = '.cursor/mcp.json';
const BACKUP = `${FILE}.tagwright.bak`;
const TEXT = '{\n  "mcpServers": {\n    "a": {}\n  }\n}\n';

describe('a file that cannot be understood is refused and left as it is', () => {
  it.each([
    [
      'claude-desktop',
      '.config/Claude/claude_desktop_config.json',
      '{"mcpServers": {"a": "glpat-secret"',
      'it is malformed at line 1, column 36',
    ],
    ['claude-code', '.claude.json', '{} // a comment', 'it is malformed at line 1, column 4'],
    ['cursor', FILE, '{\n  "mcpServers": {,}\n}', 'it is malformed at line 2, column 18'],
    ['vscode', '.config/Code/User/mcp.json', '{"servers": []}', 'its servers is not an object'],
    ['vscode', '.config/Code/User/mcp.json', '{"inputs": {}}', 'its inputs is not a list'],
    ['windsurf', '.codeium/windsurf/mcp_config.json', '[]', 'it holds something other than an object'],
    ['gemini', '.gemini/settings.json', 'null', 'it holds something other than an object'],
    ['codex', '.codex/config.toml', 'a = "glpat-secret\n', 'it is malformed at line 1, column 18'],
    ['codex', '.codex/config.toml', 'mcp_servers = {}\n', 'mcp_servers.tagwright is written there in a way that only a person can edit'],
    ['opencode', '.config/opencode/opencode.json', '{"mcp": 1}', 'its mcp is not an object'],
  ])('%s: %s', async (client, file, text, reason) => {
    home.write(file, text);
    for (const words of [`${client} --system gitlab`, `${client} --dry-run --system gitlab`]) {
      expect(await home.install(words)).toEqual({
        code: 1,
        output: '',
        errors: `tagwright: "${join(home.path, file)}": ${reason}. Nothing was changed.\n`,
      });
      expect(home.files()).toEqual([file]);
      expect(home.read(file)).toBe(text);
    }
  });
  it('so is one that is not UTF-8', async () => {
    const path = home.write(FILE, '');
    const bytes = Buffer.from('\ufeff{}', 'utf16le');
    writeFileSync(path, bytes);
    for (const run of [home.install, home.uninstall])
      expect(await run('cursor')).toEqual({
        code: 1,
        output: '',
        errors: `tagwright: "${path}" cannot be read (it is not UTF-8). Nothing was changed.\n`,
      });
    expect(readFileSync(path)).toEqual(bytes);
  });
  it('so is a directory, and a file where a directory should be', async () => {
    home.write(`${FILE}/keep`, '');
    expect((await home.install('cursor')).errors).toContain('cannot be read (EISDIR)');
    home.write('.gemini', 'not a directory');
    const { code, errors } = await home.install('gemini');
    expect([code, errors]).toEqual([1, `tagwright: "${home.path}/.gemini/settings.json" cannot be read (ENOTDIR). Nothing was changed.\n`]);
    expect(home.files()).toEqual([`${FILE}/keep`, '.gemini']);
  });
  it('a file of blanks is an empty one', async () => {
    for (const text of ['', ' \n', '\ufeff']) {
      home.write(FILE, text);
      expect(await home.install('cursor')).toMatchObject({ code: 0 });
      await home.uninstall('cursor');
      expect(home.read(FILE)).toBe(text);
    }
  });
});

describe('a link', () => {
  it('stays one, and its target is edited, with the backup beside the link', async () => {
    const target = home.write('dotfiles/cursor.json', TEXT);
    mkdirSync(join(home.path, '.cursor'));
    symlinkSync('../dotfiles/cursor.json', join(home.path, FILE));
    await home.install('cursor');
    expect(readlinkSync(join(home.path, FILE))).toBe('../dotfiles/cursor.json');
    expect(lstatSync(target).isFile()).toBe(true);
    expect(home.read('dotfiles/cursor.json')).toContain('tagwright');
    expect(home.files()).toEqual([FILE, BACKUP, 'dotfiles/cursor.json']);
    await home.uninstall('cursor');
    expect(home.read('dotfiles/cursor.json')).toBe(TEXT);
    expect(lstatSync(join(home.path, FILE)).isSymbolicLink()).toBe(true);
  });
  it('that leads nowhere is refused', async () => {
    mkdirSync(join(home.path, '.cursor'));
    symlinkSync('../gone.json', join(home.path, FILE));
    const { code, errors } = await home.install('cursor');
    expect([code, errors]).toEqual([1, expect.stringContaining('(it is a link that leads nowhere)')]);
  });
});

describe('on the disk', () => {
  it.each([0o600, 0o644, 0o640])('the mode %o is kept', async (mode) => {
    chmodSync(home.write(FILE, TEXT), mode);
    const modeNow = () => statSync(join(home.path, FILE)).mode & 0o777;
    await home.install('cursor');
    expect(modeNow()).toBe(mode);
    await home.uninstall('cursor');
    expect(modeNow()).toBe(mode);
  });
  it('a backup that cannot be written stops everything', async () => {
    home.write(FILE, TEXT);
    home.write(`${BACKUP}/keep`, '');
    const { code, errors } = await home.install('cursor');
    expect([code, errors]).toEqual([
      1,
      expect.stringMatching(/mcp\.json" cannot be written \((EISDIR|ENOTEMPTY|EEXIST)\)\. It is as it was\.\n$/),
    ]);
    expect(home.files()).toEqual([FILE, `${BACKUP}/keep`]);
    expect(home.read(FILE)).toBe(TEXT);
  });
  it.runIf(process.getuid?.() !== 0)('so does a folder that is read-only', async () => {
    home.write(FILE, TEXT);
    chmodSync(join(home.path, '.cursor'), 0o555);
    try {
      expect(await home.install('cursor')).toMatchObject({ code: 1, errors: expect.stringContaining('cannot be written (EACCES)') });
      expect(home.files()).toEqual([FILE]);
    } finally {
      chmodSync(join(home.path, '.cursor'), 0o755);
    }
  });
  it('a file that somebody else changed meanwhile is not overwritten', async () => {
    const path = home.write(FILE, TEXT);
    for (const now of ['{ "newer": 1 }', undefined]) {
      const file = { path, text: now === undefined ? undefined : TEXT };
      if (now !== undefined) home.write(FILE, now);
      const left = home.read(FILE);
      for (const text of ['{}', ...(now ? [undefined] : [])])
        await expect(writeConfigFile(file, { text, backup: undefined, isPrivate: true })).rejects.toMatchObject({ code: 'changed' });
      expect(home.read(FILE)).toBe(left);
      expect(home.files()).toEqual([FILE]);
    }
    expect(await readConfigFile(path)).toEqual({ path, text: '{ "newer": 1 }' });
  });
});

describe('the backup', () => {
  it('is made once for every change of what somebody wrote', async () => {
    home.write(FILE, TEXT);
    await home.install('cursor');
    await home.install('cursor --system gitlab');
    expect(home.read(BACKUP)).toBe(TEXT);
    const edited = home.read(FILE).replace('"a"', '"b"');
    home.write(FILE, edited);
    await home.install('cursor --system vers');
    expect(home.read(BACKUP)).toBe(edited);
    expect(home.files()).toEqual([FILE, BACKUP]);
  });
  it('leads back to the beginning after several runs of install', async () => {
    home.write(FILE, TEXT);
    for (const words of ['cursor', 'cursor --system gitlab', 'cursor --system gitlab,vers,lakefs']) await home.install(words);
    await home.uninstall('cursor');
    expect(home.files()).toEqual([FILE]);
    expect(home.read(FILE)).toBe(TEXT);
  });
  it('is made for its owner alone, whatever stood in its place', async () => {
    home.write(FILE, TEXT);
    chmodSync(home.write(BACKUP, 'old'), 0o666);
    await home.install('cursor');
    expect(home.read(BACKUP)).toBe(TEXT);
    expect(statSync(join(home.path, BACKUP)).mode & 0o777).toBe(0o600);
  });
  it('of another time or without sense is no way back', async () => {
    home.write(FILE, TEXT);
    await home.install('cursor');
    for (const backup of ['{ broken', '{"mcpServers":{"tagwright":{}}}', '{"b": 1}']) {
      home.write(BACKUP, backup);
      await home.uninstall('cursor');
      expect(home.read(FILE)).toBe(TEXT);
      expect(home.read(BACKUP)).toContain('tagwright');
      await home.install('cursor');
    }
  });
});
