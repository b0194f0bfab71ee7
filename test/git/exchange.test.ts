/** A visit to a host, with git's answers told beforehand: what each of them means. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { addressOf } from '../../src/git/address.ts';
import type { Git, Outcome, Workplace } from '../../src/git/command.ts';
import { createExchange, type Destination, type Swap, type Visit } from '../../src/git/exchange.ts';
import { codeOf, failureOf, quietCall, testHost } from '../support/target.ts';

const address = addressOf('https://h.example/a/b.git', '/');
if (!address) throw new Error('no address');

interface Script {
  readonly outcomes?: readonly Partial<Outcome>[];
  /** Whether anything that spoke git answered. */
  readonly spoken?: boolean;
  readonly url?: string;
  readonly pushUrl?: string;
}

/** A visit on which git answers so, one after the other; what it was asked, where, is kept. */
function visiting({ outcomes = [], spoken = true, url = 'https://h.example/a/b.git', pushUrl = url }: Script) {
  const asked: { args: readonly string[]; at: Workplace }[] = [];
  const answers = [...outcomes];
  const git = {
    attempt: async (at: Workplace, args: readonly string[]) => {
      asked.push({ args, at });
      if (spoken && at.env?.GIT_TRACE2_EVENT) writeFileSync(at.env.GIT_TRACE2_EVENT, '"negotiated-version"');
      return { code: 0, output: '', words: '', ...answers.shift() };
    },
  } as Partial<Git> as Git;
  const [to, push] = [url, pushUrl].map((text) => addressOf(text, '/') ?? address);
  const visit = createExchange(git, testHost({ childEnv: {} }));
  return {
    asked,
    on: <T>(use: (visit: Visit) => Promise<T>) =>
      visit({ address: to ?? address, push: push ?? address, token: { user: 'me', password: 's3cret' } } as Destination, quietCall(), use),
  };
}
const change: Swap = { name: 'v1', from: undefined, to: 'a'.repeat(40) };
const swapped = (output: string, more: Partial<Swap> = {}, words = '') =>
  visiting({ outcomes: [{ output, words, code: 1 }] }).on((visit) => visit.swap({ ...change, ...more }));
const report = (letter: string, summary: string) => `To https://h.example/a/b\n${letter}\taaa:refs/tags/v1\t${summary}\nDone\n`;

describe('a swap', () => {
  it('is asked for with what must stand there, and without what would override it', async () => {
    const { asked, on } = visiting({ outcomes: [{ output: report('*', '[new tag]') }, { output: report('-', '[deleted]') }] });
    expect(await on((visit) => visit.swap(change))).toBe(true);
    expect(await on((visit) => visit.swap({ name: 'v1', from: 'b'.repeat(40), to: undefined }))).toBe(true);
    const [create, remove] = asked.map(({ args }) => args);
    expect(create?.slice(-4)).toEqual([
      '--force-with-lease=refs/tags/v1:',
      '--',
      'https://h.example/a/b.git',
      `${'a'.repeat(40)}:refs/tags/v1`,
    ]);
    expect(remove?.slice(-4)).toEqual([
      `--force-with-lease=refs/tags/v1:${'b'.repeat(40)}`,
      '--',
      'https://h.example/a/b.git',
      ':refs/tags/v1',
    ]);
    for (const { args } of asked) {
      expect(args).toEqual(expect.arrayContaining(['push', '--porcelain', '--no-verify', '--no-follow-tags', '--no-recurse-submodules']));
      expect(args.join(' ')).not.toMatch(/--force( |$)|\+/);
    }
  });
  it.each([
    ['*', '[new tag]', true],
    ['+', 'aaa...bbb (forced update)', true],
    [' ', 'aaa..bbb', true],
    ['-', '[deleted]', true],
    ['=', '[up to date]', false],
  ])('that is answered %j was done or was so before', async (letter, summary, done) => {
    expect(await swapped(report(letter, summary))).toBe(done);
  });
  it('that was refused before anything was sent is known: taken, or moved', async () => {
    const stale = report('!', '[rejected] (stale info)');
    expect(await failureOf(swapped(stale))).toMatchObject({
      code: 'already_exists',
      inDoubt: false,
      message: 'The tag does not stand as it was read; nothing was done.',
    });
    expect(await codeOf(swapped(report('!', 'x [rejected] (stale info)')))).toBe('rejected');
    expect(await failureOf(swapped(stale, { from: 'b'.repeat(40) }))).toMatchObject({ code: 'changed', inDoubt: false });
  });
  it('that the host refused is told in its words', async () => {
    const refused = swapped(report('!', '[remote rejected] (pre-receive hook declined)'), {}, 'remote: tags need a ticket');
    expect(await failureOf(refused)).toMatchObject({ code: 'rejected', upstream: { text: 'tags need a ticket' } });
    const raced = report('!', '[remote rejected] (reference already exists)');
    expect(await failureOf(swapped(raced))).toMatchObject({ code: 'already_exists', inDoubt: false });
    expect(await failureOf(swapped(raced, { from: 'b'.repeat(40) }))).toMatchObject({ code: 'changed', inDoubt: true });
  });
  it('without a report is in doubt, unless it is known that nothing was sent', async () => {
    expect(await failureOf(swapped('', {}, 'fatal: the remote end hung up'))).toMatchObject({ code: 'unavailable', inDoubt: true });
    expect(await failureOf(swapped('', {}, 'fatal: Authentication failed'))).toMatchObject({ code: 'unauthenticated', inDoubt: false });
  });
});

describe('a fetch', () => {
  const fetched = (outcome: Partial<Outcome>, spoken = true) =>
    visiting({ outcomes: [outcome], spoken }).on((visit) => visit.fetch(['HEAD:x', 'id']));
  it('brings one commit of each, and no tags besides', async () => {
    const { asked, on } = visiting({});
    expect(await on((visit) => visit.fetch(['HEAD:x', 'id']))).toBe(true);
    expect(asked[0]?.args).toEqual([
      'fetch',
      '--quiet',
      '--no-tags',
      '--depth=1',
      '--filter=tree:0',
      '--no-recurse-submodules',
      '--',
      'https://h.example/a/b.git',
      'HEAD:x',
      'id',
    ]);
  });
  it.each([
    "fatal: couldn't find remote ref refs/tags/x",
    'fatal: remote error: upload-pack: not our ref x',
    'error: Server does not allow request for unadvertised object x',
    '',
  ])('finds nothing where it says %j', async (words) => {
    expect(await fetched({ code: 128, words })).toBe(false);
  });
  it('fails with any other words, and where nothing that speaks git has answered', async () => {
    expect(await codeOf(fetched({ code: 128, words: 'fatal: Authentication failed' }))).toBe('unauthenticated');
    for (const code of [0, 1, 128]) expect(await codeOf(fetched({ code }, false)), String(code)).toBe('unexpected_response');
  });
});

describe('a list', () => {
  const listed = (outcome: Partial<Outcome>, spoken = true) => visiting({ outcomes: [outcome], spoken }).on((visit) => visit.tags());
  it('is a line each, or empty where the host has spoken', async () => {
    expect(await listed({ output: 'a\trefs/tags/x\nb\trefs/tags/y\n' }, false)).toEqual(['a\trefs/tags/x', 'b\trefs/tags/y']);
    expect(await listed({})).toEqual([]);
    expect(await failureOf(listed({}, false))).toMatchObject({
      code: 'unexpected_response',
      message: 'What answers at "https://h.example/a/b" speaks no git: a sign-in page, perhaps, or a proxy.',
      hint: expect.stringContaining('Check the address'),
    });
    expect(await codeOf(listed({ code: 128, words: 'Repository not found' }))).toBe('repository_not_found');
  });
});

describe('a visit', () => {
  it('asks once whether the person has said what ssh is, and only where there is need to know', async () => {
    const { asked, on } = visiting({ url: 'git@h.example:a/b', outcomes: [{ output: 'ssh -v\n' }] });
    await on((visit) => visit.tags());
    await on((visit) => visit.tags());
    expect(asked.map(({ args }) => args)).toEqual([
      ['config', '--get', 'core.sshCommand'],
      ['ls-remote', '--tags', '--', 'git@h.example:a/b'],
      ['ls-remote', '--tags', '--', 'git@h.example:a/b'],
    ]);
    expect(asked[1]?.at.env).not.toHaveProperty('GIT_SSH_COMMAND');
    const plain = visiting({ url: 'git@h.example:a/b', outcomes: [{ code: 1, output: '\n' }] });
    await plain.on((visit) => visit.tags());
    expect(plain.asked[1]?.at.env).toMatchObject({ GIT_SSH_COMMAND: 'ssh -oBatchMode=yes', GIT_TRACE2_EVENT_NESTING: '100' });
    const https = visiting({});
    await https.on((visit) => visit.tags());
    expect(https.asked.map(({ args }) => args[0])).toEqual(['ls-remote']);
  });
  it('is spoken the way there and the way back, with the token for each', async () => {
    const { asked, on } = visiting({ pushUrl: 'git@h.example:a/b' });
    await on((visit) => visit.swap(change).catch(() => false));
    expect(asked.map(({ args }) => args[0])).toEqual(['config', 'push']);
    const both = visiting({ pushUrl: 'https://h.example/a/c' });
    await both.on((visit) => visit.tags());
    expect(both.asked[0]?.at.overruled?.filter(([key]) => key.endsWith('extraHeader')).map(([key]) => key)).toEqual([
      'http.https://h.example/a/b.git.extraHeader',
      'http.https://h.example/a/c.extraHeader',
    ]);
    const http = visiting({ pushUrl: 'http://127.0.0.1/a/b' });
    await http.on((visit) => visit.tags());
    expect(http.asked[0]?.at.env).toMatchObject({ GIT_ALLOW_PROTOCOL: 'https:ssh:http' });
  });
  it('to a directory lets git obey nothing there', async () => {
    const { asked, on } = visiting({ url: '/srv/git/a' });
    await on(async (visit) => [await visit.tags(), await visit.fetch(['x']), await visit.swap(change).catch(() => false)]);
    const guards =
      'git -c core.hooksPath=/dev/null -c core.fsmonitor=false -c core.alternateRefsCommand=true -c receive.autogc=false -c gc.auto=0 -c maintenance.auto=false';
    expect(asked.flatMap(({ args }) => args.filter((arg) => /-pack=/.test(arg)))).toEqual([
      `--upload-pack=${guards} upload-pack`,
      `--upload-pack=${guards} upload-pack`,
      `--receive-pack=${guards} receive-pack`,
    ]);
  });
  it('is made once more, and from then on, where the host keeps its objects in another format', async () => {
    const words = 'fatal: mismatched algorithms: client sha1; server sha256';
    const { asked, on } = visiting({ outcomes: [{ code: 128, words }] });
    const [paths, formats]: [string[], boolean[]] = [[], []];
    const use = (visit: Visit) => {
      paths.push(visit.at.path);
      formats.push(readFileSync(`${visit.at.path}/config`, 'utf8').includes('sha256'));
      return visit.tags();
    };
    await on(use);
    await on(use);
    expect(asked).toHaveLength(3);
    expect(formats).toEqual([false, true, true]);
    expect(paths.filter((path) => existsSync(path))).toEqual([]);
    const other = visiting({ outcomes: [{ code: 128, words: 'fatal: no' }] });
    expect(await codeOf(other.on((visit) => visit.tags()))).toBe('rejected');
    expect(other.asked).toHaveLength(1);
  });
});
