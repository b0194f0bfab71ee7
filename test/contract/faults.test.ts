/** Everything that can go wrong with one request, on every system and in every call: the code, the requests, the state, the secrets. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isTagError } from '../../src/core/errors.ts';
import { toErrorResult } from '../../src/mcp/render.ts';
import { type Fault, isMatch, type Match, type Sandbox, startSandbox } from '../sandbox/sandbox.ts';
import { codeOf, toolsOn } from '../support/target.ts';
import type { World } from './world.ts';
import { openCodearts } from './worlds/codearts.ts';
import { openGithub } from './worlds/github.ts';
import { openGitlab } from './worlds/gitlab.ts';
import { openLakefs } from './worlds/lakefs.ts';
import { openVers } from './worlds/vers.ts';

const SYSTEMS: Record<string, () => Promise<World>> = {
  GitHub: openGithub,
  GitLab: openGitlab,
  lakeFS: openLakefs,
  'CodeArts Repo': openCodearts,
  Vers: openVers,
};

type Operation = 'get' | 'list' | 'compare' | 'create' | 'delete';
/** The code an operation ends with, or `ok`. */
type Ends = Record<Operation, string>;

interface Row {
  readonly fault: Fault;
  /** How often it happens; as often as asked, unless said otherwise. */
  readonly times?: number;
  readonly ends: Ends;
  /** Requests of a read; a write is always one, a comparison as many as it takes. */
  readonly reads: number;
  /** The write took effect. */
  readonly applied?: boolean;
}

const all = (code: string): Ends => ({ get: code, list: code, compare: code, create: code, delete: code });
const status = (code: number, headers?: Record<string, string>): Fault => ({
  kind: 'status',
  status: code,
  body: { message: 'no' },
  ...(headers && { headers }),
});
const HUGE = 50 * 1024 * 1024;

let elsewhere: Sandbox;
const rows = (): Record<string, Row> => ({
  '401': { fault: status(401), ends: all('unauthenticated'), reads: 1 },
  '403': { fault: status(403), ends: all('permission_denied'), reads: 1 },
  '412': { fault: status(412), ends: all('rejected'), reads: 1 },
  '429 without a time': { fault: status(429), ends: all('rate_limited'), reads: 3 },
  '429 for a second': {
    fault: status(429, { 'retry-after': '1' }),
    times: 1,
    ends: { ...all('rate_limited'), get: 'ok', list: 'ok', compare: 'ok' },
    reads: 2,
  },
  '429 for an hour': { fault: status(429, { 'retry-after': '3600' }), ends: all('rate_limited'), reads: 1 },
  '500': { fault: status(500), ends: all('unavailable'), reads: 1 },
  '502': { fault: status(502), ends: all('unavailable'), reads: 3 },
  '503': { fault: status(503), ends: all('unavailable'), reads: 3 },
  '503 once': { fault: status(503), times: 1, ends: { ...all('unavailable'), get: 'ok', list: 'ok', compare: 'ok' }, reads: 2 },
  'reset before': { fault: { kind: 'reset' }, ends: all('unavailable'), reads: 3 },
  'reset after': { fault: { kind: 'reset-after' }, ends: { ...all('unavailable'), create: 'ok', delete: 'ok' }, reads: 3, applied: true },
  'an answer cut short': {
    fault: { kind: 'truncate' },
    ends: { ...all('unexpected_response'), create: 'ok', delete: 'ok' },
    reads: 3,
    applied: true,
  },
  'a sign-in page': { fault: { kind: 'html' }, ends: all('unexpected_response'), reads: 1 },
  'a body of 50 MB': {
    fault: { kind: 'huge', bytes: HUGE },
    ends: { ...all('unexpected_response'), create: 'ok', delete: 'ok' },
    reads: 1,
    applied: true,
  },
  'a redirect to another origin': { fault: { kind: 'redirect', to: `${elsewhere?.url}/away` }, ends: all('unexpected_response'), reads: 1 },
  'no answer': { fault: { kind: 'hang' }, ends: all('timeout'), reads: 1 },
  'no answer to what was done': {
    fault: { kind: 'hang-after' },
    ends: { ...all('timeout'), create: 'ok', delete: 'ok' },
    reads: 1,
    applied: true,
  },
});

beforeAll(async () => {
  elsewhere = await startSandbox(() => ({ status: 200, body: {} }));
});
afterAll(async () => {
  expect(elsewhere.seen, 'requests that followed a redirect').toEqual([]);
  await elsewhere.close();
});

const isWrite = (operation: Operation): operation is 'create' | 'delete' => operation === 'create' || operation === 'delete';
const matchOf = (operation: Operation, { wire }: World): Match => {
  const reads = wire?.asks ?? { method: 'GET' };
  return (isWrite(operation) ? (operation === 'create' ? wire?.creates : wire?.deletes) : reads) ?? reads;
};

async function play(operation: Operation, world: World): Promise<unknown> {
  const tools = toolsOn(world.provider, world.repository);
  if (operation === 'get') return tools.get('v1');
  if (operation === 'list') return tools.list();
  if (operation === 'compare') return tools.compare({ head: world.newer.commit, base: world.older.commit });
  return operation === 'create' ? tools.create({ name: 'v2', ref: world.newer.commit }) : tools.delete({ name: 'v1' });
}

const expected = (operation: Operation, applied: boolean): string[] => {
  if (!applied || !isWrite(operation)) return ['v1'];
  return operation === 'create' ? ['v1', 'v2'] : [];
};

type Saying = [what: string, operation: Operation, status: number, body: unknown, code: string];
const said = (message: string) => ({ message });
const failed = (error: string) => ({ success: false, error });
const huawei = (error_code: string, error_msg: string) => ({ error_code, error_msg });

/** What each system says in its own words, and what we make of it. A name said to be taken is looked at: here it is free. */
const SAYINGS: Record<string, Saying[]> = {
  GitLab: [
    ['no project', 'get', 404, said('404 Project Not Found'), 'repository_not_found'],
    ['no project', 'list', 404, said('404 Project Not Found'), 'repository_not_found'],
    ['no project', 'create', 404, said('404 Project Not Found'), 'repository_not_found'],
    ['no project', 'delete', 404, said('404 Project Not Found'), 'repository_not_found'],
    ['no tag', 'get', 404, said('404 Tag Not Found'), 'tag_not_found'],
    ['no tag', 'delete', 404, said('404 Tag Not Found'), 'tag_not_found'],
    ['taken', 'create', 400, said('Tag v2 already exists'), 'changed'],
    ['bad name', 'create', 400, said('Tag name invalid'), 'invalid_name'],
    ['a hook', 'create', 400, said('No release on Fridays'), 'rejected'],
    ['a hook', 'delete', 400, said('No release on Fridays'), 'rejected'],
    ['protected', 'create', 400, said('You are not allowed to create this tag as it is protected.'), 'protected'],
    ['scope', 'list', 403, { error: 'insufficient_scope', error_description: 'more', scope: 'api' }, 'permission_denied'],
    ['scope', 'create', 403, { error: 'insufficient_scope', error_description: 'more', scope: 'api' }, 'permission_denied'],
  ],
  lakeFS: [
    ['no repository', 'get', 404, said('repository not found'), 'repository_not_found'],
    ['no repository', 'list', 404, said('repository not found'), 'repository_not_found'],
    ['no repository', 'create', 404, said('repository not found'), 'repository_not_found'],
    ['no tag', 'get', 404, said('tag not found'), 'tag_not_found'],
    ['no tag', 'delete', 404, said('tag not found'), 'tag_not_found'],
    ['no ref', 'create', 404, said('not found'), 'ref_not_found'],
    ['taken', 'create', 409, said('tag already exists: not unique'), 'changed'],
    ['a branch', 'create', 409, said('branch name v2: conflict found'), 'conflict'],
    ['a commit', 'create', 409, said('commit ID v2: conflict found'), 'conflict'],
    ['rights', 'get', 401, said('insufficient permissions'), 'permission_denied'],
    ['rights', 'create', 401, said('insufficient permissions'), 'permission_denied'],
    ['read-only', 'create', 403, said('read-only repository'), 'read_only'],
    ['read-only', 'delete', 403, said('read-only repository'), 'read_only'],
    ['deletion', 'list', 410, said('repository in deletion'), 'repository_not_found'],
    ['a hook', 'create', 412, said("pre-create-tag hook aborted, run id '1': no"), 'rejected'],
    ['a broken hook', 'create', 500, said("pre-create-tag hook aborted, run id '1': 1 error occurred:\n\t* parsing file"), 'rejected'],
    ['a broken hook', 'delete', 500, said("pre-delete-tag hook aborted, run id '1': 1 error occurred:\n\t* parsing file"), 'rejected'],
    ['no tag can be called so', 'get', 400, said('argument tagID: tag id: invalid value: validation error'), 'tag_not_found'],
    ['no tag can be called so', 'delete', 400, said('argument tagID: tag id: invalid value: validation error'), 'tag_not_found'],
    ['no tag can be called so', 'create', 400, said('argument tagID: tag id: invalid value: validation error'), 'invalid_name'],
    ['not its API', 'get', 500, said('invalid API endpoint'), 'unexpected_response'],
    ['not its API', 'list', 404, said('invalid API endpoint'), 'unexpected_response'],
    ['attempts', 'create', 423, said('Too many attempts, try again later'), 'rate_limited'],
  ],
  'CodeArts Repo': [
    ['no repository', 'list', 404, huawei('CH.00402000', 'The repository does not exist'), 'repository_not_found'],
    ['no repository', 'create', 404, huawei('CH.00402000', '仓库不存在'), 'repository_not_found'],
    ['no tag', 'get', 404, huawei('CH.00402013', '标签不存在'), 'tag_not_found'],
    ['unclear', 'create', 400, huawei('CH.00401999', '参数错误'), 'rejected'],
    ['unclear', 'delete', 400, huawei('CH.00401999', '参数错误'), 'rejected'],
    ['rights', 'list', 403, huawei('CH.00401008', '没有权限'), 'permission_denied'],
    ['rights', 'create', 403, huawei('CH.00401008', 'No permission'), 'permission_denied'],
    [
      'no such path',
      'list',
      404,
      { error_code: 'APIGW.0101', error_msg: 'The API does not exist', request_id: 'r' },
      'unexpected_response',
    ],
  ],
  Vers: [
    ['no repository', 'get', 404, failed('repository not found'), 'repository_not_found'],
    ['no repository', 'list', 404, failed('repository not found'), 'repository_not_found'],
    ['no tag', 'get', 404, failed('tag not found'), 'tag_not_found'],
    ['no tag', 'delete', 404, failed('tag not found'), 'tag_not_found'],
    ['no commit', 'create', 404, failed('commit not found'), 'ref_not_found'],
    ['taken', 'create', 409, failed('tag already exists in repository'), 'changed'],
    ['bad name', 'create', 400, failed('invalid tag name: no'), 'invalid_name'],
    ['not yours', 'create', 403, failed('forbidden'), 'permission_denied'],
    ['the framework', 'create', 422, 'Failed to deserialize the JSON body', 'invalid_input'],
    ['the framework', 'create', 415, 'Expected request with `Content-Type: application/json`', 'unexpected_response'],
  ],
};

describe.concurrent.each(Object.entries(SAYINGS))('in the words of %s', (system, sayings) => {
  it.each(sayings)('%s, in %s, %i %j is %s', async (_, operation, code, body, expectedCode) => {
    const world = await (SYSTEMS[system] ?? openGitlab)();
    try {
      await world.seed(['v1']);
      world.wire?.sandbox.fault(
        { kind: 'status', status: code, body },
        { ...matchOf(operation, world), times: isWrite(operation) ? 1 : 9 },
      );
      expect(await codeOf(play(operation, world))).toBe(expectedCode);
      expect(await world.names()).toEqual(['v1']);
    } finally {
      await world.close();
    }
  });
});

function endOf(operation: Operation, { ends }: Row, system: string, { provider }: World): string {
  if (operation !== 'compare') return ends[operation];
  if (!provider.traits.compares) return 'unsupported';
  // How it refuses a ref is not documented: whatever it says may mean that there is none.
  return system === 'CodeArts Repo' && ends.compare === 'rejected' ? 'ref_not_found' : ends.compare;
}

describe.concurrent.each(Object.keys(rows()))('%s', (fault) => {
  describe.concurrent.each(Object.entries(SYSTEMS))('from %s', (system, open) => {
    it.each(['get', 'list', 'compare', 'create', 'delete'] as const)('in %s', async (operation) => {
      const row = rows()[fault];
      const world = await open();
      const { sandbox, secrets } = world.wire ?? {};
      if (!row || !sandbox || !secrets) throw new Error('no such row, or no wire');
      try {
        await world.seed(['v1']);
        const match = matchOf(operation, world);
        sandbox.fault(row.fault, { ...match, times: row.times ?? 99 });
        const outcome = await play(operation, world).then(
          () => 'ok',
          (error: unknown) => error,
        );
        expect(isTagError(outcome) ? outcome.code : outcome).toBe(endOf(operation, row, system, world));
        const told = isTagError(outcome)
          ? JSON.stringify([toErrorResult(outcome, (text) => text), outcome.stack, String(outcome.cause)])
          : '';
        for (const secret of secrets) expect(told).not.toContain(secret);

        // The commit of a tag may be read besides; it is told or left out.
        const asked = sandbox.seen.filter((request) => isMatch(match, request) && !request.path.includes('/commits/'));
        if (operation !== 'compare') expect(asked).toHaveLength(isWrite(operation) ? 1 : row.reads);
        expect((await world.names()).sort()).toEqual(expected(operation, row.applied ?? false));
        expect(sandbox.unknown).toEqual([]);
      } finally {
        await world.close();
      }
    });
  });
});
