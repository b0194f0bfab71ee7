/** Notes beside a tag pass every guard as the tag itself does. */
import { expect, it } from 'vitest';
import { TagError } from '../../src/core/errors.ts';
import type { Tag } from '../../src/core/tag.ts';
import { withAudit } from '../../src/guard/audit.ts';
import { withLimit } from '../../src/guard/limit.ts';
import { withNames } from '../../src/guard/named.ts';
import { type Policy, withPolicy } from '../../src/guard/policy.ts';
import { withSettling } from '../../src/guard/settled.ts';
import { noted, noting } from '../core/noting.ts';
import { at, lost } from '../core/settling.ts';
import { createMemory, FIRST, SECOND } from '../support/memory-provider.ts';
import { failureOf, quietCall } from '../support/target.ts';

const call = quietCall();
const REPOSITORY = 'acme/app';

function guarded(standing: Tag | undefined, policy: Partial<Policy> = {}) {
  const memory = noting(standing);
  const open: Policy = { readOnly: false, repositories: undefined, protectedTags: [], providers: ['gitlab'] };
  const { publish, withdraw, ...others } = withPolicy('gitlab', memory.provider, { ...open, ...policy });
  if (!publish || !withdraw) throw new Error('they are not offered');
  return { ...memory, guarded: { ...others, publish, withdraw } };
}

it.each<[Partial<Policy>, string]>([
  [{ readOnly: true }, 'TAGWRIGHT_READ_ONLY'],
  [{ repositories: ['gitlab:other/*'] }, 'TAGWRIGHT_REPOSITORIES'],
])('by the policy %j are neither published nor taken away', async (policy, rule) => {
  const { guarded: provider, written } = guarded(noted(FIRST, 'Old'), policy);
  for (const act of [
    provider.publish(REPOSITORY, at(FIRST), 'New', call),
    provider.publish(REPOSITORY, noted(FIRST, 'Old'), 'New', call),
    provider.withdraw(REPOSITORY, noted(FIRST, 'Old'), call),
  ])
    expect(await failureOf(act)).toMatchObject({ code: 'policy_denied', message: expect.stringContaining(rule) });
  expect(written).toEqual([]);
});

it('of a protected tag are published where there are none, and neither replaced nor taken away', async () => {
  const { guarded: provider, written } = guarded(noted(FIRST, 'Old'), { protectedTags: ['v*'] });
  expect((await failureOf(provider.publish(REPOSITORY, noted(FIRST, 'Old'), 'New', call))).message).toContain(
    '"v1" may not have its notes replaced',
  );
  expect((await failureOf(provider.withdraw(REPOSITORY, noted(FIRST, 'Old'), call))).message).toContain('"v1" may not lose its notes');
  expect(written).toEqual([]);
  const bare = guarded(at(FIRST), { protectedTags: ['v*'] });
  expect(await bare.guarded.publish(REPOSITORY, at(FIRST), 'New', call)).toEqual(noted(FIRST, 'New'));
});

it('that this call has published may be taken back, though the tag is protected', async () => {
  const { guarded: provider, notes } = guarded(at(FIRST), { protectedTags: ['v*'] });
  const shown = await provider.publish(REPOSITORY, at(FIRST), 'New', call);
  await provider.withdraw(REPOSITORY, shown, call);
  expect(notes()).toBeUndefined();
});

it('of others may be replaced and taken away where the tag is not protected', async () => {
  const { guarded: provider, notes } = guarded(noted(FIRST, 'Old'), { protectedTags: ['x*'] });
  const replaced = await provider.publish(REPOSITORY, noted(FIRST, 'Old'), 'New', call);
  expect(replaced).toEqual(noted(FIRST, 'New'));
  await provider.withdraw(REPOSITORY, noted(FIRST, 'New'), call);
  expect(notes()).toBeUndefined();
});

it('leave a tag that this call has made one that it may take back, though it is protected', async () => {
  const { guarded: provider, tags } = guarded(undefined, { protectedTags: ['v*'] });
  const made = await provider.create(REPOSITORY, { name: 'v1', ref: 'first' }, call);
  const shown = await provider.publish(REPOSITORY, made, 'New', call);
  await provider.delete(REPOSITORY, shown, true, call);
  expect(tags.size).toBe(0);
  const other = guarded(at(FIRST), { protectedTags: ['v*'] });
  const notMade = await other.guarded.publish(REPOSITORY, at(FIRST), 'New', call);
  expect((await failureOf(other.guarded.delete(REPOSITORY, notMade, true, call))).code).toBe('policy_denied');
});

it('have their lines in the audit log', async () => {
  const lines: object[] = [];
  const memory = noting(at(FIRST));
  const audit = { append: async (line: string) => void lines.push(JSON.parse(line)), tidy: (text: string) => text, warn: () => {} };
  const { publish, withdraw } = withAudit('gitlab', memory.provider, audit);
  const shown = await publish?.(REPOSITORY, at(FIRST), 'New', call);
  expect(shown).toEqual(noted(FIRST, 'New'));
  expect(await withdraw?.(REPOSITORY, noted(FIRST, 'New'), call)).toBeUndefined();
  memory.failNext({ error: new TagError('protected', 'No.') });
  await withdraw?.(REPOSITORY, at(FIRST), call).catch(() => {});
  const common = { provider: 'gitlab', repository: REPOSITORY, tag: 'v1' };
  expect(lines).toMatchObject([
    { ...common, action: 'publish', to: FIRST, outcome: 'intended' },
    { ...common, action: 'publish', to: FIRST, outcome: 'done' },
    { ...common, action: 'withdraw', from: FIRST, outcome: 'intended' },
    { ...common, action: 'withdraw', from: FIRST, outcome: 'done' },
    { ...common, action: 'withdraw', from: FIRST, outcome: 'intended' },
    { ...common, action: 'withdraw', from: FIRST, outcome: 'refused', code: 'protected' },
  ]);
});

it('are believed only of the tag that was named', async () => {
  const publish = async () => noted(FIRST, 'New');
  const { provider } = noting(at(FIRST));
  expect(await withNames({ ...provider, publish }).publish?.(REPOSITORY, at(FIRST), 'New', call)).toEqual(noted(FIRST, 'New'));
  const other = withNames({ ...provider, publish }).publish?.(REPOSITORY, { name: 'v2' }, 'New', call);
  expect(await failureOf(other ?? Promise.resolve())).toMatchObject({ code: 'unexpected_response', inDoubt: true });
});

it('are settled where their answer was lost', async () => {
  const memory = noting(at(SECOND));
  const { publish, withdraw } = withSettling(memory.provider);
  memory.failNext({ error: lost(), applied: true });
  expect(await publish?.(REPOSITORY, at(SECOND), 'New', call)).toEqual(noted(SECOND, 'New'));
  memory.failNext({ error: lost(), applied: true });
  await withdraw?.(REPOSITORY, noted(SECOND, 'New'), call);
  expect([memory.written, memory.notes()]).toEqual([['publish New', 'withdraw'], undefined]);
});

it('wait for their place, as does asking whether they can be taken back', async () => {
  const started: string[] = [];
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const { provider } = noting(at(FIRST));
  const slow = {
    ...provider,
    get: () => held.then(() => at(FIRST)),
    publish: async (...[repository, tag, notes]: Parameters<typeof provider.publish>) => {
      started.push(`publish ${repository} ${notes}`);
      return tag;
    },
    withdraw: async (repository: string, { name }: Tag) => void started.push(`withdraw ${repository} ${name}`),
    undo: async (repository: string, withNotes: boolean) => {
      started.push(`undo ${repository} ${withNotes}`);
      return 'never' as const;
    },
    admit: async (repository: string, name: string, _: unknown, withNotes?: boolean) =>
      void started.push(`admit ${repository} ${name} ${withNotes}`),
  };
  const limited = withLimit(slow, 1);
  const all = [
    limited.get('r', 'v1', call),
    limited.publish?.('r', at(FIRST), 'New', call),
    limited.withdraw?.('r', at(FIRST), call),
    limited.undo?.('r', true, call),
    limited.admit?.('r', 'v1', call, true),
  ];
  await new Promise((wake) => setImmediate(wake));
  expect(started).toEqual([]);
  release();
  expect((await Promise.all(all)).slice(1)).toEqual([at(FIRST), undefined, 'never', undefined]);
  expect(started).toEqual(['publish r New', 'withdraw r v1', 'undo r true', 'admit r v1 true']);
});

it('are offered by a guard only where the system has them', () => {
  const { provider } = createMemory();
  const audit = { append: async () => {}, tidy: (text: string) => text, warn: () => {} };
  const policy: Policy = { readOnly: false, repositories: undefined, protectedTags: [], providers: [] };
  for (const guard of [
    withPolicy('gitlab', provider, policy),
    withAudit('gitlab', provider, audit),
    withLimit(provider, 1),
    withNames(provider),
    withSettling(provider),
  ])
    expect([guard.publish, guard.withdraw, guard.undo]).toEqual([undefined, undefined, undefined]);
});
