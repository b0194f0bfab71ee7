import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readConfig } from '../../../src/config/config.ts';
import { TagError } from '../../../src/core/errors.ts';
import type { ProviderDefinition } from '../../../src/core/provider.ts';
import { toErrorResult } from '../../../src/mcp/render.ts';
import { lakefs } from '../../../src/providers/index.ts';
import { LAKEFS_JWT, LAKEFS_KEY } from '../../sandbox/lakefs.ts';
import { temporaryDirectory } from '../../support/git-repository.ts';
import { codeOf, quietCall, testHost, toolsOn } from '../../support/target.ts';
import { connect, openLake, variables } from './workshop.ts';

const attempt = (over: Record<string, string | undefined>) => () => connect('https://lakefs.example.com', over);
const nothing = { LAKECTL_SERVER_ENDPOINT_URL: undefined, LAKECTL_CREDENTIALS_ACCESS_KEY_ID: undefined };

describe('the variables', () => {
  it('where nothing is set, there is no lakeFS; a repository alone is nothing', () => {
    const unset = { ...nothing, LAKECTL_CREDENTIALS_SECRET_ACCESS_KEY: undefined, LAKEFS_REPOSITORY: 'datalake' };
    expect(lakefs.connect(lakefs.env.parse(variables('', unset)), testHost())).toBeUndefined();
  });

  it.each([
    [{ LAKECTL_SERVER_ENDPOINT_URL: undefined }, /^LAKECTL_SERVER_ENDPOINT_URL is missing/],
    [{ LAKECTL_CREDENTIALS_ACCESS_KEY_ID: undefined }, /^LAKECTL_CREDENTIALS_ACCESS_KEY_ID is missing/],
    [{ LAKECTL_CREDENTIALS_SECRET_ACCESS_KEY: undefined }, /^LAKECTL_CREDENTIALS_SECRET_ACCESS_KEY is missing/],
    [{ ...nothing, LAKECTL_CREDENTIALS_SESSION_TOKEN: 'a.b.c' }, /^LAKECTL_SERVER_ENDPOINT_URL is missing/],
    [nothing, /^LAKECTL_SERVER_ENDPOINT_URL and LAKECTL_CREDENTIALS_ACCESS_KEY_ID are missing/],
    [{ LAKECTL_SERVER_ENDPOINT_URL: 'lakefs.example.com' }, /^LAKECTL_SERVER_ENDPOINT_URL is not an address/],
    [{ LAKECTL_SERVER_ENDPOINT_URL: 'http://lakefs.example.com' }, /^LAKECTL_SERVER_ENDPOINT_URL names .* without TLS/],
  ])('%j is not_configured, and says why', (over, message) => {
    expect(attempt(over)).toThrow(expect.objectContaining({ code: 'not_configured', message: expect.stringMatching(message) }));
    expect(attempt(over)).not.toThrow(LAKEFS_KEY.secret);
  });

  it.each([
    ['', '/api/v1/user'],
    ['/', '/api/v1/user'],
    ['/api/v1', '/api/v1/user'],
    ['/api/v1/', '/api/v1/user'],
    ['/lake', '/lake/user'],
  ])('an address that ends in %j is asked at %s', async (end, path) => {
    const { sandbox, call } = await openLake();
    await connect(`${sandbox.url}${end}`)
      .check(call)
      .catch(() => undefined);
    expect(sandbox.seen.map((request) => request.path)).toContain(path);
    sandbox.unknown.splice(0); // at /lake nobody is
  });

  it('a key travels as Basic; a session token as Bearer, and wins', async () => {
    const { sandbox, provider, call } = await openLake();
    expect(await provider.check(call)).toEqual({ user: LAKEFS_KEY.id, version: '1.84.0' });
    expect(sandbox.seen[0]?.headers.authorization).toBe(`Basic ${btoa(`${LAKEFS_KEY.id}:${LAKEFS_KEY.secret}`)}`);
    sandbox.reset();
    const both = connect(sandbox.url, { LAKECTL_CREDENTIALS_SESSION_TOKEN: LAKEFS_JWT });
    expect(await both.check(call)).toMatchObject({ user: LAKEFS_KEY.id });
    expect(sandbox.seen[0]?.headers.authorization).toBe(`Bearer ${LAKEFS_JWT}`);
  });

  it.each([
    [404, 'invalid API endpoint'],
    [500, 'no storage config'],
    [401, 'insufficient permissions: not allowed to fs:ReadConfig'],
  ])('the version is a nicety: where /config is %i, the check tells the user', async (status, message) => {
    const { sandbox, provider, call } = await openLake();
    sandbox.fault({ kind: 'status', status, body: { message } }, { path: /\/config$/, times: 9 });
    expect(await provider.check(call)).toEqual({ user: LAKEFS_KEY.id });
    sandbox.fault({ kind: 'status', status, body: { message } }, { path: /\/user$/, times: 9 });
    expect(await codeOf(provider.check(call))).not.toBe('');
  });

  it('a user without an id is nobody', async () => {
    const { sandbox, provider, call } = await openLake();
    sandbox.fault({ kind: 'status', status: 200, body: { user: { id: '', creation_date: 0 } } }, { path: /\/user$/ });
    expect(await codeOf(provider.check(call))).toBe('unauthenticated');
  });
});

describe('lakectl.yaml and the process environment', () => {
  let root: string;
  beforeEach(() => {
    root = temporaryDirectory();
    for (const folder of ['cwd', 'home']) mkdirSync(join(root, folder));
  });
  afterEach(() => rmSync(root, { recursive: true }));
  const read = (env: Record<string, string> = {}, yaml = '') => {
    if (yaml) writeFileSync(join(root, 'home/.lakectl.yaml'), yaml);
    const places = { cwd: join(root, 'cwd'), home: join(root, 'home'), userAgent: 'tagwright/test' };
    return readConfig([lakefs as ProviderDefinition], { flags: {}, env, ...places });
  };
  const file = (url: string, secret: string = LAKEFS_KEY.secret) => `# made by lakectl config
credentials:
    access_key_id: ${LAKEFS_KEY.id}
    secret_access_key: ${secret}
experimental:
    local: { posix_permissions: { enabled: false } }
metastore:
server:
    endpoint_url: ${url}/api/v1
`;

  it('the file that lakectl wrote is enough', async () => {
    const { sandbox } = await openLake();
    const { enabled, problems } = await read({ LAKEFS_REPOSITORY: 'lakefs://datalake/' }, file(sandbox.url));
    expect(problems).toEqual([]);
    expect(enabled).toMatchObject([{ name: 'lakefs', provider: { defaultRepository: 'datalake' } }]);
    expect(await enabled[0]?.provider.check(quietCall())).toMatchObject({ user: LAKEFS_KEY.id });
  });

  it('a variable wins over the file; another file may be named; a key of digits stays text', async () => {
    const { sandbox } = await openLake();
    sandbox.credentials.set(LAKEFS_KEY.id, { secret: '0012345678901234' });
    writeFileSync(join(root, 'other.yaml'), file(sandbox.url, '0012345678901234'));
    const { enabled } = await read({ LAKECTL_CONFIG_FILE: join(root, 'other.yaml') }, file('https://elsewhere.example.com'));
    expect(await enabled[0]?.provider.check(quietCall())).toMatchObject({ user: LAKEFS_KEY.id });
    const secret = { LAKECTL_CREDENTIALS_SECRET_ACCESS_KEY: '0012345678901234', LAKECTL_SERVER_ENDPOINT_URL: sandbox.url };
    const mixed = await read(secret, file('https://elsewhere.example.com'));
    expect(await mixed.enabled[0]?.provider.check(quietCall())).toMatchObject({ user: LAKEFS_KEY.id });
  });

  const iam = (url: string) =>
    `server: { endpoint_url: ${url} }\ncredentials: { provider: { type: aws_iam, aws_iam: { refresh_interval: 5m } } }\n`;

  it.each([
    ['the file', {}, iam('https://lakefs.example.com')],
    ['the environment', { LAKECTL_CREDENTIALS_PROVIDER_TYPE: 'aws_iam', LAKECTL_SERVER_ENDPOINT_URL: 'https://lakefs.example.com' }, ''],
  ])('a sign-in that is not known here is named, with the way out (%s)', async (_, env, yaml) => {
    const { enabled, problems } = await read(env, yaml);
    expect(enabled).toEqual([]);
    expect(problems.join()).toMatch(/aws_iam.* not supported.*LAKECTL_CREDENTIALS_SESSION_TOKEN/);
  });

  it('a session token, or a key, does in its place', async () => {
    const { sandbox } = await openLake();
    const { id, secret } = LAKEFS_KEY;
    for (const env of [
      { LAKECTL_CREDENTIALS_SESSION_TOKEN: LAKEFS_JWT },
      { LAKECTL_CREDENTIALS_ACCESS_KEY_ID: id, LAKECTL_CREDENTIALS_SECRET_ACCESS_KEY: secret },
    ]) {
      const { enabled, problems } = await read(env as Record<string, string>, iam(sandbox.url));
      expect(problems).toEqual([]);
      expect(await enabled[0]?.provider.check(quietCall())).toMatchObject({ user: id });
    }
  });

  it.each([
    ['no YAML', `credentials:\n  secret_access_key: "${LAKEFS_KEY.secret}\n`],
    ['a tab for indentation', `credentials:\n\tsecret_access_key: ${LAKEFS_KEY.secret}\n`],
    ['a list for a text', `credentials: { secret_access_key: [${LAKEFS_KEY.secret}] }\n`],
    ['a text alone', LAKEFS_KEY.secret],
  ])('a malformed file (%s) is named, and not told', async (_, yaml) => {
    const { enabled, problems } = await read({}, yaml);
    expect(enabled).toEqual([]);
    expect(problems.join()).toMatch(/^lakefs is not available: .*\.lakectl\.yaml.* malformed/);
    expect(problems.join()).not.toContain(LAKEFS_KEY.secret.slice(0, 8));
  });

  it.each(['', '# nothing yet\n', 'server:\ncredentials:\n', 'credentials: {}\n'])('an empty file (%j) is none', async (yaml) => {
    writeFileSync(join(root, 'home/.lakectl.yaml'), yaml);
    expect(await read()).toMatchObject({ enabled: [], problems: [] });
  });

  it('whatever an upstream tells of the credential is masked, base64 too', async () => {
    const { sandbox } = await openLake();
    const { enabled, redact } = await read({}, file(sandbox.url));
    const header = `Basic ${btoa(`${LAKEFS_KEY.id}:${LAKEFS_KEY.secret}`)}`;
    sandbox.fault({ kind: 'status', status: 400, body: { message: `${header} is not ${LAKEFS_KEY.secret}` } }, { method: 'GET' });
    const provider = enabled[0]?.provider;
    const error = await (provider &&
      toolsOn(provider, 'datalake')
        .get('v1')
        .catch((failure: unknown) => failure));
    expect(error).toBeInstanceOf(TagError);
    const told = JSON.stringify(toErrorResult(error, redact));
    expect(told).toContain('[secret]');
    for (const part of [LAKEFS_KEY.secret, LAKEFS_KEY.secret.slice(8), btoa(`${LAKEFS_KEY.id}:${LAKEFS_KEY.secret}`).slice(-16)])
      expect(told).not.toContain(part);
  });
});
