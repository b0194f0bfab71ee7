import { describe, expect, it } from 'vitest';
import { codeOf, failureOf } from '../../support/target.ts';
import { type Workshop, workshop } from './workshop.ts';

const numbered = (count: number, prefix = 'v1.') => Array.from({ length: count }, (_, index) => `${prefix}${index}`);
const BELOW = 'GET /projects/Group%2Fsub%2Fproj/repository/tags?';

/** Tags with distinct dates, every second one annotated. */
function fill({ sandbox, project }: Workshop, names: string[]): void {
  for (const [index, name] of names.entries()) sandbox.tag(project, name, sandbox.commit(project, 'side', name), index % 2 ? 'notes' : '');
}

async function walk({ tools }: Workshop, args: Record<string, unknown>, between: (page: string[]) => void = () => {}): Promise<string[]> {
  const names: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await tools.list({ ...args, ...(cursor && { cursor }) });
    const shown = page.tags.map(({ name }) => name);
    names.push(...shown);
    between(shown);
    cursor = page.next_cursor;
  } while (cursor && names.length < 1_000);
  return names;
}

describe('a page', () => {
  it('is one request by keyset, in GitLab’s own order', async () => {
    const shop = await workshop();
    fill(shop, ['v1', 'v10', 'v9', 'a+b/ü']);
    const first = await shop.tools.list({ order_by: 'version', sort: 'asc', limit: 1 });
    await shop.tools.list({ order_by: 'version', sort: 'asc', limit: 2, cursor: first.next_cursor });
    expect(shop.asked()).toEqual([
      `${BELOW}pagination=keyset&order_by=version&sort=asc&per_page=2`,
      `${BELOW}pagination=keyset&order_by=version&sort=asc&per_page=3&page_token=a%2Bb%2F%C3%BC`,
    ]);
    expect(await walk(shop, { limit: 3 })).toEqual(['a+b/ü', 'v9', 'v10', 'v1']);
  });

  it('goes on at the configured host, whatever host the Link names', async () => {
    const shop = await workshop({ root: '/gitlab' });
    fill(shop, numbered(5));
    expect(await walk(shop, { order_by: 'name', limit: 2 })).toEqual(numbered(5));
    expect(shop.sandbox.seen.every(({ path }) => path.startsWith('/gitlab/api/v4/'))).toBe(true);
  });

  it('ends where nothing follows, even if the old pager promised it', async () => {
    for (const pager of ['new', 'old'] as const) {
      const shop = await workshop({ pager });
      fill(shop, numbered(4));
      expect(await walk(shop, { limit: 2 })).toHaveLength(4);
      expect(shop.asked()).toHaveLength(2);
    }
  });

  it.each(['name', 'updated', 'version'])('by %s goes on exactly once each where the tag it stood on was deleted', async (order_by) => {
    for (const pager of ['new', 'old'] as const)
      for (const sort of ['asc', 'desc']) {
        const shop = await workshop({ pager });
        fill(shop, numbered(130));
        // Several at one commit: equal dates.
        for (const name of numbered(6, 'same-')) shop.sandbox.tag(shop.project, name, 'main');
        const walked = await walk(shop, { order_by, sort, limit: 7 }, (page) => shop.project.tags.delete(page.at(-1) ?? ''));
        expect([...walked].sort(), sort).toEqual([...numbered(130), ...numbered(6, 'same-')].sort());
      }
  });

  it('cannot go on from a cursor before keysets, which the answer shows, and is found by a walk', async () => {
    const shop = await workshop({ pager: 'offset' });
    fill(shop, numbered(150));
    expect(await walk(shop, { order_by: 'name', limit: 60 })).toEqual(numbered(150).sort());
    expect(shop.asked()[0]).toBe(`${BELOW}pagination=keyset&order_by=name&sort=asc&per_page=61`);
  });

  it('by version on a GitLab that cannot is ordered here', async () => {
    const shop = await workshop({ version: '15.3.0', pager: 'old' });
    fill(shop, ['v1.10', 'v1.9', 'v1.9-rc1', ...numbered(110, 'w')]);
    expect(await walk(shop, { order_by: 'version', sort: 'asc', search: '^v' })).toEqual(['v1.9', 'v1.9-rc1', 'v1.10']);
    expect(await walk(shop, { order_by: 'version', sort: 'asc', limit: 50 })).toEqual(['v1.9', 'v1.9-rc1', 'v1.10', ...numbered(110, 'w')]);
    expect((await shop.tools.list({ order_by: 'version' })).tags[0]?.name).toBe('w109');
  });

  it('tells when tags vanish under a walk itself', async () => {
    const shop = await workshop();
    fill(shop, numbered(150));
    const { next_cursor } = await shop.tools.list({ order_by: 'name', limit: 3 });
    const invalid = { kind: 'status', status: 422, body: { message: 'Invalid page token: refs/tags/v1.0' } } as const;
    shop.sandbox.fault(invalid, { path: /tags$/, times: 2 });
    expect(await failureOf(shop.tools.list({ order_by: 'name', cursor: next_cursor }))).toMatchObject({
      code: 'changed',
      hint: 'Call list_tags again.',
    });
  });

  it('keeps GitLab’s other refusals', async () => {
    const { tools, project, toolsAs } = await workshop();
    project.initialised = false;
    expect(await codeOf(tools.list())).toBe('repository_not_found');
    expect(await codeOf(toolsAs('guest').list())).toBe('permission_denied');
  });
});

/** What GitLab answers without a keyset. */
async function answerOf({ sandbox, project }: Workshop, query: string): Promise<{ headers: Record<string, string>; body: unknown }> {
  const response = await fetch(`${sandbox.url}/api/v4/projects/${project.id}/repository/tags?${query}`, {
    headers: { 'private-token': 'glpat-sandbox-0123456789' },
  });
  const headers = Object.fromEntries([...response.headers].filter(([name]) => /^(x-|link)/.test(name)));
  return { headers, body: await response.json() };
}

describe('a search', () => {
  it('is one request without a page, for every page of ours', async () => {
    const shop = await workshop();
    fill(shop, [...numbered(30), ...numbered(30, 'data-')]);
    const walked = await walk(shop, { search: '^v1', limit: 10, order_by: 'version', sort: 'asc' });
    expect(walked).toEqual(numbered(30));
    expect(shop.asked()).toEqual(Array(3).fill(`${BELOW}search=%5Ev1&per_page=100`));
    expect((await shop.tools.list({ search: 'data' })).total).toBe(30);
  });

  it.each([
    ['^v', '%5Ev'],
    ['rc$', 'rc%24'],
    ['^v1$', '%5Ev1'],
    ['v1', 'v1'],
    ['$', '%24'],
    ['a$b', 'a'],
    ['^v$x', 'v'],
  ])('for %j asks for no less: %s', async (search, term) => {
    const { tools, asked } = await workshop();
    await tools.list({ search });
    expect(asked()).toEqual([`${BELOW}search=${term}&per_page=100`]);
  });

  it('has our meaning: inner $ is a letter, ^ and $ bind both ends', async () => {
    const shop = await workshop();
    fill(shop, ['v1', 'v10', 'V1', 'rc-v1', 'a$b', 'x$']);
    const found = async (search: string) => (await walk(shop, { search, order_by: 'name' })).join(' ');
    expect(await found('^v1$')).toBe('V1 v1');
    expect(await found('v1')).toBe('V1 rc-v1 v1 v10');
    expect(await found('a$b')).toBe('a$b');
    expect(await found('$')).toBe('a$b x$');
    expect(await found('x$$')).toBe('x$');
    expect(await found('^')).toBe('V1 a$b rc-v1 v1 v10 x$');
  });

  it('of exactly 100 matches is looked at twice, and none is missing where page 1 was cut', async () => {
    const shop = await workshop();
    fill(shop, numbered(100));
    expect(await walk(shop, { search: 'v1', limit: 100 })).toHaveLength(100);
    expect(shop.asked()).toEqual([`${BELOW}search=v1&per_page=100`, `${BELOW}search=v1&per_page=100&page=2`]);
    fill(shop, numbered(30, 'w1.v1.'));
    const cut = (await answerOf(shop, 'search=v1&per_page=100')).body as unknown[];
    shop.sandbox.fault({ kind: 'status', status: 200, body: cut.slice(0, 100) }, { method: 'GET' });
    expect((await shop.tools.list({ search: 'v1', limit: 100 })).total).toBe(130);
  });

  it('whose one answer is too large goes through all tags', async () => {
    const shop = await workshop();
    fill(shop, numbered(120));
    shop.sandbox.fault({ kind: 'huge', bytes: 9 * 1024 * 1024 }, { method: 'GET' });
    expect((await shop.tools.list({ search: '1.11', order_by: 'name' })).tags.map(({ name }) => name)).toEqual([
      ...['v1.11', 'v1.110', 'v1.111', 'v1.112', 'v1.113', 'v1.114', 'v1.115', 'v1.116', 'v1.117', 'v1.118', 'v1.119'],
    ]);
    expect(shop.asked()).toHaveLength(3);
  });
});
