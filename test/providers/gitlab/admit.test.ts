/** What a creation would be refused with, told before anything is written. */
import { describe, expect, it } from 'vitest';
import { isTagError } from '../../../src/core/errors.ts';
import type { TagProvider } from '../../../src/core/provider.ts';
import { GITLAB_TOKENS } from '../../sandbox/gitlab.ts';
import type { CreateLevel } from '../../sandbox/gitlab-store.ts';
import { codeOf } from '../../support/target.ts';
import { call, type Workshop, workshop } from './workshop.ts';

type Role = 'maintainer' | 'developer' | 'guest' | 'readApi';
const as = ({ connect }: Workshop, role: Role) => connect({ GITLAB_TOKEN: GITLAB_TOKENS[role] });
const verdict = (provider: TagProvider, repository: string, name: string): Promise<string> =>
  (provider.admit?.(repository, name, call) ?? Promise.reject(new Error('nothing is told'))).then(
    () => 'admitted',
    (error: unknown) => (isTagError(error) ? error.code : String(error)),
  );

it.each<[string, string, boolean]>([
  ['v1', 'v1', true],
  ['v1', 'v10', false],
  ['v*', 'v1', true],
  ['v*', 'v', true],
  ['v*', 'rel/v1', false],
  ['*', 'rel/1/2', true],
  ['*-stable', 'a/b-stable', true],
  ['*-stable', 'a-stable-2', false],
  ['v*.*.0', 'v1.20.0', true],
  ['v*.*.0', 'v1.0', false],
  ['a*a', 'a', false],
  ['a*a', 'aa', true],
  ['rel**', 'rel', true],
  ['v.*', 'vx1', false],
  ['v?', 'v1', false],
  ['[v]*', 'v1', false],
  ['V*', 'v1', false],
  ['', 'v1', false],
])('the pattern %j on %j: %s', async (pattern, name, isCovered) => {
  const shop = await workshop();
  shop.project.protectedTags.push(pattern);
  shop.project.createLevels.set(pattern, [{ access_level: 0 }]);
  expect(await verdict(as(shop, 'maintainer'), shop.project.path, name)).toBe(isCovered ? 'protected' : 'admitted');
  const made = await codeOf(as(shop, 'maintainer').create(shop.project.path, { name, ref: 'main' }, call)).catch(() => 'admitted');
  expect(made).toBe(isCovered ? 'protected' : 'admitted'); // as GitLab itself has it
});

it('a hostile pattern takes no time', async () => {
  const shop = await workshop();
  const pattern = `${'a*'.repeat(500)}b`;
  const rule = { name: pattern, create_access_levels: [{ access_level: 0 }] };
  shop.sandbox.fault({ kind: 'status', status: 200, body: [rule] }, { path: /protected_tags/ });
  const started = performance.now();
  expect(await verdict(as(shop, 'maintainer'), shop.project.path, 'a'.repeat(5_000))).toBe('admitted');
  expect(performance.now() - started).toBeLessThan(1_000);
});

it.each<[string, CreateLevel[], string]>([
  ['Maintainers', [{ access_level: 40 }], 'admitted'],
  ['nobody', [{ access_level: 0 }], 'protected'],
  ['administrators', [{ access_level: 60 }], 'protected'],
  ['nobody, and a person', [{ access_level: 0 }, { access_level: 40, user_id: 7 }], 'admitted'],
  ['a group', [{ access_level: 40, group_id: 3 }], 'admitted'],
  ['a deploy key', [{ access_level: null, deploy_key_id: 3 }], 'admitted'],
  ['no level at all', [], 'admitted'],
])('closed to all but %s, a name is told to a Maintainer where it is certain', async (_, levels, expected) => {
  const shop = await workshop();
  shop.project.protectedTags.push('v*');
  shop.project.createLevels.set('v*', levels);
  expect(await verdict(as(shop, 'maintainer'), shop.project.path, 'v1')).toBe(expected);
});

it('one rule that admits is enough', async () => {
  const shop = await workshop();
  shop.project.protectedTags.push('v*', '*');
  shop.project.createLevels.set('v*', [{ access_level: 0 }]);
  expect(await verdict(as(shop, 'maintainer'), shop.project.path, 'v1')).toBe('admitted');
  expect((await shop.tools.create({ name: 'v1', ref: 'main' })).outcome).toBe('created');
});

describe('a name', () => {
  it('is admitted with two requests at most, none of them a write', async () => {
    const shop = await workshop();
    shop.asked();
    for (const role of ['maintainer', 'developer'] as const) {
      expect(await verdict(as(shop, role), shop.project.path, 'v1')).toBe('admitted');
      expect(shop.asked()).toEqual(['GET /projects/Group%2Fsub%2Fproj', 'GET /projects/Group%2Fsub%2Fproj/protected_tags?per_page=100']);
    }
  });

  it('in an archived project, of the default branch, or below the role is refused with one', async () => {
    const shop = await workshop();
    expect(await verdict(as(shop, 'maintainer'), shop.project.path, 'main')).toBe('invalid_name');
    expect(await verdict(as(shop, 'guest'), shop.project.path, 'v1')).toBe('permission_denied');
    shop.project.archived = true;
    expect(await verdict(as(shop, 'maintainer'), shop.project.path, 'v1')).toBe('read_only');
    expect(shop.asked()).toHaveLength(3);
  });

  it('with a job token is refused without a request', async () => {
    const shop = await workshop();
    const provider = shop.connect({ GITLAB_TOKEN: undefined, CI_JOB_TOKEN: GITLAB_TOKENS.job });
    expect(await verdict(provider, shop.project.path, 'v1')).toBe('unsupported');
    expect(shop.asked()).toEqual([]);
  });

  it.each([401, 403, 404, 429, 500])('is admitted where GitLab tells nothing (%i), and where it tells no role', async (status) => {
    const shop = await workshop();
    for (const path of [/proj$/, /protected_tags$/]) {
      shop.sandbox.fault({ kind: 'status', status, headers: { 'retry-after': '3600' } }, { path });
      expect(await verdict(as(shop, 'maintainer'), shop.project.path, 'v1')).toBe('admitted');
    }
    shop.project.visibility = 'public';
    shop.sandbox.tokens.set('stranger', { kind: 'private', scopes: ['api'], accessLevel: 'developer', projects: [] });
    expect(await verdict(shop.connect({ GITLAB_TOKEN: 'stranger' }), shop.project.path, 'v1')).toBe('admitted');
  });

  it.each([[{}], [[{ name: 'v*' }]], ['text'], [[{ name: 7, create_access_levels: [] }]]])(
    'is admitted where the rules are %j',
    async (body) => {
      const shop = await workshop();
      shop.sandbox.fault({ kind: 'status', status: 200, body }, { path: /protected_tags$/ });
      expect(await verdict(as(shop, 'maintainer'), shop.project.path, 'v1')).toBe('admitted');
    },
  );
});
