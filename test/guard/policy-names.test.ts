/** No name slips past a protection: whatever characters it has, however long it is, and whatever it looks like. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isTagError } from '../../src/core/errors.ts';
import { withPolicy } from '../../src/guard/policy.ts';
import { createMemory, FIRST } from '../support/memory-provider.ts';
import { codeOf, quietCall, toolsOn } from '../support/target.ts';

const protecting = (...protectedTags: string[]) => {
  const memory = createMemory();
  const provider = withPolicy('gitlab', memory.provider, {
    readOnly: false,
    repositories: undefined,
    protectedTags,
    providers: ['gitlab'],
  });
  const isProtected = (name: string) => {
    try {
      provider.refuseLoss?.({ action: 'delete', name, force: true });
      return false;
    } catch (error) {
      if (isTagError(error, 'policy_denied')) return true;
      throw error;
    }
  };
  return { memory, provider, isProtected };
};

const ODD = [
  ...[
    'v1\u2028',
    'v1\u2029x',
    'v1\n',
    '\nv1',
    'v1\r',
    'v1\u0085',
    'v\u000b1',
    'v1\u202e',
    'v\u200b1',
    '\ufeffv1',
    'v1\ufe0e',
    'v\u{e0031}',
  ],
  ...['v1\0', 'v1\u007f', 'v1\ud800', '\udc00', 'x\u2028', 'latest\u200d', 'other\u00ad'],
];
const ILLEGAL = [
  '.hid',
  'x.lock',
  'a..b',
  '-dash',
  'HEAD',
  '@',
  'x~1',
  'x^',
  'a:b',
  'a b',
  'x*',
  'a//b',
  '/a',
  'a/',
  'refs/tags/x',
  '',
  'x@{1}',
];

describe('where any tag is protected', () => {
  it.each([...ODD, ...ILLEGAL, 'x'.repeat(5_000)].map((name) => [JSON.stringify(name).slice(0, 40), name]))(
    'a tag named %s is neither deleted nor moved',
    async (_, name) => {
      for (const globs of [['v*'], ['*'], ['**'], ['zzz'], ['gitlab:zzz'], ['gti:zzz']]) {
        const { memory, provider } = protecting(...globs);
        const tag = { name, commit_id: FIRST };
        memory.tags.set(name, tag);
        const call = quietCall();
        expect(await codeOf(provider.delete('r', tag, true, call)), globs[0]).toBe('policy_denied');
        expect(await codeOf(provider.move('r', { name, ref: 'second' }, tag, call)), globs[0]).toBe('policy_denied');
        // The prefix is taken off before anything is asked.
        if (name && name.length < 4_096 && !name.startsWith('refs/'))
          expect(await codeOf(toolsOn(provider, 'r').delete({ name }))).toBe('policy_denied');
        expect(memory.seen).toEqual([]);
      }
    },
  );

  it('a plain tag that no glob matches may go, and without a rule for this system any may', () => {
    expect(['w1', 'latest', 'é', '日本', 'a/b', '🏷'].filter(protecting('v*', 'gitlab:rc*').isProtected)).toEqual([]);
    expect([...ODD, ...ILLEGAL].filter(protecting().isProtected)).toEqual([]);
    const { provider } = protecting();
    const other = withPolicy('vers', provider, {
      readOnly: false,
      repositories: undefined,
      protectedTags: ['gitlab:v*'],
      providers: ['gitlab', 'vers'],
    });
    expect(() => other.refuseLoss?.({ action: 'delete', name: 'v1\u2028', force: true })).not.toThrow();
  });

  it('every character there is, is one to a star', () => {
    const { isProtected } = protecting('a*b');
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 20 }), (text) => isProtected(`a${text}b`)));
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffff }), (code) => isProtected(`a${String.fromCharCode(code)}b`)),
      { numRuns: 2_000 },
    );
  });
});

describe('a glob that cannot be read', () => {
  it.each(['v(1|2)', '!v*', 'v{1..3}', '[', 'v{a', '@(v*|w*)', 'x'.repeat(2_000), 'v\\', '[[:digit:]]*'])(
    'protects every tag, and allows no repository: %s',
    async (glob) => {
      const { isProtected, memory } = protecting(glob);
      expect(['v1', 'w1', 'main'].every(isProtected)).toBe(true);
      const policy = { readOnly: false, repositories: [`gitlab:${glob}`], protectedTags: [], providers: ['gitlab'] };
      const provider = withPolicy('gitlab', memory.provider, policy);
      for (const repository of ['v1', glob]) expect(await codeOf(provider.locate(repository, quietCall()))).toBe('policy_denied');
    },
  );
});

describe('an allowed repository', () => {
  const allowing = (canonical: (repository: string) => string, ...globs: string[]) => {
    const memory = createMemory();
    const policy = { readOnly: false, repositories: globs.map((glob) => `gitlab:${glob}`), protectedTags: [], providers: ['gitlab'] };
    const bare = { ...memory.provider, locate: async (text: string) => text, canonical: async (text: string) => canonical(text) };
    return withPolicy('gitlab', bare, policy);
  };

  it.each(['acme/x\n', 'acme/x\u2028y', 'acme/\u{1f600}'])('has every character a star stands for: %j', async (repository) => {
    await expect(allowing((text) => text, 'acme/*').locate(repository, quietCall())).resolves.toBe(repository);
  });

  it('is no name that is longer than any, whatever the system calls it', async () => {
    const long = `acme/${'x'.repeat(5_000)}`;
    expect(await codeOf(allowing((text) => text, '**').locate(long, quietCall()))).toBe('policy_denied');
    expect(await codeOf(allowing(() => long, '**').locate('acme/app', quietCall()))).toBe('policy_denied');
  });

  it('is looked at again before each write, but not to take back what was made', async () => {
    let now = 'acme/app';
    const provider = allowing(() => now, 'acme/*');
    const call = quietCall();
    await provider.locate('acme/app', call);
    const made = await provider.create('acme/app', { name: 'v1', ref: 'first' }, call);
    const standing = { ...made };
    now = 'evil/app';
    expect(await codeOf(provider.create('acme/app', { name: 'v2', ref: 'first' }, call))).toBe('policy_denied');
    expect(await codeOf(provider.move('acme/app', { name: 'v1', ref: 'second' }, standing, call))).toBe('policy_denied');
    expect(await codeOf(provider.delete('acme/app', standing, true, call))).toBe('policy_denied');
    await provider.delete('acme/app', made, true, call);
  });
});
