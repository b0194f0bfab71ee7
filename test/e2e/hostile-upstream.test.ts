/** An upstream that never comes to an end holds no call for ever, and fills no memory. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, type Sandbox, type Seen, startSandbox } from '../sandbox/sandbox.ts';
import { type GitRepository, makeRepository } from '../support/git-repository.ts';
import { initialize, type RawServer, startRaw } from '../support/raw-server.ts';

const COMMIT = 'c'.repeat(40);
const MOST = 2_000;
type Page = (request: Seen, turn: number) => Answer;

const tag = (name: string, message = '') => ({ name, message, target: COMMIT, commit: { id: COMMIT } });
const pages = (request: Seen, turn: number): Answer => {
  const next = `<http://x${request.path}?page_token=t${turn}>; rel="next"`;
  if (request.path.includes('/refs') || request.path.includes('/api/v1/'))
    return { status: 200, body: { results: [{ id: `t${turn}`, commit_id: COMMIT }], pagination: { has_more: true } } };
  return { status: 200, headers: { link: next, 'x-total': '999999999' }, body: [tag(`t${turn}`)] };
};
/** What the systems do with one new tag a page, or the same for ever. */
const WAYS: Record<string, Page> = {
  'one new tag a page': pages,
  'a full page with one new tag': (request, turn) => {
    const answer = pages(request, turn);
    return Array.isArray(answer.body)
      ? { ...answer, body: [...answer.body, ...Array.from({ length: 99 }, (_, index) => tag(`old${index}`))] }
      : answer;
  },
};

let repository: GitRepository;
let upstream: Sandbox;
let server: RawServer;
let answering: Page = pages;
let turn = 0;
beforeAll(async () => {
  repository = makeRepository();
  repository.commit('first');
  repository.git('tag', 'v1');
  upstream = await startSandbox((request) => {
    turn += 1;
    return answering(request, turn);
  });
  server = startRaw(repository.path, {
    CI_JOB_TOKEN: 'glcbt-hostile-0123456789',
    GITLAB_URL: upstream.url,
    LAKECTL_SERVER_ENDPOINT_URL: upstream.url,
    LAKECTL_CREDENTIALS_SESSION_TOKEN: 'hostile-0123456789',
    CODEARTS_TOKEN: 'hostile-0123456789',
    CODEARTS_URL: upstream.url,
    TAGWRIGHT_DEFAULT_PROVIDER: 'git',
  });
  await initialize(server);
});
afterAll(async () => {
  server.stop();
  repository.remove();
  await upstream.close();
});

const called = async (name: string, args: object) => {
  upstream.reset();
  const { result } = await server.ask('tools/call', { name, arguments: args });
  return { text: result?.content?.[0]?.text ?? '', asked: upstream.seen.length };
};

const LISTS: Record<string, object> = {
  gitlab: { provider: 'gitlab', repository: 'acme/app', search: '$$' },
  'gitlab, searching': { provider: 'gitlab', repository: 'acme/app', search: 'o' },
  lakefs: { provider: 'lakefs', repository: 'data-lake', order_by: 'version' },
  codearts: { provider: 'codearts', repository: '7', order_by: 'version' },
};

describe.each(Object.entries(WAYS))('with %s', (way, page) => {
  it.each(Object.entries(LISTS))(
    'a list of %s is given up, with advice, and a ping is answered meanwhile',
    { timeout: 60_000 },
    async (system, args) => {
      answering = page;
      const listing = called('list_tags', args);
      expect((await server.ask('ping')).result).toEqual({});
      const { text, asked } = await listing;
      // GitLab answers a search whole: a page that is not full is all of it.
      if (system === 'gitlab, searching' && way === 'one new tag a page') return expect(asked).toBe(1);
      expect([text.slice(0, 60), asked]).toEqual([expect.stringMatching(/^unsupported: This would take more than 2000 requests/), MOST]);
    },
  );
});

it('the same page for ever is the end of it', async () => {
  answering = (request) => pages(request, 7);
  for (const args of Object.values(LISTS)) {
    const { text, asked } = await called('list_tags', args);
    expect(JSON.parse(text)).toMatchObject({ tags: [expect.objectContaining({ name: 't7' })].slice(0, text.includes('t7') ? 1 : 0) });
    expect(asked).toBeLessThanOrEqual(3);
  }
});

it('pages of megabytes are given up too, and what was read is let go', { timeout: 120_000 }, async () => {
  const words = 'm'.repeat(7 * 1024 * 1024);
  answering = (request, at) => ({ ...pages(request, at), body: [tag(`t${at}`, words)] });
  const { text, asked } = await called('list_tags', LISTS.codearts ?? {});
  expect(text).toMatch(/^unsupported: More than 256 MiB/);
  expect(asked).toBeLessThanOrEqual(40);
});

it.each(['lakefs', 'codearts'])('a history of %s that never ends is asked for ten times at most', async (provider) => {
  const id = (at: number) => at.toString(16).padStart(40, '0');
  answering = ({ path }, at) => {
    const parents = [id(at * 1_000 + 999)];
    const body = Array.from({ length: 100 }, (_, index) => ({
      id: id(at * 1_000 + index),
      parents,
      parent_ids: parents,
      title: 'x',
      creation_date: at,
    }));
    if (path.endsWith('/tag')) return { status: 200, body: { name: 'v1', commit: { id: id(at * 1_000) } } };
    if (path.includes('/diff/')) return { status: 200, body: { results: [], pagination: { has_more: true } } };
    if (path.includes('/merge/')) return { status: 200, body: { base_commit_id: COMMIT } };
    return { status: 200, body: path.includes('/v4/') ? { commits: body } : { results: body, pagination: { has_more: true } } };
  };
  const { text, asked } = await called('compare_tags', { ...LISTS[provider], order_by: undefined, head: 'v1', base: 'v2' });
  expect(JSON.parse(text)).toMatchObject({ relation: 'diverged', commits: { length: 20 } });
  expect(text).not.toContain('"total"');
  expect(asked).toBeLessThanOrEqual(10);
});

it('each target of a release has a budget of its own', { timeout: 60_000 }, async () => {
  answering = WAYS['a full page with one new tag'] ?? pages;
  const gitlab = { provider: 'gitlab', repository: 'acme/app' };
  const { text, asked } = await called('show_release', {
    name: 'old-none',
    targets: [gitlab, { ...gitlab, repository: 'acme/lib' }, { provider: 'git' }],
  });
  const { targets } = JSON.parse(text) as { targets: { error?: string; missing?: boolean }[] };
  expect(targets.slice(0, 2)).toEqual(Array(2).fill(expect.objectContaining({ error: expect.stringMatching(/^unsupported/) })));
  expect(targets[2]).toMatchObject({ missing: true });
  expect(asked).toBe(2 * MOST);
});
