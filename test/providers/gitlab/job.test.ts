/** A CI job token makes tag and Release in one step, after looking, and nothing without notes. */
import { describe, expect, it } from 'vitest';
import type { TagProvider } from '../../../src/core/provider.ts';
import { withSettling } from '../../../src/guard/settled.ts';
import { GITLAB_TOKENS } from '../../sandbox/gitlab.ts';
import type { Fault } from '../../sandbox/sandbox.ts';
import { codeOf, failureOf, toolsOn } from '../../support/target.ts';
import { call, type Workshop, workshop } from './workshop.ts';

const NOTES = 'It is *out*';
const asked = { name: 'v1', ref: 'main', release_notes: NOTES };
const pause = (ms: number) => new Promise((wake) => setTimeout(wake, ms));

async function stage() {
  const shop = await workshop();
  const connect = (timeoutMs = 2_500) => shop.connect({ CI_JOB_TOKEN: GITLAB_TOKENS.job }, { timeoutMs });
  return {
    ...shop,
    tools: shop.toolsAs('job'),
    connectJob: connect,
    requests: () => shop.asked().map((request) => request.replace(/ .*?proj(?=\/|$)/, ' ')),
    bodies: () => shop.sandbox.seen.flatMap(({ body }) => (body ? [JSON.parse(body)] : [])),
    put: (ref: string, notes?: string) => {
      shop.sandbox.tag(shop.project, 'v1', ref);
      if (notes !== undefined)
        shop.project.releases.set('v1', { tag_name: 'v1', name: 'v1', description: notes, created_at: '2024-01-01T00:00:00Z' });
    },
  };
}
type Stage = Awaited<ReturnType<typeof stage>>;
const writes = ({ requests }: Stage) => requests().filter((request) => !request.startsWith('GET'));

/** Runs `act` while the POST of a Release is on its way, and returns what became of the call. */
async function whileOnItsWay<T>({ sandbox }: Workshop, begin: () => Promise<T>, act: () => void): Promise<T> {
  sandbox.fault({ kind: 'slow', ms: 150 }, { method: 'POST' });
  const begun = begin();
  begun.catch(() => {});
  for (let waited = 0; !sandbox.seen.some(({ method }) => method === 'POST'); waited += 5) {
    if (waited > 2_000) throw new Error('no POST came');
    await pause(5);
  }
  act();
  return begun;
}

describe('a tag with notes', () => {
  it('is made in one step, after looking at the name and the ref', async () => {
    const job = await stage();
    const { outcome, tag } = await job.tools.create({ ...asked, message: 'Annotated' });
    expect(job.bodies()).toEqual([{ tag_name: 'v1', name: 'v1', description: NOTES, ref: job.newer, tag_message: 'Annotated' }]);
    const requests = job.requests();
    expect(requests.map((request) => request.split('?')[0])).toEqual([
      'GET /repository/tags',
      'GET /repository/commits/main',
      'POST /releases',
    ]);
    expect(requests[0]).toBe('GET /repository/tags?search=%5Ev1&per_page=100');
    expect([outcome, tag]).toMatchObject([
      'created',
      { commit_id: job.newer, annotated: true, message: 'Annotated', release: { description: NOTES } },
    ]);
    expect(job.project.tags.get('v1')).toMatchObject({ commit: job.newer, annotation: { message: 'Annotated' } });
    expect(job.project.releases.get('v1')).toMatchObject({ name: 'v1', description: NOTES });
  });
  it('is lightweight without a message', async () => {
    const job = await stage();
    expect((await job.tools.create(asked)).tag.annotated).toBe(false);
    expect(job.bodies()[0]).not.toHaveProperty('tag_message');
    expect(job.project.tags.get('v1')).toEqual({ commit: job.newer });
  });
  it('is unchanged once more', async () => {
    const job = await stage();
    await job.tools.create(asked);
    job.requests();
    expect((await job.tools.create(asked)).outcome).toBe('unchanged');
    expect(writes(job)).toEqual([]);
  });
  it('of a ref that is none is not sent', async () => {
    const job = await stage();
    expect(await codeOf(job.tools.create({ ...asked, ref: 'nowhere' }))).toBe('ref_not_found');
    expect(writes(job)).toEqual([]);
  });
  it('that a name forbids is a conflict, and no missing ref', async () => {
    const job = await stage();
    job.sandbox.tag(job.project, 'v1/rc', 'main');
    expect(await codeOf(job.tools.create(asked))).toBe('conflict');
    expect([...job.project.tags.keys(), job.project.releases.size]).toEqual(['v1/rc', 0]);
  });
  it('of a protected name is protected', async () => {
    const job = await stage();
    job.project.protectedTags.push('v*');
    expect(await codeOf(job.tools.create(asked))).toBe('protected');
    expect([job.project.tags.size, job.project.releases.size]).toEqual([0, 0]);
  });
});

describe('without notes', () => {
  it.each([undefined, ' \n'])('(%j) nothing is made, nor asked', async (release_notes) => {
    const job = await stage();
    const error = await failureOf(job.tools.create({ name: 'v1', ref: 'main', ...(release_notes && { release_notes }) }));
    expect(error).toMatchObject({ code: 'unsupported', hint: expect.stringMatching(/^Pass release_notes/) });
    expect(job.requests()).toEqual([]);
  });
  it('a release admits none, and with notes it does; neither is asked, and nothing of it can be taken back', async () => {
    const job = await stage();
    const provider: TagProvider = job.connectJob();
    expect(await codeOf(Promise.resolve(provider.admit?.('p', 'v1', call, false)))).toBe('unsupported');
    await expect(provider.admit?.('p', 'v1', call, true)).resolves.toBeUndefined();
    expect([provider.traits.undo, job.requests()]).toEqual(['never', []]);
  });
});

describe('a tag that stands', () => {
  it('elsewhere gets no Release', async () => {
    const job = await stage();
    job.put('stable');
    expect(await codeOf(job.tools.create(asked))).toBe('already_exists');
    expect(await codeOf(job.tools.create({ ...asked, force: true }))).toBe('unsupported');
    expect([writes(job), job.project.releases.size]).toEqual([[], 0]);
  });
  it('as asked gets its notes, without a ref that could make another', async () => {
    const job = await stage();
    job.put('main');
    expect(await job.tools.create(asked)).toMatchObject({ outcome: 'edited', tag: { release: { description: NOTES } } });
    expect(job.bodies()).toEqual([{ tag_name: 'v1', name: 'v1', description: NOTES }]);
  });
  it('with others’ notes keeps them, but for force', async () => {
    const job = await stage();
    job.put('main', 'Theirs');
    expect(await codeOf(job.tools.create(asked))).toBe('already_exists');
    expect(writes(job)).toEqual([]);
    expect(await job.tools.create({ ...asked, force: true })).toMatchObject({ outcome: 'edited', restore: { release_notes: 'Theirs' } });
    expect(writes(job)).toEqual(['PUT /releases/v1']);
  });
});

describe('a tag that somebody else puts between look and POST', () => {
  it('elsewhere loses the Release again, and stays', async () => {
    const job = await stage();
    const error = await failureOf(
      whileOnItsWay(
        job,
        () => job.tools.create(asked),
        () => job.put('stable'),
      ),
    );
    expect(error).toMatchObject({ code: 'already_exists', message: expect.stringContaining(job.older) });
    expect(writes(job)).toEqual(['POST /releases', 'DELETE /releases/v1']);
    expect([job.project.tags.get('v1')?.commit, job.project.releases.size]).toEqual([job.older, 0]);
  });
  it('with a Release keeps it', async () => {
    const job = await stage();
    expect(
      await codeOf(
        whileOnItsWay(
          job,
          () => job.tools.create(asked),
          () => job.put('stable', 'Theirs'),
        ),
      ),
    ).toBe('already_exists');
    expect([writes(job), job.project.releases.get('v1')?.description]).toEqual([['POST /releases'], 'Theirs']);
  });
  it('at the same commit keeps the Release', async () => {
    const job = await stage();
    await whileOnItsWay(
      job,
      () => job.tools.create(asked),
      () => job.put('main'),
    );
    expect([writes(job), job.project.releases.get('v1')?.description]).toEqual([['POST /releases'], NOTES]);
  });
  it.each<[string, Fault]>([
    ['refused', { kind: 'status', status: 403, body: { message: '403 Forbidden' } }],
    ['not answered', { kind: 'reset' }],
  ])('elsewhere, and whose Release cannot be taken away since that is %s: the error says that it stands there', async (_, fault) => {
    const job = await stage();
    job.sandbox.fault(fault, { method: 'DELETE' });
    const error = await failureOf(
      whileOnItsWay(
        job,
        () => job.tools.create(asked),
        () => job.put('stable'),
      ),
    );
    expect(job.project.releases.get('v1')?.description).toBe(NOTES);
    expect(error.message).toMatch(/Release/);
  });
});

describe.each(['reset-after', 'truncate', 'hang-after'] as const)('an answer that is lost (%s)', (kind) => {
  it('is settled by looking, and the POST is sent once', async () => {
    const job = await stage();
    const provider = job.connectJob(400);
    job.sandbox.fault({ kind }, { method: 'POST' });
    expect(await toolsOn(provider, job.project.path).create(asked)).toMatchObject({ outcome: 'created', tag: { commit_id: job.newer } });
    expect(writes(job)).toEqual(['POST /releases']);
    expect([job.project.tags.size, job.project.releases.size]).toEqual([1, 1]);
  });
});

it('a connection that breaks before it took effect made nothing', async () => {
  const job = await stage();
  job.sandbox.fault({ kind: 'reset' }, { method: 'POST' });
  const made = withSettling(job.connectJob()).create(job.project.path, asked, call);
  expect(await failureOf(made)).toMatchObject({ code: 'unavailable', hint: 'A retry is safe.', inDoubt: false });
  expect([writes(job), job.project.tags.size, job.project.releases.size]).toEqual([['POST /releases'], 0, 0]);
});
