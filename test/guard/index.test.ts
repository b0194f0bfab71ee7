/** The guards put together: what the configuration says is what they do. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Config } from '../../src/config/config.ts';
import { redactor } from '../../src/config/redact.ts';
import { auditOf, guarded, movesOf } from '../../src/guard/index.ts';
import { temporaryDirectory } from '../support/git-repository.ts';
import { createMemory, FIRST } from '../support/memory-provider.ts';
import { codeOf, failureOf, quietCall } from '../support/target.ts';

const warnings: string[] = [];
const log = (level: string, message: string) => void warnings.push(`${level}: ${message}`);
const call = { ...quietCall(), origin: { client: 'test', tool: 'create_tag' } };
const KEPT = { provider: 'lab', repository: 'r', name: 'v1', ref: FIRST };
type Given = Partial<Config['settings']>;
const settingsOf = (over: Given = {}) => over as Config['settings'];

/** A provider behind all of them, of a configuration. */
function stage({ settings = {}, mayWrite = true, untrusted }: { settings?: Given; mayWrite?: boolean; untrusted?: string } = {}) {
  const memory = createMemory();
  const file = join(temporaryDirectory(), 'audit.jsonl');
  const redact = redactor(['operators-secret']);
  const audit = auditOf({ settings: settingsOf({ TAGWRIGHT_AUDIT_LOG: file }), redact }, log);
  const instance = {
    name: 'lab',
    title: 'Lab',
    provider: memory.provider,
    ...(untrusted && { untrusted: { redact: redactor([untrusted]) } }),
  };
  const config = { settings: settingsOf(settings), mayWrite, enabled: [instance, { ...instance, name: 'other' }] };
  const provider = guarded(instance, config, movesOf({ journal: undefined }, log), audit);
  const lines = () => readFileSync(file, 'utf8').trim().split('\n');
  return { memory, provider, lines, file };
}
const create = (stage_: ReturnType<typeof stage>, name = 'v1') => stage_.provider.create('r', { name, ref: 'first' }, call);

describe('the audit', () => {
  it('is none where no file is named', () => {
    expect(auditOf({ settings: settingsOf(), redact: (text) => text }, log)).toBeUndefined();
  });
  it('is written line by line, without secrets: the operator’s, and those of a stranger’s system', async () => {
    const one = stage({ untrusted: 'strangers-secret' });
    await create(one, 'operators-secret');
    await create(one, 'strangers-secret');
    expect(one.lines()).toHaveLength(4);
    expect(one.lines().join()).not.toMatch(/operators-secret|strangers-secret/);
    expect(one.lines().join()).toContain('[secret]');
  });
  it('that cannot be written is told to the operator', async () => {
    const audit = auditOf({ settings: settingsOf({ TAGWRIGHT_AUDIT_LOG: join(temporaryDirectory(), 'x') }), redact: (text) => text }, log);
    audit?.warn('A line is lacking.');
    expect(warnings).toContain('warn: A line is lacking.');
    expect(audit?.tidy('a\u202eb')).toBe('a\ufffdb');
  });
  it('is left out where there is none, and nothing else is', async () => {
    const memory = createMemory();
    const instance = { name: 'lab', title: 'Lab', provider: memory.provider };
    const config = { settings: settingsOf(), mayWrite: true, enabled: [instance] };
    const provider = guarded(instance, config, movesOf({ journal: undefined }, log));
    expect(await provider.create('r', { name: 'v1', ref: 'first' }, call)).toMatchObject({ commit_id: FIRST });
  });
});

describe('the policy', () => {
  it('lets write what may, and nothing where nothing may', async () => {
    expect(await create(stage())).toMatchObject({ commit_id: FIRST });
    const closed = stage({ mayWrite: false });
    expect(await codeOf(create(closed))).toBe('policy_denied');
    expect([closed.memory.seen, existsSync(closed.file)]).toEqual([[], false]);
  });
  it('protects what is named, nothing where nothing is, and everything for a system that is none', async () => {
    const loss = (one: ReturnType<typeof stage>) => one.provider.refuseLoss?.({ action: 'delete', name: 'v1', force: false });
    expect(() => loss(stage())).not.toThrow();
    expect(() => loss(stage({ settings: { TAGWRIGHT_PROTECTED_TAGS: ['other:v*'] } }))).not.toThrow();
    for (const glob of ['v*', 'lab:v*', 'nobody:v*'])
      expect(() => loss(stage({ settings: { TAGWRIGHT_PROTECTED_TAGS: [glob] } }))).toThrow('TAGWRIGHT_PROTECTED_TAGS');
  });
  it('allows the repositories that are named', async () => {
    const { provider } = stage({ settings: { TAGWRIGHT_REPOSITORIES: ['lab:r'] } });
    expect(await provider.locate('r', call)).toBe('r');
    expect((await failureOf(provider.locate('s', call))).code).toBe('policy_denied');
  });
});

describe('the journal', () => {
  it('is nowhere where none is wanted', async () => {
    const { journal, underWay } = movesOf({ journal: undefined }, log);
    expect([await journal.keep(KEPT), await journal.gaps(), underWay.size]).toEqual([undefined, [], 0]);
  });
  it('is a file from the first move on, and holds what is not taken out', async () => {
    const path = join(temporaryDirectory(), 'state', 'journal.jsonl');
    const { journal, underWay } = movesOf({ journal: path }, log);
    expect([await journal.gaps(), existsSync(path), underWay.size]).toEqual([[], false, 0]);
    const keeping = await journal.keep(KEPT);
    expect(readFileSync(path, 'utf8')).toContain('"v1"');
    await keeping?.end(false);
    const [gap] = await journal.gaps();
    expect(gap).toMatchObject(KEPT);
    if (gap) await journal.drop(gap);
    expect(await journal.gaps()).toEqual([]);
  });
  it('that cannot be written is told to the operator', async () => {
    expect(await movesOf({ journal: '/dev/null/journal' }, log).journal.keep(KEPT)).toBeUndefined();
    expect(warnings.at(-1)).toMatch(/^warn: The journal of moves cannot be written/);
  });
});
