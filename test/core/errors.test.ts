import { describe, expect, it } from 'vitest';
import { abandoned, checkedDefault, TagError, tidiedError } from '../../src/core/errors.ts';
import { timedOut, timeLimit } from '../../src/core/time-limit.ts';
import { told } from '../../src/core/told.ts';

describe('a default repository', () => {
  it('is spelled as the system wants it', () => {
    expect(checkedDefault('acme/app ', 'GITLAB_PROJECT', (spelling) => spelling.trim())).toBe('acme/app');
  });
  it('that is not set is none, and nobody is asked', () => {
    const ask = () => {
      throw new Error('asked');
    };
    expect(checkedDefault(undefined, 'GITLAB_PROJECT', ask)).toBeUndefined();
    expect(checkedDefault('', 'GITLAB_PROJECT', ask)).toBe('');
  });
  it('that names none is not_configured, by its variable and without its value', () => {
    const cause = new TagError('invalid_input', told`${'secret'} is no project.`);
    const refuse = () => {
      throw cause;
    };
    expect(() => checkedDefault('secret', 'GITLAB_PROJECT', refuse)).toThrow(
      expect.objectContaining({ code: 'not_configured', message: 'GITLAB_PROJECT does not name a repository.', cause }),
    );
  });
});

describe('what was given up', () => {
  it.each([
    ['by its caller', AbortSignal.abort(), 'cancelled', 'The call was cancelled.'],
    ['by a caller who says why', AbortSignal.abort(new DOMException('enough', 'AbortError')), 'cancelled', 'The call was cancelled.'],
    ['by its time', AbortSignal.abort(timedOut()), 'timeout', 'The call took too long and was given up.'],
    ['by another object of that name', AbortSignal.abort({ name: 'TimeoutError' }), 'cancelled', 'The call was cancelled.'],
  ])('%s', (_, signal, code, message) => {
    for (const inDoubt of [true, false]) expect(abandoned(signal, inDoubt)).toMatchObject({ code, message, inDoubt });
    expect(abandoned(signal).inDoubt).toBe(false);
  });
  it('after its time, and not before', async () => {
    const signal = timeLimit(30);
    expect(signal.aborted).toBe(false);
    await new Promise((wake) => setTimeout(wake, 60));
    expect(signal.reason).toMatchObject({ name: 'TimeoutError', message: 'It took too long.' });
  });
});

describe('an error that is tidied', () => {
  const tidy = (text: string) => text.replaceAll('secret', '-');
  it('keeps all but what is taken out of its foreign words', () => {
    const cause = new Error('why');
    const upstream = { status: 500, text: 'a secret', request_id: 'secret-1' };
    const error = new TagError('unavailable', told`the secret of ${'secret'}`, { hint: told`${'secret'}`, upstream, inDoubt: true, cause });
    expect(tidiedError(error, tidy)).toMatchObject({
      ...{ code: 'unavailable', message: 'the secret of "-"', hint: '"-"', inDoubt: true, cause },
      upstream: { status: 500, text: 'a -', request_id: '--1' },
    });
  });
  it('has nothing more than it had', () => {
    expect(tidiedError(new TagError('unavailable', 'No.'), tidy).upstream).toBeUndefined();
    expect(tidiedError(new TagError('unavailable', 'No.', { upstream: { status: 500 } }), tidy).upstream).toEqual({ status: 500 });
  });
});
