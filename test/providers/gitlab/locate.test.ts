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

  it('loses a relative root, except over ssh, which has none', () => {
    expect(locateProject('https://host.example:8443/gitlab/group/proj/-/tree/main', below)).toBe('group/proj');
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
