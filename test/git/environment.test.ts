import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { environmentFor, settingAs, settingsIn } from '../../src/git/environment.ts';

describe('what a git gets to know', () => {
  /** All that git says is bound to one repository, all that any git reads besides, and what tests of git use. */
  const local = execFileSync('git', ['rev-parse', '--local-env-vars'], { encoding: 'utf8' }).trim().split('\n');
  it.each([
    ...local,
    ...[
      'GIT_REFERENCE_BACKEND',
      'GIT_NAMESPACE',
      'GIT_QUARANTINE_PATH',
      'GIT_EXTERNAL_DIFF',
      'GIT_TRACE',
      'GIT_TRACE2_EVENT',
      'GIT_ATTR_SOURCE',
    ],
    ...[
      'GIT_SSH_COMMAND',
      'GIT_PROXY_COMMAND',
      'GIT_ASKPASS',
      'GIT_EXEC_PATH',
      'GIT_REDIRECT_STDOUT',
      'GIT_TEMPLATE_DIR',
      'GIT_CONFIG_KEY_0',
      'GIT_SOMETHING_NEW',
    ],
  ])('is not %s', (name) => {
    const given = environmentFor({ [name]: '/elsewhere' }, []);
    expect(Object.values(given)).not.toContain('/elsewhere');
  });
  it.each([
    'HOME',
    'XDG_CONFIG_HOME',
    'CLASSPATH',
    'PATHEXT',
    'LEGIT_TOKEN',
    'GIT_CONFIG_GLOBAL',
    'GIT_CONFIG_SYSTEM',
    'GIT_CONFIG_NOSYSTEM',
    'GIT_COMMITTER_NAME',
    'GIT_COMMITTER_EMAIL',
    'GIT_AUTHOR_DATE',
    'GIT_CEILING_DIRECTORIES',
    'EMAIL',
  ])('is %s, the operator’s word', (name) => {
    expect(environmentFor({ [name]: '/there' }, [])[name]).toBe('/there');
  });
  it('is PATH but once, whatever its case', () => {
    expect(environmentFor({ Path: 'x', PATH: 'y' }, ['/bin'])).toMatchObject({ PATH: '/bin' });
    expect(environmentFor({ Path: 'x' }, ['/bin'])).not.toHaveProperty('Path');
  });
});

describe('settings of the operator by GIT_CONFIG_COUNT', () => {
  const given = (...pairs: [string, string][]) => settingAs(pairs) as Record<string, string>;
  it.each([
    ['safe.directory', true],
    ['safe.bareRepository', true],
    ['user.name', true],
    ['USER.EMAIL', true],
    ['committer.email', true],
    ['core.hooksPath', false],
    ['core.worktree', false],
    ['include.path', false],
    ['hook.x.command', false],
    ['alias.update-ref', false],
    ['trace2.eventTarget', false],
    ['userx.name', false],
    ['', false],
  ])('%s counts: %s', (key, counts) => {
    expect(settingsIn(given([key, 'value']))).toEqual(counts ? [[key, 'value']] : []);
  });
  it.each(['', 'x', '-1', '1e9', '99999999', '1.5', undefined])('a count of %j is none', (GIT_CONFIG_COUNT) => {
    expect(settingsIn({ GIT_CONFIG_COUNT, GIT_CONFIG_KEY_0: 'user.name', GIT_CONFIG_VALUE_0: 'x' })).toEqual([]);
  });
  it('missing keys and values are passed over', () => {
    expect(settingsIn({ GIT_CONFIG_COUNT: '3', GIT_CONFIG_KEY_1: 'user.name' })).toEqual([['user.name', '']]);
  });
  it('are handed on to the letter', () => {
    const settings: [string, string][] = [
      ['user.name', 'a=b\nc'],
      ['hook.a=b .c.event', ''],
    ];
    expect(given(...settings)).toMatchObject({
      GIT_CONFIG_COUNT: '2',
      GIT_CONFIG_KEY_1: 'hook.a=b .c.event',
      GIT_CONFIG_VALUE_0: 'a=b\nc',
    });
  });
});
