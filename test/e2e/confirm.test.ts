/** Asking a person, with the clients that can and the one that cannot. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type GitRepository, makeRepository, temporaryDirectory } from '../support/git-repository.ts';
import { type Answer, askOnce, CLIENTS, type Person, YES } from '../support/person.ts';

let repository: GitRepository;
let commits: string[];
beforeEach(() => {
  repository = makeRepository();
  commits = ['first', 'second'].map((title) => repository.commit(title));
  repository.git('tag', '-a', '-m', 'Notes', 'v1', 'main~1');
});
afterEach(() => repository.remove());

describe.each(Object.entries(CLIENTS))('%s', (_, connect) => {
  const ask = (person: Person | undefined, name: string, args: Record<string, unknown>, env: Record<string, string> = {}) =>
    askOnce(connect, person, { cwd: repository.path, env }, name, args);
  /** A person who says yes, and what they were asked. */
  const agreeing = () => {
    const questions: string[] = [];
    const person = (question: string) => {
      questions.push(question);
      return YES;
    };
    return { questions, person };
  };

  it('a deletion goes ahead once the person, shown what goes, accepts', async () => {
    const { questions, person } = agreeing();
    const answer = await ask(person, 'delete_tag', { name: 'v1' });
    expect(answer.isError, answer.text).toBe(false);
    expect(questions).toHaveLength(1);
    const [first, ...details] = questions[0]?.split('\n') ?? [];
    expect(first).toBe(`Delete tag v1 (${commits[0]?.slice(0, 12)}…) of git ${repository.path}?`);
    expect(details).toEqual([`Stands at: ${commits[0]}`, expect.stringMatching(/^Made: 20/), 'Message: Notes']);
    expect(repository.git('tag', '--list')).toBe('');
  });

  it.each<[string, Answer, RegExp]>([
    ['declines', { action: 'decline' }, /answered with no/],
    ['dismisses', { action: 'cancel' }, /The question was dismissed/],
    ['accepts by itself', { action: 'accept', content: {} }, /The client accepted .* no person agreed/],
    ['accepts without content', { action: 'accept' }, /The client accepted .* no person agreed/],
    ['does not tick', { action: 'accept', content: { confirm: false } }, /was answered, and not with yes/],
    ['writes a text', { action: 'accept', content: { confirm: 'true' } }, /The client accepted .* no person agreed/],
  ])('who %s has not agreed: declined, and nothing is done', async (_, answer, words) => {
    const client = await connect(() => answer, { cwd: repository.path, env: { TAGWRIGHT_CONFIRM: 'always' } });
    for (const [tool, args] of [
      ['delete_tag', { name: 'v1' }],
      ['create_tag', { name: 'v1', ref: 'main', force: true }],
      ['tag_release', { name: 'r1' }],
    ] as const) {
      const { text } = await client.call(tool, args);
      expect(text).toMatch(/^declined: /);
      expect(text).toMatch(words);
    }
    await client.close();
    expect(repository.git('rev-parse', 'v1^{commit}')).toBe(commits[0]);
    expect(repository.git('tag', '--list')).toBe('v1');
  });

  it('a move is asked for with where it goes; a creation is not asked for', async () => {
    const { questions, person } = agreeing();
    expect((await ask(person, 'create_tag', { name: 'v2', ref: 'main' })).text).toContain('"created"');
    expect(questions).toEqual([]);
    expect((await ask(person, 'create_tag', { name: 'v1', ref: 'main', force: true })).text).toContain('"moved"');
    expect(questions).toHaveLength(1);
    expect(questions[0]).toMatch(/^Move tag v1 \(.*\) of git .* to /);
    expect(questions[0]).toContain(`\nWill stand at: ${commits[1]}\nMade: `);
    expect((await ask(person, 'create_tag', { name: 'v1', ref: 'main', message: 'Other', force: true })).text).toContain('"moved"');
    expect(questions[1]).toMatch(/^Replace the message of tag v1 [\s\S]*\nNew message: Other\nOld message: Notes$/);
  });

  it('an approval holds for the commit that was shown', async () => {
    const answer = await ask(
      () => {
        repository.git('tag', '-f', 'v1', 'main');
        return YES;
      },
      'delete_tag',
      { name: 'v1' },
    );
    expect(answer.text).toMatch(/^changed: /);
    expect(repository.git('rev-parse', 'v1^{commit}')).toBe(commits[1]);
  });

  it('who cannot ask goes ahead under auto, is declined under always', async () => {
    expect((await ask(undefined, 'delete_tag', { name: 'v1' }, { TAGWRIGHT_CONFIRM: 'always' })).text).toMatch(/^declined: /);
    expect(repository.git('tag', '--list')).toBe('v1');
    expect((await ask(undefined, 'tag_release', { name: 'r1' }, { TAGWRIGHT_CONFIRM: 'always' })).text).toMatch(/^declined: /);
    expect(JSON.parse((await ask(undefined, 'delete_tag', { name: 'v1' })).text)).toMatchObject({ deleted: { name: 'v1' } });
    expect(repository.git('tag', '--list')).toBe('');
  });

  it('never asks nobody, always asks for a release too, showing the plan', async () => {
    const { questions, person } = agreeing();
    await ask(person, 'delete_tag', { name: 'v1' }, { TAGWRIGHT_CONFIRM: 'never' });
    expect(questions).toEqual([]);
    await ask(person, 'tag_release', { name: 'r1' });
    expect(questions).toEqual([]);
    expect((await ask(person, 'tag_release', { name: 'r2' }, { TAGWRIGHT_CONFIRM: 'always' })).text).toContain('"created"');
    expect(questions).toEqual([expect.stringMatching(/^Create release r2 in git .* \(\w{12}…\)\?\n/)]);
    expect(questions[0]).toContain(`git ${repository.path}: ${commits[1]}`);
  });

  it('a client that goes away in the middle leaves everything as it was', async () => {
    let asked = () => {};
    const question = new Promise<void>((resolve) => {
      asked = resolve;
    });
    const client = await connect(
      () => {
        asked();
        return new Promise<Answer>(() => {});
      },
      { cwd: repository.path },
    );
    client.call('delete_tag', { name: 'v1' }).catch(() => undefined); // some clients never end a call that they asked about
    await question;
    await client.close();
    expect(repository.git('tag', '--list')).toBe('v1');
  });

  it('an argument cannot confirm for a person', async () => {
    expect((await ask(() => ({ action: 'decline' }), 'delete_tag', { name: 'v1', confirm: true })).text).toMatch(
      /^invalid_input: .*"confirm"/,
    );
  });

  it('the audit log says that the client answered, and claims no person; of what nobody was asked it says nothing', async () => {
    const log = join(temporaryDirectory(), 'audit.jsonl');
    const env = { TAGWRIGHT_AUDIT_LOG: log, TAGWRIGHT_CONFIRM: 'always' };
    const { person } = agreeing();
    await ask(person, 'create_tag', { name: 'v2', ref: 'main' }, env);
    await ask(person, 'create_tag', { name: 'v1', ref: 'main', force: true }, env);
    await ask(person, 'tag_release', { name: 'r1' }, env);
    await ask(person, 'delete_tag', { name: 'v1' }, env);
    await ask(person, 'delete_tag', { name: 'v2' }, { ...env, TAGWRIGHT_CONFIRM: 'never' });
    await ask(() => ({ action: 'accept', content: {} }), 'delete_tag', { name: 'r1' }, env);
    const lines = readFileSync(log, 'utf8').trim().split('\n');
    const done = lines.map((line) => JSON.parse(line)).filter(({ outcome }) => outcome === 'done');
    expect(done.map(({ action, tag, confirmed_by }) => [action, tag, confirmed_by])).toEqual([
      ['create', 'v2', undefined],
      ['move', 'v1', 'client'],
      ['create', 'r1', 'client'],
      ['delete', 'v1', 'client'],
      ['delete', 'v2', undefined],
    ]);
    expect(lines.join()).not.toMatch(/person|human|user/);
  });
});
