import { readFileSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { TagError } from '../../src/core/errors.ts';
import type { Call } from '../../src/core/provider.ts';
import { clean } from '../../src/core/text.ts';
import { type AppendLine, appendTo } from '../../src/guard/append.ts';
import { withAudit } from '../../src/guard/audit.ts';
import { temporaryDirectory } from '../support/git-repository.ts';
import { createMemory, FIRST, SECOND } from '../support/memory-provider.ts';
import { codeOf, quietCall } from '../support/target.ts';

const call: Call = { ...quietCall(), origin: { client: 'test', tool: 'create_tag', release: 'r-1' } };

const warnings: string[] = [];
const auditTo = (append: AppendLine, tidy = (text: string) => text) => ({
  append,
  tidy,
  warn: (message: string) => void warnings.push(message),
});

function audited() {
  const path = join(temporaryDirectory(), 'audit.jsonl');
  const memory = createMemory();
  const lines = (file = path) =>
    readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  return { path, memory, lines, provider: withAudit('gitlab', memory.provider, auditTo(appendTo(path))) };
}

describe('the audit log', () => {
  it('has a line of intent and a line of outcome for every write, and none for a read', async () => {
    const { memory, lines, provider } = audited();
    const tag = await provider.create('acme/app', { name: 'v1', ref: 'first' }, call);
    await provider.get('acme/app', 'v1', call);
    const moved = await provider.move('acme/app', { name: 'v1', ref: 'second' }, tag, call);
    await provider.delete('acme/app', moved, false, call);
    const common = { client: 'test', tool: 'create_tag', release: 'r-1', provider: 'gitlab', repository: 'acme/app', tag: 'v1' };
    expect(lines()).toMatchObject([
      { ...common, action: 'create', to: 'first', outcome: 'intended' },
      { ...common, action: 'create', to: FIRST, outcome: 'done', duration_ms: expect.any(Number) },
      { ...common, action: 'move', from: FIRST, to: 'second', outcome: 'intended' },
      { ...common, action: 'move', from: FIRST, to: SECOND, outcome: 'done' },
      { ...common, action: 'delete', from: SECOND, outcome: 'intended' },
      { ...common, action: 'delete', from: SECOND, outcome: 'done' },
    ]);
    for (const { time } of lines()) expect(Date.parse(String(time))).toBeGreaterThan(0);
    expect(memory.tags.size).toBe(0);
  });

  it('has the intent on disk before the request leaves', async () => {
    const { memory, lines, provider } = audited();
    memory.before('create', () => expect(lines()).toMatchObject([{ outcome: 'intended' }]));
    await provider.create('r', { name: 'v1', ref: 'first' }, call);
    expect(lines()).toHaveLength(2);
  });

  it('blacks out nothing of ours, and whatever else a caller wrote', async () => {
    const lines: string[] = [];
    const append = async (line: string) => void lines.push(line);
    const { provider } = createMemory();
    const origin = { client: 'test', tool: 'create_tag', release: 'r-1', confirmed_by: 'client' } as const;
    const draft = { name: 'v1', ref: 'first' };
    await withAudit(
      'gitlab',
      provider,
      auditTo(append, () => 'X'),
    ).create('acme/app', draft, { ...call, origin });
    const [intended, done] = lines.map((line) => JSON.parse(line));
    const ours = { tool: 'create_tag', release: 'r-1', confirmed_by: 'client', provider: 'gitlab', action: 'create' };
    expect(intended).toEqual({
      time: expect.stringMatching(/^20/),
      client: 'X',
      repository: 'X',
      tag: 'X',
      to: 'X',
      ...ours,
      outcome: 'intended',
    });
    expect(done).toMatchObject({ ...ours, outcome: 'done', time: expect.stringMatching(/^20/) });
    expect(done.duration_ms).toBeLessThan(60_000);
  });

  it('that takes no line lets nothing be written, and says why', async () => {
    const full = new Error('ENOSPC');
    const { provider, seen } = createMemory();
    const audited = withAudit(
      'gitlab',
      provider,
      auditTo(() => Promise.reject(full)),
    );
    await expect(audited.create('r', { name: 'v1', ref: 'first' }, call)).rejects.toMatchObject({
      code: 'policy_denied',
      message: 'The audit log cannot be written; nothing was done.',
      hint: 'Rule: TAGWRIGHT_AUDIT_LOG. The operator has to make the file writable.',
      cause: full,
    });
    expect(seen).toEqual([]);
  });

  it('tells a refusal from a write whose fate is unknown', async () => {
    const { memory, lines, provider } = audited();
    memory.fail('create', { error: new TagError('protected', 'No.') }, { error: new TagError('unavailable', 'Lost.', { inDoubt: true }) });
    for (const code of ['protected', 'unavailable'])
      expect(await codeOf(provider.create('r', { name: 'v1', ref: 'first' }, call))).toBe(code);
    expect(lines().map(({ outcome, code }) => [outcome, code])).toEqual([
      ['intended', undefined],
      ['refused', 'protected'],
      ['intended', undefined],
      ['unknown', 'unavailable'],
    ]);
  });

  it('is for its owner alone, and survives being rotated away', async () => {
    const { path, lines, provider } = audited();
    await provider.create('r', { name: 'v1', ref: 'first' }, call);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    renameSync(path, `${path}.1`);
    await provider.create('r', { name: 'v2', ref: 'first' }, call);
    expect([lines(`${path}.1`).length, lines().length]).toEqual([2, 2]);
  });

  it('is cleaned and redacted like everything else that leaves', async () => {
    const path = join(temporaryDirectory(), 'audit.jsonl');
    const tidy = (text: string) => clean(text).replaceAll('glpat-secret', '[secret]');
    const provider = withAudit('gitlab', createMemory().provider, auditTo(appendTo(path), tidy));
    await codeOf(provider.create('r', { name: 'glpat-secret', ref: 'a\u202eb\u001b[31m' }, call));
    const log = readFileSync(path, 'utf8');
    expect(log).toContain('[secret]');
    for (const never of ['glpat-secret', '\u202e', '\u001b']) expect(log).not.toContain(never);
  });

  it('that cannot be written forbids the write', async () => {
    const memory = createMemory();
    const provider = withAudit('gitlab', memory.provider, auditTo(appendTo('/nonexistent/audit.jsonl')));
    expect(await codeOf(provider.create('r', { name: 'v1', ref: 'first' }, call))).toBe('policy_denied');
    expect(memory.seen).toEqual([]);
  });

  it('says who agreed to a write, where somebody was asked', async () => {
    const { lines, provider } = audited();
    await provider.create('r', { name: 'v1', ref: 'first' }, { ...call, origin: { tool: 'create_tag', confirmed_by: 'client' } });
    await provider.create('r', { name: 'v2', ref: 'first' }, call);
    expect(lines().map(({ confirmed_by }) => confirmed_by)).toEqual(['client', 'client', undefined, undefined]);
  });

  it.each([
    ['done', undefined, /"action":"create".*"tag":"v1".*"outcome":"done"/],
    ['refused', new TagError('protected', 'No.'), /"outcome":"refused","code":"protected"/],
    ['unknown', new TagError('unavailable', 'Lost.', { inDoubt: true }), /"outcome":"unknown"/],
  ])('that has no room for the outcome %s leaves it as it is, and the operator is told', async (_, error, told) => {
    warnings.length = 0;
    const memory = createMemory();
    if (error) memory.fail('create', { error });
    const intents: string[] = [];
    const append = async (line: string) => {
      if (intents.length > 0) throw new Error('ENOSPC: no space left on device, write');
      intents.push(line);
    };
    const written = withAudit('gitlab', memory.provider, auditTo(append)).create('r', { name: 'v1', ref: 'first' }, call);
    if (error) expect(await codeOf(written)).toBe(error.code);
    else expect((await written).commit_id).toBe(FIRST);
    expect(intents).toEqual([expect.stringContaining('"outcome":"intended"')]);
    expect(warnings).toEqual([expect.stringMatching(/^TAGWRIGHT_AUDIT_LOG lacks a line \(Error: ENOSPC/)]);
    expect(warnings[0]).toMatch(told);
  });
});
