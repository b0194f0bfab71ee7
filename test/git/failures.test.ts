/** git's words in our codes, and a git that never ran. */
import { describe, expect, it } from 'vitest';
import { explain, LockHeld, notFound, notStarted } from '../../src/git/failures.ts';

const started = (code: string) => notStarted(Object.assign(new Error(code), { code }));

describe('a failed command', () => {
  it('is told by what git said, without its own prefixes at the beginnings of lines', () => {
    const { upstream } = explain('fatal: not this error: x\nerror: nor that\n', '/repo');
    expect(upstream?.text).toBe('not this error: x\nnor that');
  });
  it('names the repository where there is none, and nothing else', () => {
    expect(explain('fatal: not a git repository: x', '/repo')).toMatchObject({
      code: 'repository_not_found',
      message: 'There is no git repository at "/repo".',
    });
    expect(explain("fatal: detected dubious ownership in repository at '/repo'", '/repo')).toMatchObject({
      code: 'permission_denied',
      message: 'git does not trust this repository: it belongs to another user.',
      hint: expect.stringContaining('safe.directory'),
    });
    expect(explain('something else', '/repo')).toMatchObject({ code: 'rejected', message: 'git refused.' });
  });
  it('is the command’s own where it has words for it', () => {
    expect(explain('fatal: bad object', '/repo', [{ words: /bad object/, code: 'changed', message: 'Ours.' }])).toMatchObject({
      code: 'changed',
      message: 'Ours.',
    });
  });
  it.each(["fatal: Unable to create '/repo/.git/x.lock': File exists.", 'fatal: cannot lock references', 'error: x: data is locked'])(
    'is a lock that somebody holds: %s',
    (words) => {
      const error = explain(words, '/repo');
      expect(error).toBeInstanceOf(LockHeld);
      expect(error).toMatchObject({ code: 'unavailable', hint: 'Try again; if no git is running, a person may remove that file.' });
      expect(error.message).toMatch(/^Another git process holds the lock "/);
    },
  );
});

describe('a git that never ran', () => {
  it('is told with what to do', () => {
    expect(notFound()).toMatchObject({
      code: 'not_configured',
      message: 'git could not be started (it was not found).',
      hint: expect.stringContaining('put it on PATH'),
    });
  });
  it.each(['ENOENT', 'EACCES', 'ENOTDIR'])('is not there: %s', (code) => {
    expect(started(code)).toMatchObject({ code: 'not_configured', message: `git could not be started (${code}).`, cause: { code } });
  });
  it.each(['EAGAIN', 'EMFILE', 'ENOMEM'])('cannot be started now: %s', (code) => {
    expect(started(code)).toMatchObject({ code: 'unavailable', message: `git could not be started (${code}).`, cause: { code } });
  });
  it('for no reason that is known cannot be started now', () => {
    expect(notStarted(new Error('?'))).toMatchObject({ code: 'unavailable' });
  });
});
