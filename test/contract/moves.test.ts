/** A forced move where the system deletes first: whatever fails after whichever step, the tag is moved or stands where it stood. */
import { describe, expect, it } from 'vitest';
import { isTagError } from '../../src/core/errors.ts';
import { lakefs } from '../../src/providers/index.ts';
import { codeartsTools } from '../providers/codearts/workshop.ts';
import { gitlabTools } from '../providers/gitlab/workshop.ts';
import { variables } from '../providers/lakefs/workshop.ts';
import { GITLAB_TOKENS } from '../sandbox/gitlab.ts';
import { startLakefs } from '../sandbox/lakefs.ts';
import type { Fault, Match, Sandbox } from '../sandbox/sandbox.ts';
import { type ToolCalls, testHost, toolsOn } from '../support/target.ts';

/** A tag v1 on the older of two commits; where there are messages it has one. */
interface Bench {
  readonly sandbox: Sandbox;
  readonly tools: ToolCalls;
  readonly older: string;
  readonly newer: string;
  /** The commit and the message of v1, behind the provider's back. */
  standing(): { commit: string; message?: string | undefined } | undefined;
  close(): Promise<void>;
}

const MESSAGE = 'first\n\nand more';
/** Scaled down: in earnest it is 30 s, and an outage may take ten. */
const host = { timeoutMs: 1_500 };

const BENCHES: Record<string, () => Promise<Bench>> = {
  async GitLab() {
    const { sandbox, project, connect, older, newer } = await gitlabTools();
    sandbox.tag(project, 'v1', older, MESSAGE);
    const standing = () => {
      const tag = project.tags.get('v1');
      return tag && { commit: tag.commit, message: tag.annotation?.message };
    };
    const tools = toolsOn(connect({ GITLAB_TOKEN: GITLAB_TOKENS.maintainer }, host), project.path);
    return { sandbox, tools, older, newer, standing, close: sandbox.close };
  },
  async lakeFS() {
    const sandbox = await startLakefs();
    const lake = sandbox.addRepository('datalake');
    const [older, newer] = [sandbox.commit(lake, 'main'), sandbox.commit(lake, 'main')];
    sandbox.tag(lake, 'v1', older);
    const provider = lakefs.connect(lakefs.env.parse(variables(sandbox.url)), testHost(host));
    if (!provider) throw new Error('lakeFS is not enabled');
    const standing = () => {
      const commit = lake.tags.get('v1');
      return commit === undefined ? undefined : { commit };
    };
    return { sandbox, tools: toolsOn(provider, 'datalake'), older, newer, standing, close: sandbox.close };
  },
  async 'CodeArts Repo'() {
    const { sandbox, repository, connect, right, older, newer, close } = await codeartsTools();
    sandbox.tag(repository.id, 'v1', older, MESSAGE);
    const standing = () => {
      const tag = repository.tags.get('v1');
      return tag && { commit: tag.commit.id, message: tag.message };
    };
    return { sandbox, tools: toolsOn(connect(right, host), String(repository.id)), older, newer, standing, close };
  },
};

async function move(open: () => Promise<Bench>, ...faults: readonly [Fault, Match][]) {
  const bench = await open();
  const { sandbox, tools, older, newer, standing, close } = bench;
  const before = standing();
  for (const [fault, match] of faults) sandbox.fault(fault, match);
  const error: unknown = await tools.create({ name: 'v1', ref: newer, force: true }).then(
    () => undefined,
    (failure: unknown) => failure,
  );
  const requests = sandbox.seen.map(({ method }) => method);
  const unknown = [...sandbox.unknown];
  const after = standing();
  await close();
  return { error, requests, unknown, before, after, older, newer };
}

/** Moved, or an error and the tag where it stood; its message with it either way. */
function judge({ error, unknown, before, after, newer }: Awaited<ReturnType<typeof move>>): 'moved' | 'stands' {
  expect(unknown).toEqual([]);
  expect(after).toEqual(error === undefined ? { ...before, commit: newer } : before);
  if (error !== undefined) expect(isTagError(error, 'unavailable', 'rate_limited', 'timeout'), String(error)).toBe(true);
  return error === undefined ? 'moved' : 'stands';
}

const OUTAGES: Record<string, Fault> = {
  '503': { kind: 'status', status: 503 },
  '429': { kind: 'status', status: 429 },
  'a broken connection': { kind: 'reset' },
  silence: { kind: 'hang' },
};
const LONG_MS = 1_000;

describe.concurrent.each(Object.entries(BENCHES))('a move on %s', (_, open) => {
  it('deletes, then creates', async () => {
    const calm = await move(open);
    expect(judge(calm)).toBe('moved');
    expect(calm.requests.slice(-2)).toEqual(['DELETE', 'POST']);
  });

  describe.concurrent.each([10, 300, LONG_MS])('in an outage of %i ms', (forMs) => {
    it.each(Object.keys(OUTAGES))('of %s, after whichever step, is finished or never begun', async (outage) => {
      const fault = OUTAGES[outage];
      const { requests } = await move(open);
      if (!fault) throw new Error(`no outage ${outage}`);
      // A deletion that gets no answer is watched for a minute, see test/core/replace-tag.test.ts; below it comes late.
      const isWatched = (step: string) => outage === 'silence' && step === 'DELETE';
      const steps = requests.flatMap((step, index) => (isWatched(step) ? [] : [index]));
      const fates = await Promise.all(
        steps.map(async (after) => judge(await move(open, [fault, { after, forMs, times: Number.POSITIVE_INFINITY }]))),
      );
      // Behind the deletion there is no way but on.
      expect(fates.at(-1)).toBe('moved');
    });
  });

  it.each(['DELETE', 'POST'])('is finished where the answer to its %s is lost, and an outage follows', async (method) => {
    const { requests } = await move(open);
    const after = requests.lastIndexOf(method);
    const lost = await move(
      open,
      [{ kind: 'reset-after' }, { after, times: 1 }],
      [
        { kind: 'status', status: 503 },
        { after, forMs: LONG_MS, times: 99 },
      ],
    );
    expect(judge(lost)).toBe('moved');
  });

  it.each(['DELETE', 'POST'])('is finished where its %s takes effect long after the time limit', async (method) => {
    const { requests } = await move(open);
    const late = await move(open, [{ kind: 'slow', ms: 2 * host.timeoutMs }, { after: requests.lastIndexOf(method) }]);
    expect(judge(late)).toBe('moved');
  });

  it('is finished where the deletion takes effect late, and nobody can look meanwhile', async () => {
    const { requests } = await move(open);
    const after = requests.lastIndexOf('DELETE');
    const [slow, down] = [
      { kind: 'slow', ms: 2 * host.timeoutMs },
      { kind: 'status', status: 500 },
    ] as const;
    const looks = requests.slice(0, after).filter((method) => method === 'GET').length;
    const late = await move(open, [slow, { after }], [down, { after: looks, method: 'GET', times: 2 }]);
    expect(judge(late)).toBe('moved');
  });

  it('is told as what refused it, and the tag stands, where the new one is refused', async () => {
    const { requests } = await move(open);
    const { error, after, before } = await move(open, [
      { kind: 'status', status: 403, body: { message: 'no' } },
      { after: requests.length - 1 },
    ]);
    expect(isTagError(error) && error.message).toContain('The old tag was put back where it stood.');
    expect(after).toEqual(before);
  });
});
