/** Repositories laid out by chance: whatever is asked of them, nothing outside changes, and nothing of it is told. */
import { appendFileSync, cpSync, existsSync, lstatSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isTagError } from '../../../src/core/errors.ts';
import { toolsOn } from '../../support/target.ts';
import { file, linkTo, pipe, put, SECRET, sameAs, snapshot, type World, world } from './canary.ts';
import { connect } from './workshop.ts';

/** `npm run fuzz:git` tries 10 000. */
const LAYOUTS = Number(process.env.TAGWRIGHT_FUZZ ?? 80);
const SLOW = 4 * 3_600_000;

const PATHS = [
  ...[
    'HEAD',
    'config',
    'config.worktree',
    'commondir',
    'gitdir',
    'packed-refs',
    'packed-refs.lock',
    'packed-refs.new',
    'shallow',
    'ORIG_HEAD',
  ],
  ...['info', 'info/grafts', 'hooks', 'hooks/reference-transaction', 'reftable', 'reftable/tables.list', 'worktrees', 'branches'],
  ...[
    'refs',
    'refs/heads',
    'refs/heads/main',
    'refs/heads/main.lock',
    'refs/tags',
    'refs/tags/v1.0.0',
    'refs/tags/new',
    'refs/tags/new.lock',
  ],
  ...['refs/tags/dir', 'refs/tags/dir/v1', 'refs/tags/rel', 'refs/tags/rel/2', 'refs/tags/other', 'refs/remotes', 'refs/main', 'main'],
  ...['logs', 'logs/HEAD', 'logs/refs', 'logs/refs/heads', 'logs/refs/heads/main', 'logs/refs/tags', 'logs/refs/tags/v1.0.0'],
  ...['logs/refs/tags/new', 'logs/refs/tags/dir', 'logs/refs/tags/dir/v1', 'logs/refs/tags/rel', 'logs/refs/tags/rel/2'],
  ...[
    'objects',
    'objects/info',
    'objects/info/alternates',
    'objects/info/commit-graph',
    'objects/info/commit-graphs',
    'objects/info/packs',
  ],
  ...[
    'objects/pack',
    'objects/pack/multi-pack-index',
    'objects/pack/pack-x.idx',
    'objects/pack/pack-x.pack',
    'objects/ab',
    'objects/FANOUT',
  ],
  ...['../.git', '../git', '../more'],
] as const;
/** Below the other repository, or the home of the user. */
const TARGETS = [
  '',
  'home',
  'home/bashrc',
  'home/v1.0.0',
  'home/none',
  'home/none/none',
  'closed',
  'closed/.git',
  'closed/.git/HEAD',
].concat(
  ['config', 'refs', 'refs/heads', 'refs/heads/main', 'refs/tags', 'refs/tags/v1.0.0', 'objects', 'objects/pack', 'logs', 'logs/HEAD'].map(
    (part) => `closed/.git/${part}`,
  ),
);
const FORMS = [
  'link',
  'relative link',
  'hard link',
  'pipe',
  'empty',
  'nonsense',
  'directory',
  'gitdir',
  'path',
  'symbolic ref',
  'foreign id',
  'absent',
  'link inside',
] as const;
const SETTINGS = [
  '[hook "x"]\nevent = reference-transaction\ncommand = touch OUT/home/hooked',
  '[core]\nhooksPath = OUT/home',
  '[core]\nworktree = OUT',
  '[core]\nlogAllRefUpdates = always',
  '[core]\nsharedRepository = 0666',
  '[include]\npath = OUT/closed/.git/config',
  '[include]\npath = ../more',
  '[extensions]\nworktreeConfig = true',
  '[core]\nrepositoryformatversion = 1\n[extensions]\nrefStorage = files://OUT/closed/.git',
  '[core]\nrepositoryformatversion = 1\n[extensions]\nrefStorage = reftable',
  '[core]\npreferSymlinkRefs = true',
  '[fsck]\nskipList = OUT/home/bashrc',
  '[user]\nname = "x; touch OUT/home/named #"',
  '[core]\nalternateRefsCommand = touch OUT/home/alternates\nfsmonitor = touch OUT/home/monitor\nbare = true',
  '[trace2]\neventTarget = OUT/home/trace\nnormalTarget = OUT/home/trace',
  '[gc]\nauto = 1\nrecentObjectsHook = touch OUT/home/gc',
];

interface Change {
  readonly path: (typeof PATHS)[number];
  readonly form: (typeof FORMS)[number];
  readonly target: string;
}
const change: fc.Arbitrary<Change> = fc.record({
  path: fc.constantFrom(...PATHS),
  form: fc.constantFrom(...FORMS),
  target: fc.constantFrom(...TARGETS),
});
/** Two that chance would seldom put together. */
const KNOWN: readonly Change[][] = [
  [{ path: 'logs/refs/tags', form: 'link', target: 'home' }],
  [{ path: 'logs/refs/tags/v1.0.0', form: 'link', target: 'home/bashrc' }],
  [{ path: '../.git', form: 'gitdir', target: 'closed/.git' }],
  [
    { path: 'objects/info/alternates', form: 'path', target: 'closed/.git/objects' },
    { path: 'refs/tags/v1.0.0', form: 'foreign id', target: '' },
  ],
  [
    { path: 'objects/pack', form: 'link', target: 'closed/.git/objects/pack' },
    { path: 'refs/tags/rel/2', form: 'foreign id', target: '' },
  ],
];
const some = fc.oneof({ weight: 9, arbitrary: fc.array(change, { maxLength: 4 }) }, { weight: 1, arbitrary: fc.constantFrom(...KNOWN) });
const layout = fc.record({
  changes: some,
  settings: fc.array(fc.constantFrom(...SETTINGS), { maxLength: 2 }),
  withRoots: fc.boolean(),
  deeds: fc.shuffledSubarray(['create', 'move', 'delete', 'list', 'get'] as const, { minLength: 3 }),
  name: fc.constantFrom('new', 'dir/v1', 'rel/2', 'v1.0.0'),
});

function lay(at: World, repo: string, { path, form, target }: Change): void {
  const spot = join(repo, '.git', path.replace('FANOUT', readdirSync(join(at.git, 'objects')).sort()[0] ?? 'ab'));
  const to = join(at.outside, target);
  const isFile = existsSync(to) && lstatSync(to).isFile();
  const forms: Record<(typeof FORMS)[number], (spot: string) => void> = {
    link: linkTo(to),
    'relative link': linkTo(join('../'.repeat(spot.split('/').length), to)),
    'hard link': isFile ? sameAs(to) : linkTo(to),
    pipe,
    empty: file(''),
    nonsense: file(`${SECRET.length}\nnonsense\n`),
    directory: (path) => mkdirSync(path),
    gitdir: file(`gitdir: ${to}\n`),
    path: file(`${to}\n`),
    'symbolic ref': file('ref: refs/tags/v1.0.0\n'),
    'foreign id': file(`${at.tag}\n`),
    absent: () => {},
    'link inside': linkTo('refs/heads/main'),
  };
  // What lies behind a link or a file is not ours to lay out.
  let parent = repo;
  for (const step of relative(repo, dirname(spot)).split('/').filter(Boolean)) {
    parent = join(parent, step);
    if (existsSync(parent) ? !lstatSync(parent).isDirectory() : lstatSync(parent, { throwIfNoEntry: false })) return;
  }
  put(spot, forms[form]);
}

it(
  `of ${LAYOUTS} layouts none leads out`,
  async () => {
    const at = world();
    const before = snapshot(at.outside);
    const codes = new Map<string, number>();
    let count = 0;
    await fc.assert(
      fc.asyncProperty(layout, async ({ changes, settings, withRoots, deeds, name }) => {
        count += 1;
        const root = join(at.base, `try-${count}`);
        const repo = join(root, 'open');
        cpSync(at.repo, repo, { recursive: true });
        for (const text of settings) appendFileSync(join(repo, '.git/config'), `\n${text.replaceAll('OUT', at.outside)}\n`);
        for (const one of changes) lay(at, repo, one);
        if (!existsSync(join(repo, '.git')) && !withRoots) return;
        const provider = connect(withRoots ? '/' : repo, { roots: withRoots ? [root] : [], timeoutMs: 2_000 });
        const tools = toolsOn(provider, repo);
        const attempts = {
          create: () => tools.create({ name: 'new', ref: 'main', message: 'm' }),
          move: () => tools.create({ name, ref: 'main', message: 'n', force: true }),
          delete: () => tools.delete({ name }),
          list: () => tools.list({ format: 'detailed' }),
          get: () => tools.get(name),
        };
        for (const deed of deeds) {
          const outcome = await attempts[deed]().catch((error: unknown) => error);
          if (outcome instanceof Error && !isTagError(outcome)) throw outcome;
          const code = isTagError(outcome) ? outcome.code : 'done';
          codes.set(code, (codes.get(code) ?? 0) + 1);
          // A file that was linked into the repository is one of its own.
          if (changes.some(({ form }) => form === 'hard link')) continue;
          expect(
            isTagError(outcome) ? `${outcome.message} ${outcome.hint} ${outcome.upstream?.text}` : JSON.stringify(outcome),
          ).not.toContain(SECRET);
        }
        expect(snapshot(at.outside)).toEqual(before);
        rmSync(root, { recursive: true, force: true });
      }),
      { numRuns: LAYOUTS, endOnFailure: LAYOUTS > 1_000 },
    );
    at.remove();
    // It would prove nothing if all of them were refused, or none.
    for (const code of ['done', 'policy_denied']) expect(codes.get(code), JSON.stringify([...codes])).toBeGreaterThan(LAYOUTS / 20);
    if (LAYOUTS > 1_000) process.stderr.write(`${JSON.stringify({ count, codes: Object.fromEntries(codes) })}\n`);
  },
  SLOW,
);
