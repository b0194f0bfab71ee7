import { afterEach, describe, expect, it, vi } from 'vitest';
import { readConfig } from '../../../src/config/config.ts';
import { codearts } from '../../../src/providers/index.ts';
import { IAM_ACCOUNT } from '../../sandbox/iam.ts';
import { failureOf, quietCall, toolsOn } from '../../support/target.ts';
import { call, type Workshop, workshop } from './workshop.ts';

const MINUTE = 60_000;
const times = <T>(count: number, act: () => Promise<T>) => Promise.all(Array.from({ length: count }, act));
const tokensOf = ({ sandbox }: Workshop) => [...new Set(sandbox.seen.map(({ headers }) => headers['x-auth-token'] ?? ''))];
const asPasswordOf = ({ connect, wrong, repository }: Workshop) => toolsOn(connect(wrong), String(repository.id));

/** The clock of both sides. */
function setClock(): { forward(ms: number): void } {
  vi.useFakeTimers({ toFake: ['Date'] });
  return { forward: (ms) => void vi.setSystemTime(Date.now() + ms) };
}
afterEach(() => void vi.useRealTimers());

describe('a token', () => {
  it('is fetched once for fifty concurrent calls, and kept', async () => {
    const shop = await workshop('login');
    await times(50, () => shop.tools.list());
    await shop.tools.create({ name: 'v1', ref: 'master' });
    expect(shop.iam.seen).toHaveLength(1);
    expect(shop.sandbox.seen).toHaveLength(51);
    expect(tokensOf(shop)).toHaveLength(1);
  });
  it('is asked for with the account, for the region alone', async () => {
    const { iam, tools } = await workshop('login');
    await tools.list();
    expect(iam.seen).toMatchObject([{ method: 'POST', path: '/v3/auth/tokens', rawQuery: 'nocatalog=true' }]);
    expect(JSON.parse(iam.seen[0]?.body ?? '').auth.scope).toEqual({ project: { name: IAM_ACCOUNT.project } });
  });
  it('is replaced five minutes before it expires', async () => {
    const clock = setClock();
    const { iam, tools } = await workshop('login', { lifetimeMs: 60 * MINUTE });
    await tools.list();
    clock.forward(54 * MINUTE);
    await tools.list();
    expect(iam.seen).toHaveLength(1);
    clock.forward(2 * MINUTE);
    await times(20, () => tools.list());
    expect(iam.seen).toHaveLength(2);
  });
  it('lives as long as IAM says, whatever the clock here says', async () => {
    const { iam, tools } = await workshop('login', { now: () => new Date(Date.now() - 7 * 24 * 60 * MINUTE) });
    for (let n = 0; n < 3; n += 1) await tools.list();
    expect(iam.seen).toHaveLength(1);
  });
  it('that expired is renewed once, and all calls succeed: reads and writes', async () => {
    const shop = await workshop('login');
    await shop.tools.create({ name: 'v0', ref: 'master' });
    shop.sandbox.expireToken(tokensOf(shop)[0] ?? '');
    const [made] = await Promise.all([
      shop.tools.create({ name: 'v1', ref: 'master' }),
      shop.tools.delete({ name: 'v0' }),
      times(20, () => shop.tools.list()),
    ]);
    expect(made.outcome).toBe('created');
    expect([...shop.repository.tags.keys()]).toEqual(['v1']);
    expect(shop.iam.seen).toHaveLength(2);
    expect(tokensOf(shop)).toHaveLength(2);
  });
  it('that is refused again is not renewed again', async () => {
    const { sandbox, iam, tools } = await workshop('login');
    sandbox.fault({ kind: 'status', status: 401, body: { error_code: 'APIGW.0301', error_msg: 'decrypt token fail' } }, { times: 9 });
    expect((await failureOf(tools.create({ name: 'v1', ref: 'master' }))).code).toBe('unauthenticated');
    expect(sandbox.seen).toHaveLength(2);
    expect(iam.seen).toHaveLength(2);
  });
  it('is a secret from the moment it comes', async () => {
    const { sandbox, iam, right, repository } = await workshop('login');
    const { enabled, redact } = await readConfig([codearts], {
      flags: {},
      env: { ...right, CODEARTS_URL: sandbox.url, CODEARTS_IAM_URL: iam.url },
      cwd: '/nonexistent',
      home: '/nonexistent',
      userAgent: 'test',
    });
    await enabled[0]?.provider.resolve(String(repository.id), 'master', call);
    const token = sandbox.seen[0]?.headers['x-auth-token'] ?? '';
    expect(token).toMatch(/^MIIT/);
    for (const form of [token, encodeURIComponent(token), IAM_ACCOUNT.password]) expect(redact(`it was ${form}`)).toBe('it was [secret]');
  });
  it('shows in a check when it ends, and whose it is', async () => {
    const { provider } = await workshop('login');
    expect(await provider.check(call)).toEqual({ user: IAM_ACCOUNT.user, expires_at: expect.stringMatching(/^20\d\d-.*Z$/) });
  });
});

describe('a wrong password', () => {
  it('is asked once, not fifty times, and the error says so', async () => {
    const shop = await workshop('login');
    const tools = asPasswordOf(shop);
    const errors = await times(50, () => failureOf(tools.list()));
    errors.push(await failureOf(tools.create({ name: 'v1', ref: 'master' })));
    for (const error of errors)
      expect(error).toMatchObject({ code: 'unauthenticated', hint: expect.stringContaining('not asked again for five minutes') });
    expect(shop.iam.seen).toHaveLength(1);
    expect(shop.sandbox.seen).toEqual([]);
  });
  it('is asked again after five minutes, since it may have been set right', async () => {
    const clock = setClock();
    const shop = await workshop('login');
    const tools = asPasswordOf(shop);
    await failureOf(tools.list());
    clock.forward(6 * MINUTE);
    await failureOf(tools.list());
    expect(shop.iam.seen).toHaveLength(2);
  });
});

describe('IAM', () => {
  it('that gives no token for the region is not_configured, and remembered', async () => {
    const { iam, tools } = await workshop('login');
    iam.fault({ kind: 'status', status: 400, body: { error: { code: 400, message: 'project not found' } } });
    for (let n = 0; n < 3; n += 1) expect((await failureOf(tools.list())).code).toBe('not_configured');
    expect(iam.seen).toHaveLength(1);
  });
  it('that fails is asked again by the next call, and no write is in doubt for it', async () => {
    const { iam, sandbox, tools, provider, repository } = await workshop('login');
    iam.fault({ kind: 'status', status: 503 });
    const draft = { name: 'v1', ref: 'master' };
    expect(await failureOf(provider.create(String(repository.id), draft, call))).toMatchObject({ code: 'unavailable', inDoubt: false });
    expect(sandbox.seen).toEqual([]);
    iam.fault({ kind: 'reset' });
    expect((await failureOf(tools.list())).code).toBe('unavailable');
    expect((await tools.create(draft)).outcome).toBe('created');
  });
  it('is waited for by the others when one caller leaves', async () => {
    const { iam, provider, repository } = await workshop('login');
    iam.latencyMs = 100;
    const leaving = new AbortController();
    const first = failureOf(toolsOn(provider, String(repository.id), quietCall(leaving.signal)).list());
    const second = toolsOn(provider, String(repository.id)).list();
    while (iam.seen.length === 0) await new Promise((wake) => setTimeout(wake, 2));
    leaving.abort();
    expect((await first).code).toBe('cancelled');
    expect(iam.seen[0]?.aborted).toBe(false);
    expect((await second).tags).toEqual([]);
    expect(iam.seen).toHaveLength(1);
  });
  it('that hangs holds up nobody who leaves', async () => {
    const { iam, connect, right, repository } = await workshop('login');
    iam.fault({ kind: 'hang' });
    const leaving = new AbortController();
    const provider = connect(right, { timeoutMs: 1_000 });
    const waiting = failureOf(toolsOn(provider, String(repository.id), quietCall(leaving.signal)).list());
    while (iam.seen.length === 0) await new Promise((wake) => setTimeout(wake, 2));
    leaving.abort();
    expect((await waiting).code).toBe('cancelled');
    expect((await failureOf(toolsOn(provider, String(repository.id)).list())).code).toBe('timeout');
    expect((await toolsOn(provider, String(repository.id)).list()).tags).toEqual([]);
  });
  it('that answers without a token is unexpected_response', async () => {
    const { iam, tools } = await workshop('login');
    const token = { issued_at: '2026-01-01T00:00:00Z', expires_at: '2026-01-02T00:00:00Z' };
    iam.fault({ kind: 'status', status: 201, body: { token } });
    expect((await failureOf(tools.list())).code).toBe('unexpected_response');
  });
});
