import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { readConfig, type Surroundings } from '../../src/config/config.ts';
import { TagError } from '../../src/core/errors.ts';
import type { Host } from '../../src/core/host.ts';
import { defineProvider, type ProviderDefinition } from '../../src/core/provider.ts';
import { declare, secret, variable } from '../../src/core/variable.ts';
import { temporaryDirectory } from '../support/git-repository.ts';
import { createMemory, memoryTraits } from '../support/memory-provider.ts';

type Values = Record<string, string | undefined>;

let root: string;
/** What each fake was connected with, in order. */
let connected: { name: string; env: Values; host: Host }[];
beforeEach(() => {
  root = temporaryDirectory();
  for (const folder of ['cwd', 'home']) mkdirSync(join(root, folder));
  connected = [];
});
afterEach(() => rmSync(root, { recursive: true }));

const acme = defineProvider({
  name: 'acme',
  title: 'Acme',
  traits: memoryTraits,
  env: z.object({
    ACME_URL: variable('address', 'Where it is'),
    ACME_TOKEN: secret('Who asks'),
    ACME_SECOND: secret('Another credential'),
    ACME_PROJECT: variable('repository', 'Default repository'),
    TAGWRIGHT_ACME_ROOTS: variable('option', "Where it may look, which is the operator's word"),
    ACME_SIZE: declare(z.coerce.number().optional(), { role: 'option', description: 'A number' }),
  }),
  connect(env, host) {
    connected.push({ name: 'acme', env: JSON.parse(JSON.stringify(env)), host });
    if (env.ACME_URL === 'nowhere') throw new TagError('not_configured', 'ACME_URL is no URL.');
    if (env.ACME_URL?.startsWith('echo')) throw new TypeError(`cannot read ${env.ACME_TOKEN}`);
    return env.ACME_TOKEN ? createMemory({ defaultRepository: env.ACME_PROJECT }).provider : undefined;
  },
});
const bolt = defineProvider({
  name: 'bolt',
  title: 'Bolt',
  traits: memoryTraits,
  env: z.object({ BOLT_URL: variable('address', 'Where it is'), BOLT_KEY: secret('Who asks') }),
  file: {
    path: '.boltrc',
    variable: 'BOLT_FILE',
    async read(text) {
      return JSON.parse(text);
    },
  },
  connect(env, host) {
    connected.push({ name: 'bolt', env: JSON.parse(JSON.stringify(env)), host });
    return env.BOLT_KEY ? createMemory().provider : undefined;
  },
});

const write = (path: string, text: string) => writeFileSync(join(root, path), text);
const read = (env: Values = {}, over: Partial<Surroundings> = {}) =>
  readConfig([acme, bolt] as ProviderDefinition[], {
    flags: {},
    env,
    cwd: join(root, 'cwd'),
    home: join(root, 'home'),
    userAgent: 'tagwright/test',
    ...over,
  });
const valuesOf = (name: string) => connected.filter((one) => one.name === name).map(({ env }) => env);
const names = ({ enabled }: { enabled: readonly { name: string }[] }) => enabled.map(({ name }) => name);

describe('the settings', () => {
  it('have defaults where nothing is set, and nothing is enabled', async () => {
    const config = await read();
    expect(config).toMatchObject({ enabled: [], problems: [] });
    expect(config.settings).toMatchObject({ TAGWRIGHT_TIMEOUT_MS: 30_000, TAGWRIGHT_LOG_LEVEL: 'warn' });
    expect(connected[0]?.host).toMatchObject({ timeoutMs: 30_000, allowHttp: [], userAgent: 'tagwright/test', cwd: join(root, 'cwd') });
  });

  it('that are empty, blank or an unfilled placeholder count as unset', async () => {
    const config = await read({ ACME_TOKEN: '', ACME_URL: '  ', BOLT_KEY: `\${user_config.key}`, TAGWRIGHT_TIMEOUT_MS: ` \${T} ` });
    expect(config).toMatchObject({ enabled: [], problems: [] });
    expect(config.settings.TAGWRIGHT_TIMEOUT_MS).toBe(30_000);
    expect(connected.map(({ env }) => env)).toEqual([{}, {}]);
  });

  it('that are wrong are ignored one by one, and named', async () => {
    const config = await read({ TAGWRIGHT_TIMEOUT_MS: 'soon', TAGWRIGHT_LOG_LEVEL: 'debug' });
    expect(config.settings).toMatchObject({ TAGWRIGHT_TIMEOUT_MS: 30_000, TAGWRIGHT_LOG_LEVEL: 'debug' });
    expect(config.problems).toEqual([expect.stringMatching(/^TAGWRIGHT_TIMEOUT_MS is ignored: .+\.$/)]);
  });

  it('count as the strictest where the default would allow more', async () => {
    const config = await read({ TAGWRIGHT_CONFIRM: 'yes' });
    expect(config.settings.TAGWRIGHT_CONFIRM).toBe('always');
    expect(config.problems).toEqual([expect.stringMatching(/^TAGWRIGHT_CONFIRM is taken for always: .+\.$/)]);
  });

  it('that are rules are told where their system or their glob is missing', async () => {
    const config = await read({
      TAGWRIGHT_REPOSITORIES: 'acme:x/*, x/*, acme:, Acme:x',
      TAGWRIGHT_PROTECTED_TAGS: 'v*, acme: v*, acme :w, bolt:, other:v*',
    });
    expect(config.problems).toEqual([
      ...['x/*', 'acme:', 'Acme:x'].map((rule) =>
        expect.stringContaining(`TAGWRIGHT_REPOSITORIES: ${rule} allows nothing. Write system:glob`),
      ),
      expect.stringContaining('TAGWRIGHT_PROTECTED_TAGS: bolt: protects every tag of that system'),
      expect.stringContaining('TAGWRIGHT_PROTECTED_TAGS: other:v* protects every tag of every system'),
    ]);
  });

  it('choose among the systems, and name one that is not configured', async () => {
    const env = { ACME_TOKEN: 'token-1', BOLT_KEY: 'key-123', TAGWRIGHT_DEFAULT_PROVIDER: 'other' };
    const config = await read({ ...env, TAGWRIGHT_PROVIDERS: 'bolt, acme-work ,' });
    expect(names(config)).toEqual(['bolt']);
    expect(config.problems).toEqual([
      'acme-work is named in the settings but not configured.',
      'other is named in the settings but not configured.',
    ]);
  });

  it('on the command line win over the environment', async () => {
    const config = await read({ TAGWRIGHT_LOG_LEVEL: 'info' }, { flags: { TAGWRIGHT_LOG_LEVEL: 'error' } });
    expect(config.settings.TAGWRIGHT_LOG_LEVEL).toBe('error');
  });
});

describe('a .env in the working directory', () => {
  it('is read and never loaded into the process', async () => {
    write('cwd/.env', 'ACME_TOKEN="from-file"\nNODE_TLS_REJECT_UNAUTHORIZED=0\nHTTPS_PROXY=http://evil.example\n');
    const before = { ...process.env };
    const { host, env } = { ...(await read().then(() => connected[0])) } as (typeof connected)[number];
    expect(env).toEqual({ ACME_TOKEN: 'from-file' });
    expect(process.env).toEqual(before);
    expect(host.childEnv).toEqual({});
  });

  it('does not steer the server: TAGWRIGHT_ variables count from the environment alone', async () => {
    write('cwd/.env', 'TAGWRIGHT_PROVIDERS=bolt\nTAGWRIGHT_ALLOW_HTTP=evil.example\nTAGWRIGHT_LOG_LEVEL=debug\nTAGWRIGHT_ACME_ROOTS=/\n');
    const config = await read();
    expect(config.settings).toMatchObject({ TAGWRIGHT_LOG_LEVEL: 'warn' });
    expect(config.settings.TAGWRIGHT_PROVIDERS).toBeUndefined();
    expect(connected[0]?.host.allowHttp).toEqual([]);
    expect(valuesOf('acme')).toEqual([{}]);
  });

  it('never adds a credential to an address from the environment, and the problem says where both belong', async () => {
    write('cwd/.env', 'ACME_TOKEN=from-file-secret\n');
    const config = await read({ ACME_URL: 'https://acme.example' });
    expect(valuesOf('acme')).toEqual([{ ACME_URL: 'https://acme.example' }]);
    expect(names(config)).toEqual([]);
    expect(config.problems).toEqual([
      'acme is not available: ACME_URL (outside .env) and ACME_TOKEN (in .env) are never combined; put both in one place.',
    ]);
    expect(config.problems.join()).not.toMatch(/from-file-secret|acme\.example/);
  });

  it('never points a credential of the environment elsewhere', async () => {
    write('cwd/.env', 'ACME_URL=https://evil.example\nACME_SECOND=x\nACME_SIZE=3\n');
    const config = await read({ ACME_TOKEN: 'operator-token' });
    expect(valuesOf('acme')).toEqual([{ ACME_TOKEN: 'operator-token' }]);
    expect(config).toMatchObject({ enabled: [{ name: 'acme' }], problems: [expect.stringMatching(/^acme: ACME_TOKEN .* never combined/)] });
  });

  it("never points a credential of the vendor's own file elsewhere", async () => {
    write('home/.boltrc', '{"BOLT_KEY":"from-home"}');
    write('cwd/.env', 'BOLT_URL=https://evil.example\nBOLT_FILE=/etc/passwd\n');
    await read();
    expect(valuesOf('bolt')).toEqual([{ BOLT_KEY: 'from-home' }]);
  });

  it('is one place: address, credential and options together', async () => {
    write('cwd/.env', 'ACME_URL=https://acme.example\nACME_TOKEN=from-file\n');
    await read({ ACME_SIZE: '7' });
    expect(valuesOf('acme')).toEqual([{ ACME_URL: 'https://acme.example', ACME_TOKEN: 'from-file', ACME_SIZE: 7 }]);
  });

  it('may name the default repository for a credential from elsewhere, which the environment overrules', async () => {
    write('cwd/.env', 'ACME_PROJECT=here\n');
    expect((await read({ ACME_TOKEN: 'token-1' })).enabled[0]?.provider.defaultRepository).toBe('here');
    expect((await read({ ACME_TOKEN: 'token-1', ACME_PROJECT: 'there' })).enabled[0]?.provider.defaultRepository).toBe('there');
  });
});

describe("the vendor's own file", () => {
  it('completes the environment, which wins', async () => {
    write('home/.boltrc', '{"BOLT_KEY":"from-home","BOLT_URL":"https://home.example"}');
    await read({ BOLT_URL: 'https://env.example' });
    expect(valuesOf('bolt')).toEqual([{ BOLT_KEY: 'from-home', BOLT_URL: 'https://env.example' }]);
  });

  it('may be another one', async () => {
    write('other.json', '{"BOLT_KEY":"from-other"}');
    await read({ BOLT_FILE: join(root, 'other.json') });
    expect(valuesOf('bolt')).toEqual([{ BOLT_KEY: 'from-other' }]);
  });

  it('that is malformed disables its system alone, without a word of what stands in it', async () => {
    write('home/.boltrc', 'hunter2-secret');
    const config = await read({ ACME_TOKEN: 'token-1' });
    expect(names(config)).toEqual(['acme']);
    expect(config.problems).toEqual(['bolt is not available: "~/.boltrc" is malformed.']);
  });
});

describe('instances', () => {
  it('have their own variables, with the suffix in any case, and share nothing with the first', async () => {
    write('home/.boltrc', '{"BOLT_KEY":"from-home"}');
    const config = await read({
      ACME_TOKEN: 'token-1',
      ACME_PROJECT: 'mine',
      ACME_TOKEN__WORK: 'token-2',
      ACME_URL__work: 'https://work.example',
      BOLT_URL__X: 'https://x.example',
    });
    expect(names(config)).toEqual(['acme', 'acme-work', 'bolt']);
    expect(valuesOf('acme')).toContainEqual({ ACME_TOKEN: 'token-2', ACME_URL: 'https://work.example' });
    expect(valuesOf('bolt')).toContainEqual({ BOLT_URL: 'https://x.example' });
  });

  it('never mix their sources either', async () => {
    write('cwd/.env', 'ACME_TOKEN__WORK=from-file\nACME_TOKEN__HOME=from-file\n');
    const config = await read({ ACME_URL__WORK: 'https://work.example' });
    expect(names(config)).toEqual(['acme-home']);
    expect(config.problems).toEqual([
      'acme-work is not available: ACME_URL__WORK (outside .env) and ACME_TOKEN__WORK (in .env) are never combined; put both in one place.',
    ]);
  });
});

describe('what is wrong', () => {
  it('disables that system alone and says why', async () => {
    const config = await read({ ACME_URL: 'nowhere', ACME_TOKEN: 'token-1', BOLT_KEY: 'key-123' });
    expect(names(config)).toEqual(['bolt']);
    expect(config.problems).toEqual(['acme is not available: ACME_URL is no URL.']);
  });

  it('names the variable as it is spelled where its value does not parse', async () => {
    const config = await read({ ACME_TOKEN__WORK: 'token-1', ACME_SIZE__WORK: 'big', TAGWRIGHT_DEFAULT_PROVIDER: 'acme-work' });
    expect(config.problems).toEqual([expect.stringMatching(/^acme-work is not available: ACME_SIZE__WORK: [^[{]+\.$/)]);
  });

  it('is told without secrets, which go to no child process either', async () => {
    const env = { ACME_URL: 'echo', ACME_TOKEN: 'hunter2-token', ACME_TOKEN__WORK: 'hunter3-token', PATH: '/bin', BOLT_KEY: 'hunter4-key' };
    const config = await read({ ...env, TAGWRIGHT_PROVIDERS: 'acme' });
    expect(config.problems).toEqual(['acme is not available: "TypeError: cannot read [secret]"']);
    expect(connected[0]?.host.childEnv).toEqual({ ACME_URL: 'echo', PATH: '/bin', TAGWRIGHT_PROVIDERS: 'acme' });
    expect(config.redact('hunter2-token hunter3-token hunter4-key acme')).toBe('[secret] [secret] [secret] acme');
  });
});

describe('how it came about', () => {
  it('is told of every system: what is set, where, and of a secret only its ends', async () => {
    write('cwd/.env', 'ACME_URL=https://me:hunter2@evil.example\nACME_PROJECT=here\nTAGWRIGHT_READ_ONLY=1\n');
    write('home/.boltrc', '{"BOLT_KEY":"bolt-0123456789-key9"}');
    const { instances, names: set } = await read(
      { ACME_TOKEN: 'acme-0123456789-tok7', OTHER: 'x' },
      { flags: { TAGWRIGHT_ACME_ROOTS: '/srv' } },
    );
    expect(instances.map(({ name, given, error }) => ({ name, given, error }))).toEqual([
      {
        name: 'acme',
        given: [
          { name: 'ACME_URL', role: 'address', value: 'https://…@evil.example', from: '.env', used: false },
          { name: 'ACME_TOKEN', role: 'credential', value: 'acme-…tok7', from: 'environment', used: true },
          { name: 'ACME_PROJECT', role: 'repository', value: 'here', from: '.env', used: true },
          { name: 'TAGWRIGHT_ACME_ROOTS', role: 'option', value: '/srv', from: 'command line', used: true },
        ],
      },
      { name: 'bolt', given: [{ name: 'BOLT_KEY', role: 'credential', value: 'bolt-…key9', from: '~/.boltrc', used: true }] },
    ]);
    expect(set).toEqual(
      expect.arrayContaining([
        { name: 'OTHER', from: 'environment' },
        { name: 'TAGWRIGHT_READ_ONLY', from: '.env' },
        { name: 'TAGWRIGHT_ACME_ROOTS', from: 'command line' },
      ]),
    );
  });

  it('keeps apart what is wrong with one system and with the settings', async () => {
    const { instances, ownProblems } = await read({ ACME_URL: 'nowhere', ACME_TOKEN: 'token-1', TAGWRIGHT_TIMEOUT_MS: 'soon' });
    expect(instances[0]).toMatchObject({ name: 'acme', error: { code: 'not_configured', message: 'ACME_URL is no URL.' } });
    expect(instances[1]).not.toHaveProperty('error');
    expect(ownProblems).toEqual([expect.stringContaining('TAGWRIGHT_TIMEOUT_MS')]);
  });

  it("hands on the working directory's remotes", async () => {
    mkdirSync(join(root, 'cwd/.git'));
    write('cwd/.git/config', '[remote "origin"]\nurl = https://acme.example/a/b\n');
    await read();
    expect(connected[0]?.host.remotesOf(join(root, 'cwd'))).toEqual([{ name: 'origin', address: 'https://acme.example/a/b' }]);
  });
});
