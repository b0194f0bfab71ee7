import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Home, makeHome } from './home.ts';

let home: Home;
beforeEach(() => {
  home = makeHome();
});
afterEach(() => home.remove());

const SECRET = 'glpat-nobody-sees-this';
const CURSOR = '.cursor/mcp.json';
const VSCODE = '.config/Code/User/mcp.json';
const entry = (file: string, key = 'mcpServers') => JSON.parse(home.read(file))[key].tagwright;

describe('at a terminal', () => {
  it('asks for the variables of the systems that are picked, and shows no secret', async () => {
    const answers = ['gitlab', 'https://gl.example.com', SECRET, 'acme/app'];
    const { code, output, errors } = await home.installAnswering('cursor', answers);
    expect(code).toBe(0);
    expect(entry(CURSOR).env).toEqual({ GITLAB_URL: 'https://gl.example.com', GITLAB_TOKEN: SECRET, GITLAB_PROJECT: 'acme/app' });
    expect(errors).toContain('https://gl.example.com');
    expect(errors + output).not.toContain(SECRET);
    expect(errors + output).not.toContain(SECRET.slice(0, 6));
    expect(output).not.toContain('Systems');
  });
  it('takes answers that are pasted all at once, and shows none of them but the first', async () => {
    const input = Object.assign(new PassThrough(), { isTTY: true });
    let shown = '';
    const errors = {
      isTTY: true,
      write(text: string) {
        shown += text;
      },
    };
    input.write(`gitlab\rhttps://gl.example.com\r${SECRET}\racme/app\r`);
    expect(await home.install('cursor', { input, errors })).toMatchObject({ code: 0 });
    expect(entry(CURSOR).env).toEqual({ GITLAB_URL: 'https://gl.example.com', GITLAB_TOKEN: SECRET, GITLAB_PROJECT: 'acme/app' });
    expect(shown).not.toMatch(/glpat|nobody|sees/);
  });
  it('asks for no more credentials than it takes', async () => {
    const { errors } = await home.installAnswering('cursor', ['gitlab,vers', '', 'glpat-x', '', '', 'vers-y', '']);
    expect(errors).toMatch(/GITLAB_TOKEN/);
    expect(errors).not.toMatch(/GITLAB_OAUTH_TOKEN|CI_JOB_TOKEN|GITLAB_HOST|not available/);
    expect(entry(CURSOR).env).toEqual({ GITLAB_TOKEN: 'glpat-x', VERS_API_KEY: 'vers-y' });
  });
  it('asks again for a system that there is not, and takes numbers', async () => {
    const { code, errors } = await home.installAnswering('cursor', ['gitlabb', '1 99', '1,1']);
    expect(errors).toMatch(/gitlabb is not a system\. Did you mean gitlab\?/);
    expect(errors).toMatch(/99 is not a system/);
    expect(errors.match(/Which ones/g)).toHaveLength(3);
    expect(code).toBe(1);
  });
  it('says what is wrong with the values', async () => {
    const { errors, code } = await home.installAnswering('cursor --system lakefs', ['', 'token', '', '', '']);
    expect(errors).toMatch(/lakeFS is not available with these values: LAKECTL_SERVER_ENDPOINT_URL/);
    expect(code).toBe(0);
  });
  it('leaves the secrets to VS Code, which asks for them itself', async () => {
    const { errors, output } = await home.installAnswering('vscode --system gitlab', ['https://gl.example.com', 'y', 'acme/app']);
    expect(errors).toContain('VS Code asks for it. Use it? [Y/n]');
    expect(output).toContain('VS Code will ask for GITLAB_TOKEN.');
    expect(entry(VSCODE, 'servers').env).toEqual({
      GITLAB_URL: 'https://gl.example.com',
      GITLAB_TOKEN: `\${input:tagwright-GITLAB_TOKEN}`,
      GITLAB_PROJECT: 'acme/app',
    });
  });
  it('writes no secret into the file of a project', async () => {
    await home.installAnswering('cursor --project --system gitlab', ['', '', '']);
    expect(JSON.parse(home.read(`project/${CURSOR}`)).mcpServers.tagwright.env).toEqual({ GITLAB_TOKEN: `\${env:GITLAB_TOKEN}` });
    await home.installAnswering('codex --project --system gitlab', ['', 'n', 'y', '']);
    expect(home.read('project/.codex/config.toml')).toContain('env_vars = [ "GITLAB_OAUTH_TOKEN", "TAGWRIGHT_');
  });
  it('offers to leave to the environment what stands there, and does not read it', async () => {
    const env = { GITLAB_TOKEN: SECRET };
    const { errors } = await home.installAnswering('cursor --system gitlab', ['', '', ''], { env });
    expect(errors).toContain('Enter lets Cursor read it from its environment');
    expect(entry(CURSOR).env).toEqual({ GITLAB_TOKEN: `\${env:GITLAB_TOKEN}` });
    const desktop = await home.installAnswering('claude-desktop --system vers', ['', SECRET, ''], { env: { VERS_API_KEY: 'other' } });
    expect(desktop.errors).not.toContain('environment');
    expect(entry('.config/Claude/claude_desktop_config.json').env).toEqual({ VERS_API_KEY: SECRET });
  });
  it('keeps what is there already, and replaces what is typed', async () => {
    await home.installAnswering('cursor --system gitlab', ['', 'glpat-first', 'a/b']);
    const { errors } = await home.installAnswering('cursor --system gitlab', ['https://new.example', '', '']);
    expect(errors).toContain('Enter keeps what is there');
    expect(entry(CURSOR).env).toEqual({ GITLAB_URL: 'https://new.example', GITLAB_TOKEN: 'glpat-first', GITLAB_PROJECT: 'a/b' });
    await home.uninstall('cursor');
    expect(home.files()).toEqual([]);
  });
  it('writes nothing when the person leaves', async () => {
    const { code, errors } = await home.installAnswering('cursor', ['gitlab', 'https://gl.example.com']);
    expect([code, home.files()]).toEqual([1, []]);
    expect(errors).toMatch(/tagwright: Nothing was changed\.\n$/);
  });
  it('refuses a malformed file before it asks', async () => {
    home.write(CURSOR, '{');
    const { code, errors } = await home.installAnswering('cursor', []);
    expect([code, errors]).toEqual([1, expect.stringContaining('malformed')]);
    expect(errors).not.toContain('Systems');
  });
  it('asks nothing for --print and --dry-run', async () => {
    for (const flag of ['--print', '--dry-run']) {
      const { code, errors } = await home.installAnswering(`cursor --system gitlab ${flag}`, []);
      expect([code, errors.includes('?')]).toEqual([0, false]);
    }
    expect(home.files()).toEqual([]);
  });
});

describe('without a terminal', () => {
  it.each([
    ['on stdin', false, true],
    ['on stderr', true, false],
  ])('%s nothing is asked', async (_, isIn, isOut) => {
    const input = Object.assign(new PassThrough(), { isTTY: isIn });
    let errors = '';
    const sink = {
      isTTY: isOut,
      write(text: string) {
        errors += text;
      },
    };
    const { code, output } = await home.install('cursor', { input, errors: sink });
    expect([code, errors]).toEqual([0, '']);
    expect(output).toMatch(/No variables were added; --system NAME adds those of a system \(\w+(, \w+)+\)\./);
  });
});
