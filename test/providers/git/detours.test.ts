import { appendFileSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isTagError } from '../../../src/core/errors.ts';
import { failureOf, toolsOn } from '../../support/target.ts';
import { file, linkTo, pipe, put, SECRET, sameAs, snapshot, type World, world } from './canary.ts';
import { connect } from './workshop.ts';

/** A way by which a repository leads git elsewhere: what is done to it, and which deeds must be refused (none: they may go on). */
type Way = readonly [what: string, lay: (at: World) => unknown, refused: readonly Deed[]];
const DEEDS = ['get', 'list', 'create', 'move', 'delete'] as const;
type Deed = (typeof DEEDS)[number];
const ALL = DEEDS;
const WRITES: readonly Deed[] = ['create', 'move', 'delete'];
const NOT_CREATE: readonly Deed[] = ['get', 'list', 'move', 'delete'];

const everyFanOut = (make: (at: World, pair: string) => (path: string) => void) => (at: World) => {
  for (let byte = 0; byte < 256; byte += 1) {
    const pair = byte.toString(16).padStart(2, '0');
    const path = join(at.git, 'objects', pair);
    const kept = readdirSync(join(at.git, 'objects')).includes(pair);
    if (!kept) put(path, make(at, pair));
  }
};

const WAYS: readonly Way[] = [
  // Refs
  ['.git is a link', (at) => put(at.git, linkTo(at.closed)), ALL],
  ['refs is a link', (at) => put(join(at.git, 'refs'), linkTo(join(at.closed, 'refs'))), ALL],
  ['refs/tags is a link', (at) => put(join(at.git, 'refs/tags'), linkTo(join(at.closed, 'refs/tags'))), ALL],
  ['refs/tags is a link that leads nowhere', (at) => put(join(at.git, 'refs/tags'), linkTo(join(at.home, 'new'))), ALL],
  ['refs/heads is a link', (at) => put(join(at.git, 'refs/heads'), linkTo(join(at.closed, 'refs/heads'))), ALL],
  ['the tag is a link', (at) => put(join(at.git, 'refs/tags/v1.0.0'), linkTo(join(at.closed, 'refs/heads/main'))), ALL],
  ['the tag is a link that leads nowhere', (at) => put(join(at.git, 'refs/tags/v1.0.0'), linkTo(join(at.home, 'new'))), NOT_CREATE],
  ['another tag is a link', (at) => put(join(at.git, 'refs/tags/peek'), linkTo(join(at.closed, 'refs/heads/main'))), ALL],
  ['a directory of tags is a link', (at) => put(join(at.git, 'refs/tags/far'), linkTo(join(at.closed, 'refs/tags'))), ['list']],
  ['packed-refs is a link', (at) => put(join(at.git, 'packed-refs'), linkTo(join(at.home, 'bashrc'))), ALL],
  ['packed-refs is a link that leads nowhere', (at) => put(join(at.git, 'packed-refs'), linkTo(join(at.home, 'new'))), ALL],
  ['packed-refs.lock is a link', (at) => put(join(at.git, 'packed-refs.lock'), linkTo(join(at.home, 'new'))), ALL],
  ['packed-refs.new is a link', (at) => put(join(at.git, 'packed-refs.new'), linkTo(join(at.home, 'new'))), ALL],
  ['HEAD is a link', (at) => put(join(at.git, 'HEAD'), linkTo(join(at.closed, 'HEAD'))), ALL],
  ['commondir names another repository', (at) => put(join(at.git, 'commondir'), file(`${at.closed}\n`)), ALL],
  ['reftable is a link', (at) => put(join(at.git, 'reftable'), linkTo(at.home)), ALL],
  ['a list of reftables names one elsewhere', (at) => put(join(at.git, 'reftable/tables.list'), file('../../../outside/x.ref\n')), ALL],
  // Logs: written through links, cut off with the tag
  ['logs is a link', (at) => put(join(at.git, 'logs'), linkTo(at.home)), ALL],
  ['logs/refs is a link', (at) => put(join(at.git, 'logs/refs'), linkTo(at.home)), WRITES],
  ['logs/refs/tags is a link', (at) => put(join(at.git, 'logs/refs/tags'), linkTo(at.home)), WRITES],
  ['the log is a link', (at) => put(join(at.git, 'logs/refs/tags/v1.0.0'), linkTo(join(at.home, 'bashrc'))), ['move', 'delete']],
  ['the log is a link that leads nowhere', (at) => put(join(at.git, 'logs/refs/tags/new'), linkTo(join(at.home, 'new'))), ['create']],
  ['the log is a hard link', (at) => put(join(at.git, 'logs/refs/tags/v1.0.0'), sameAs(join(at.home, 'bashrc'))), ['move', 'delete']],
  [
    'HEAD is on the tag, and its log a link',
    (at) => {
      put(join(at.git, 'HEAD'), file('ref: refs/tags/v1.0.0\n'));
      put(join(at.git, 'logs/HEAD'), linkTo(join(at.home, 'bashrc')));
    },
    WRITES,
  ],
  [
    'HEAD is on the tag, and its log a hard link',
    (at) => {
      put(join(at.git, 'HEAD'), file('ref: refs/tags/v1.0.0\n'));
      put(join(at.git, 'logs/HEAD'), sameAs(join(at.home, 'bashrc')));
    },
    ['move', 'delete'],
  ],
  // Objects
  ['objects is a link', (at) => put(join(at.git, 'objects'), linkTo(join(at.closed, 'objects'))), ALL],
  ['objects/pack is a link', (at) => put(join(at.git, 'objects/pack'), linkTo(join(at.closed, 'objects/pack'))), ALL],
  ['objects/info is a link', (at) => put(join(at.git, 'objects/info'), linkTo(at.home)), ALL],
  ['every directory of objects is a link', everyFanOut(({ home }) => linkTo(home)), ALL],
  ['alternates lead out', (at) => put(join(at.git, 'objects/info/alternates'), file(`${at.closed}/objects\n`)), ALL],
  [
    'alternates lead out by a relative path',
    (at) => put(join(at.git, 'objects/info/alternates'), file('../../../../outside/closed/.git/objects\n')),
    ALL,
  ],
  ['alternates lead out in quotes', (at) => put(join(at.git, 'objects/info/alternates'), file(`"${at.closed}/objects"\n`)), ALL],
  ['alternates lead out behind a comment', (at) => put(join(at.git, 'objects/info/alternates'), file(`# x\n\n${at.closed}/objects`)), ALL],
  ['alternates are a link', (at) => put(join(at.git, 'objects/info/alternates'), linkTo(join(at.home, 'bashrc'))), ALL],
  [
    'alternates of alternates lead out',
    (at) => {
      put(join(at.repo, 'store/info/alternates'), file(`${at.closed}/objects\n`));
      put(join(at.git, 'objects/info/alternates'), file(`${at.repo}/store\n`));
    },
    ALL,
  ],
  [
    'alternates lead out by a link',
    (at) => {
      put(join(at.repo, 'store'), linkTo(join(at.closed, 'objects')));
      put(join(at.git, 'objects/info/alternates'), file(`${at.repo}/store\n`));
    },
    ALL,
  ],
  ['a pack is a link', (at) => put(join(at.git, 'objects/pack/pack-1.pack'), linkTo(join(at.home, 'bashrc'))), ALL],
  ['a commit-graph is a link', (at) => put(join(at.git, 'objects/info/commit-graph'), linkTo(join(at.home, 'bashrc'))), ALL],
  [
    'a chain of commit-graphs is a link',
    (at) => put(join(at.git, 'objects/info/commit-graphs/commit-graph-chain'), linkTo(join(at.home, 'bashrc'))),
    ALL,
  ],
  // What git quotes when it cannot read it
  ['shallow is a link', (at) => put(join(at.git, 'shallow'), linkTo(join(at.home, 'bashrc'))), ALL],
  ['info/grafts is a link', (at) => put(join(at.git, 'info/grafts'), linkTo(join(at.home, 'bashrc'))), ALL],
  ['info is a link', (at) => put(join(at.git, 'info'), linkTo(at.home)), ALL],
  ['config is a link', (at) => put(join(at.git, 'config'), linkTo(join(at.closed, 'config'))), ALL],
  ['fsck.skipList is elsewhere', (at) => appendFileSync(join(at.git, 'config'), `[fsck]\nskipList = ${at.home}/bashrc\n`), ALL],
  // Settings
  [
    'refs are put elsewhere',
    (at) => appendFileSync(join(at.git, 'config'), `[core]\nrepositoryformatversion=1\n[extensions]\nrefStorage=files://${at.closed}\n`),
    ALL,
  ],
  ['settings are included from elsewhere', (at) => appendFileSync(join(at.git, 'config'), `[include]\npath = ${at.closed}/config\n`), ALL],
  [
    'they are on a condition',
    (at) => appendFileSync(join(at.git, 'config'), `[includeIf "gitdir:/nowhere"]\npath = ${at.closed}/config\n`),
    ALL,
  ],
  ['they are relative', (at) => appendFileSync(join(at.git, 'config'), '[include]\npath = ../../../outside/closed/.git/config\n'), ALL],
  [
    'they are included by what is included',
    (at) => {
      put(join(at.repo, 'more'), file(`[include]\npath = ${at.closed}/config\n`));
      appendFileSync(join(at.git, 'config'), '[include]\npath = ../more\n');
    },
    ALL,
  ],
  [
    'they are included by a link',
    (at) => {
      put(join(at.repo, 'more'), linkTo(join(at.closed, 'config')));
      appendFileSync(join(at.git, 'config'), '[include]\npath = ../more\n');
    },
    ALL,
  ],
  // Pipes, at which git would wait
  ...(
    ['HEAD', 'config', 'packed-refs', 'shallow', 'info/grafts', 'objects/info/alternates', 'refs/tags/v1.0.0', 'refs/tags/x'] as const
  ).map((path): Way => [`${path} is a pipe`, (at) => put(join(at.git, path), pipe), ALL]),
  ['.git is a pipe', (at) => put(at.git, pipe), ALL],
  ['the log is a pipe', (at) => put(join(at.git, 'logs/refs/tags/v1.0.0'), pipe), ['move', 'delete']],
  [
    'an included file is a pipe',
    (at) => {
      put(join(at.repo, 'more'), pipe);
      appendFileSync(join(at.git, 'config'), '[include]\npath = ../more\n');
    },
    ALL,
  ],
  ['a tag is a link to a pipe', (at) => [put(join(at.home, 'p'), pipe), put(join(at.git, 'refs/tags/x'), linkTo(join(at.home, 'p')))], ALL],
  ...(
    [
      ['a branch that is a pipe', 'refs/heads/pipe', pipe],
      ['a branch that is a link', 'refs/heads/far', (path: string) => linkTo('../../../../../outside/closed/.git/refs/heads/main')(path)],
    ] as const
  ).flatMap(([what, ref, make]): Way[] => [
    [`HEAD is on ${what}`, (at) => [put(join(at.git, ref), make), put(join(at.git, 'HEAD'), file(`ref: ${ref}\n`))], WRITES],
    [`HEAD is on it by another: ${what}`, (at) => [lead(at, ref, make), put(join(at.git, 'HEAD'), file('ref: refs/heads/via\n'))], WRITES],
    [`a tag stands for it: ${what}`, (at) => [lead(at, ref, make), put(join(at.git, 'refs/tags/sym'), file('ref: refs/heads/via\n'))], ALL],
    [
      `a tag far below stands for it: ${what}`,
      (at) => [put(join(at.git, ref), make), put(join(at.git, 'refs/tags/a/b'), file(`ref: ${ref}`))],
      ['list', 'create', 'move'],
    ],
  ]),
  [
    'a tag far below stands for a pipe beside HEAD',
    (at) => [put(join(at.git, 'evil'), pipe), put(join(at.git, 'refs/tags/a/b'), file('ref: evil'))],
    ['list'],
  ],
  ['HEAD is a link behind refs', (at) => put(join(at.git, 'HEAD'), linkTo('refs/../../../../outside/home/bashrc')), ALL],
  ['HEAD is a link to a pipe behind refs', (at) => [put(join(at.git, 'p'), pipe), put(join(at.git, 'HEAD'), linkTo('refs/../p'))], ALL],
  [
    'HEAD is a link that git opens',
    (at) => [put(join(at.git, 'refs/heads/.p'), pipe), put(join(at.git, 'HEAD'), linkTo('refs/heads/.p'))],
    ALL,
  ],
  ['a loose object is a pipe', (at) => put(objectOf(at, 'refs/heads/main'), pipe), ALL],
  ['the object of a tag is a pipe', (at) => put(objectOf(at, 'refs/tags/v1.0.0'), pipe), ALL],
  // A claim to another repository
  ['a .git file names another repository', (at) => put(at.git, file(`gitdir: ${at.closed}\n`)), ALL],
  ['a .git file names it by a relative path', (at) => put(at.git, file('gitdir: ../../outside/closed/.git')), ALL],
  ['a .git file names a directory made up as its worktree', claimWorktree, ALL],
  ['a loose object is a link', linkObject, ALL],
];

const lead = (at: World, ref: string, make: (path: string) => void) => {
  put(join(at.git, ref), make);
  put(join(at.git, 'refs/heads/via'), file(`ref: ${ref}\n`));
};

function objectOf(at: World, ref: string): string {
  const id = readFileSync(join(at.git, ref), 'utf8').trim();
  return join(at.git, 'objects', id.slice(0, 2), id.slice(2));
}

/** All that a worktree has, but the other repository knows nothing of it. */
function claimWorktree(at: World): void {
  renameSync(at.git, join(at.repo, 'own'));
  put(join(at.repo, 'own/commondir'), file(`${at.closed}\n`));
  put(join(at.repo, 'own/gitdir'), file(`${at.git}\n`));
  put(at.git, file('gitdir: own\n'));
}

/** An id may be known, from a public message say. */
function linkObject(at: World): void {
  for (const id of [at.commit, at.tag]) {
    const path = join('objects', id.slice(0, 2), id.slice(2));
    put(join(at.git, path), linkTo(join(at.closed, path)));
  }
  put(join(at.git, 'refs/tags/v1.0.0'), file(`${at.tag}\n`));
}

const ATTEMPTS: Record<Deed, (tools: ReturnType<typeof toolsOn>) => Promise<unknown>> = {
  get: (tools) => tools.get('v1.0.0'),
  list: (tools) => tools.list({ format: 'detailed' }),
  create: (tools) => tools.create({ name: 'new', ref: 'main', message: 'made' }),
  move: (tools) => tools.create({ name: 'v1.0.0', ref: 'main', force: true }),
  delete: (tools) => tools.delete({ name: 'v1.0.0' }),
};

describe.each([true, false])('with roots: %s', (withRoots) => {
  it.each(WAYS)('%s: nothing outside is shown or changed', async (_, lay, refused) => {
    const at = world();
    lay(at);
    const before = snapshot(at.outside);
    const provider = connect(withRoots ? '/' : at.repo, { roots: withRoots ? [at.root] : [], timeoutMs: 4_000 });
    const outcomes: string[] = [];
    for (const deed of DEEDS) {
      const outcome = await ATTEMPTS[deed](toolsOn(provider, at.repo)).catch((error: unknown) => error);
      const code = isTagError(outcome) ? outcome.code : 'done';
      const text = isTagError(outcome) ? JSON.stringify([outcome.message, outcome.hint, outcome.upstream]) : JSON.stringify(outcome);
      expect(text, deed).not.toContain(SECRET);
      if (code === 'policy_denied') outcomes.push(deed);
      else expect(['done', 'already_exists', 'tag_not_found', 'ref_not_found', 'repository_not_found'], `${deed}: ${text}`).toContain(code);
    }
    expect(snapshot(at.outside)).toEqual(before);
    expect(outcomes).toEqual(refused);
    at.remove();
  });
});

describe('a name is never that of a file of the git directory', () => {
  it.each<[ref: string, lay: (at: World, path: string) => void]>([
    ['evil', (_, path) => put(path, pipe)],
    ['evil/sub', (_, path) => put(path, pipe)],
    ['hooks/main', (_, path) => put(path, pipe)],
    ['worktrees/x/HEAD', (_, path) => put(path, pipe)],
    ['evil', (at, path) => put(path, linkTo(join(at.closed, 'refs/heads/main')))],
    ['evil~0', (at) => put(join(at.git, 'evil'), file(`${idOf(at)}\n`))],
    ['evil@{0}', (at) => put(join(at.git, 'evil'), file(`${idOf(at)}\n`))],
    ['logs/HEAD', () => {}],
    ['x-1-gabcdef0', (_, path) => put(path, pipe)],
    ['abcdef0', (_, path) => put(path, pipe)],
    ['@{-1}', (at) => put(join(at.git, 'evil'), pipe)],
  ])('%s is none', async (ref, lay) => {
    const at = world();
    lay(at, join(at.git, ref));
    const error = await failureOf(toolsOn(connect(at.repo, { timeoutMs: 4_000 }), at.repo).create({ name: 'new', ref }));
    expect(error.code).toBe('ref_not_found');
    at.remove();
  });

  it.each(['main', 'refs/heads/main', 'heads/main', 'ID', 'SHORT'])('%s is meant in full, whatever lies there', async (spelt) => {
    const at = world();
    const id = idOf(at);
    const ref = spelt.replace('ID', id).replace('SHORT', id.slice(0, 9));
    for (const name of ['main', 'heads/main', id, id.slice(0, 9), `x-0-g${id.slice(0, 9)}`]) put(join(at.git, name), pipe);
    const { tag } = await toolsOn(connect(at.repo, { timeoutMs: 4_000 }), at.repo).create({ name: 'new', ref });
    expect(tag.commit_id).toBe(id);
    at.remove();
  });

  it.each(['ORIG_HEAD', 'FETCH_HEAD', 'MY_HEAD'])('%s is looked at', async (ref) => {
    const at = world();
    const tools = toolsOn(connect(at.repo, { timeoutMs: 4_000 }), at.repo);
    put(join(at.git, ref), file(`${idOf(at)}\n`));
    expect((await tools.create({ name: 'new', ref })).tag.commit_id).toBe(idOf(at));
    put(join(at.git, ref), pipe);
    expect((await failureOf(tools.create({ name: 'newer', ref }))).code).toBe('policy_denied');
    at.remove();
  });

  it('and a dangerous line among the packed refs is damage', async () => {
    const at = world();
    put(join(at.git, 'packed-refs'), file(`# pack-refs with: peeled fully-peeled sorted \n${idOf(at)} refs/tags/../../x\n`));
    const error = await failureOf(toolsOn(connect(at.repo), at.repo).list());
    expect(error).toMatchObject({ code: 'rejected', hint: expect.stringContaining('git fsck') });
    at.remove();
  });
});

const idOf = (at: World) => readFileSync(join(at.git, 'refs/heads/main'), 'utf8').trim();
