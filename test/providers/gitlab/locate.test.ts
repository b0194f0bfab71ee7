import { describe, expect, it } from 'vitest';
import { locateProject } from '../../../src/providers/gitlab/locate.ts';
import { failureOf } from '../../support/target.ts';
import { call, workshop } from './workshop.ts';

const plain = new URL('https://gitlab.example.com');
const below = new URL('https://host.example:8443/gitlab');

describe('a project', () => {
  it.each([
    'group/sub/proj',
    ' /group/sub/proj/ ',
    'group/sub/proj.git',
    'group%2Fsub%2Fproj',
    'group%2fsub/proj',
    'https://gitlab.example.com/group/sub/proj',
    'http://gitlab.example.com/group/sub/proj/',
    'https://gitlab.example.com/group/sub/proj.git',
    'https://gitlab.example.com:443/group%2Fsub%2Fproj?x=1#top',
    'https://GitLab.example.com/group/sub/proj/-/tags/v1%2F0?sort=asc',
    'https://gitlab.example.com/group/sub/proj/-',
    'https://oauth2:glpat-1@gitlab.example.com/group/sub/proj.git',
    'git@gitlab.example.com:group/sub/proj.git',
    'git@GitLab.Example.Com:/group/sub/proj',
    'gitlab.example.com:group/sub/proj',
    'ssh://git@gitlab.example.com:22/group/sub/proj.git',
    'ssh://git@GITLAB.example.com/group/sub/proj.git/',
    'git+ssh://git@gitlab.example.com:2222/group/sub/proj.git',
    '[git@gitlab.example.com:2222]:group/sub/proj.git',
    'gitlab.example.com/group/sub/proj',
    'GitLab.Example.com/group/sub/proj.git/',
    'gitlab.example.com/group/sub/proj/-/releases?x=1#y',
    'https://gitlab.example.com//group/sub/proj//',
    'https://gitlab.example.com/group/sub/proj.git/info/refs?service=git-upload-pack',
    'https://gitlab.example.com/group/sub/proj/tree/main/src',
    'https://gitlab.example.com/group/sub/proj/blob/main/README.md?ref_type=heads#L1',
    'https://gitlab.example.com/group/sub/proj/commits/main',
    'group/sub/proj/raw/main/README.md',
    'https://gitlab.example.com/api/v4/projects/group%2Fsub%2Fproj',
    'https://gitlab.example.com/api/v4/projects/group%2fsub%2fproj/repository/tags?per_page=100',
    'https://gitlab.example.com/api/v4/projects/group%2Fsub%2Fproj/repository/tags/v1%2F0',
    'https://gitlab.example.com/api/v4/projects/group/sub/proj/repository/tags',
    'https://gitlab.example.com/api/v3/projects/group%2Fsub%2Fproj/',
    'api/v4/projects/group%2Fsub%2Fproj/releases',
    '/projects/group%2Fsub%2Fproj/repository/tags',
  ])('may be spelled %j', (spelling) => {
    expect(locateProject(spelling, plain)).toBe('group/sub/proj');
  });

  it('may be an id, and keeps what looks like one elsewhere', () => {
    expect(locateProject(' 278964 ', plain)).toBe('278964');
    expect(locateProject('42/7', plain)).toBe('42/7');
    expect(locateProject('.a/_b-c.d', plain)).toBe('.a/_b-c.d');
  });

  it.each([
    'ssh://git@altssh.gitlab.com:443/group/proj.git',
    'ssh://git@ALTSSH.gitlab.com:443/group/proj',
    'git@altssh.gitlab.com:group/proj.git',
  ])("may be spelled by GitLab.com's ssh for firewalls: %j", (spelling) => {
    expect(locateProject(spelling, new URL('https://gitlab.com'))).toBe('group/proj');
    expect(() => locateProject(spelling, plain)).toThrow(expect.objectContaining({ code: 'invalid_input' }));
  });

  it.each([
    'https://gitlab.example.com/api/v4/projects/42',
    'https://gitlab.example.com/api/v4/projects/42/repository/tags?order_by=name',
    'https://gitlab.example.com/projects/42',
    'http://GITLAB.example.com/projects/42/',
    'https://gitlab.example.com/-/p/42',
    'gitlab.example.com/projects/42',
    '/api/v4/projects/42/protected_tags',
    'projects/42',
  ])('may be an id in %j', (spelling) => {
    expect(locateProject(spelling, plain)).toBe('42');
  });

  it('is on the ssh host for firewalls over ssh alone', () => {
    const com = new URL('https://gitlab.com');
    expect(locateProject('[git@AltSSH.gitlab.com:443]:a/b', com)).toBe('a/b');
    expect(() => locateProject('https://altssh.gitlab.com/a/b', com)).toThrow(expect.objectContaining({ code: 'invalid_input' }));
  });

  it.each([
    ['https://gitlab.example.com/group/sub/proj/tags', 'group/sub/proj'],
    ['https://gitlab.example.com/group/proj/tags/v1.0', 'group/proj'],
    ['gitlab.example.com/group/proj/merge_requests/1', 'group/proj'],
    ['https://gitlab.example.com/group/proj/branches/', 'group/proj'],
    ['https://gitlab.example.com/group/proj/commit/0123abc', 'group/proj'],
    ['https://gitlab.example.com/group/proj/compare/v1...v2', 'group/proj'],
    ['https://gitlab.example.com/group/proj/releases', 'group/proj'],
    ['https://gitlab.example.com/group/proj/pipelines/7', 'group/proj'],
    ['https://gitlab.example.com/group/proj/issues', 'group/proj'],
  ])('is not guessed from a page of GitLab before 12: %j', async (spelling, project) => {
    const error = await failureOf((async () => locateProject(spelling, plain))());
    expect(error).toMatchObject({ code: 'invalid_input', hint: expect.stringContaining(`Write "${project}" for the project`) });
  });

  it.each([
    ['group/proj/tags', 'group/proj/tags'],
    ['group/tags', 'group/tags'],
    ['https://gitlab.example.com/tags/proj', 'tags/proj'],
    ['https://gitlab.example.com/group/tags', 'group/tags'],
    ['https://gitlab.example.com/data/team/pipelines/ingest', 'data/team/pipelines/ingest'],
    ['https://gitlab.example.com/acme/backend/services/payments', 'acme/backend/services/payments'],
    ['git@gitlab.example.com:group/sub/tags.git', 'group/sub/tags'],
    ['group/tree', 'group/tree'],
    ['group/app.github', 'group/app.github'],
  ])('may be called like a page where it can be no page: %j', (spelling, project) => {
    expect(locateProject(spelling, plain)).toBe(project);
  });

  it('loses a relative root, except over ssh, which has none', () => {
    expect(locateProject('https://host.example:8443/gitlab/group/proj/-/tree/main', below)).toBe('group/proj');
    expect(locateProject('host.example:8443/gitlab/group/proj/-/tags', below)).toBe('group/proj');
    expect(locateProject('https://host.example:8443/gitlab/api/v4/projects/7/repository/tags', below)).toBe('7');
    expect(locateProject('git@host.example:gitlab/proj.git', below)).toBe('gitlab/proj');
    expect(locateProject('ssh://git@host.example:22/gitlab/proj', below)).toBe('gitlab/proj');
  });

  it.each([
    ['https://github.com/group/proj', plain],
    ['git@github.com:group/proj.git', plain],
    ['ssh://git@github.com/group/proj.git', plain],
    ['https://gitlab.example.com.evil.example/group/proj', plain],
    ['https://gitlab.example.com:8443/group/proj', plain],
    ['https://host.example/gitlab/group/proj', below],
    ['https://host.example:8443/group/proj', below],
    ['https://host.example:8443/gitlabs/group/proj', below],
  ])('on another site is refused: %j', (spelling, root) => {
    expect(() => locateProject(spelling, root)).toThrow(expect.objectContaining({ code: 'invalid_input' }));
  });

  it.each([
    '',
    '   ',
    'proj',
    '/',
    'group/',
    'group//proj',
    'group/../proj',
    './proj',
    'group/..',
    'group/pro j',
    'group/-proj',
    'group/proj?x',
    'group%2',
    'group%252Fproj',
    'group/projé',
    'group\\proj',
    'C:\\repos\\proj',
    '/home/me/src/proj:x',
    'https://gitlab.example.com',
    'https://gitlab.example.com/group',
    'https://gitlab.example.com/42',
    'gitlab.example.com/proj',
    'gitlab.example.com',
    'https://gitlab.example.com/groups/group/sub',
    'https://gitlab.example.com/users/sign_in',
    'https://gitlab.example.com/api/v4/projects',
    'https://gitlab.example.com/api/v4/groups/group%2Fsub',
    'https://gitlab.example.com/api/graphql',
    'https://gitlab.example.com/explore/projects',
    'projects/group%252Fproj',
    'group/proj/%2e%2e/x',
    'https://gitlab.example.com/-/profile',
    'https://',
    'group/proj\nx',
  ])('is not %j', (spelling) => {
    expect(() => locateProject(spelling, plain)).toThrow(expect.objectContaining({ code: 'invalid_input' }));
  });

  it('is refused without repeating a credential', async () => {
    for (const spelling of [
      'https://oauth2:glpat-secret@github.com/a/b',
      'https://oauth2:glpat-secret@gitlab.example.com/nope',
      'glpat-secret:x',
    ]) {
      const error = await failureOf((async () => locateProject(spelling, plain))());
      expect(`${error.message} ${error.hint}`).not.toContain('glpat-secret');
    }
  });
});

describe('whatever the spelling', () => {
  it('one encoding leaves, and there is one canonical name, asked for anew each time', async () => {
    const { sandbox, project, provider, asked } = await workshop({ root: '/gitlab' });
    const host = sandbox.url.replace('http://', '');
    const spellings = ['group/SUB/proj', 'Group%2Fsub%2Fproj', `http://${host}/Group/sub/proj/-/tags`, String(project.id)];
    for (const spelling of spellings) {
      const repository = await provider.locate(spelling, call);
      expect(asked()).toEqual([]);
      expect(await provider.canonical(repository, call)).toBe('Group/sub/proj');
      expect(asked()).toEqual([`GET /projects/${encodeURIComponent(repository)}`]);
    }
  });
});
