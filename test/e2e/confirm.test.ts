/** Asking a person, with the clients that can and the one that cannot. */
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { Client as LegacyClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport as LegacyTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type GitRepository, makeRepository } from '../support/git-repository.ts';
import { bareEnvironment, serverPath } from '../support/server.ts';

type Action = 'accept' | 'decline' | 'cancel';
/** What the person does when asked, having read the question. */
type Person = (question: string) => Action | Promise<Action>;
interface Caller {
  call(name: string, args: Record<string, unknown>): Promise<{ isError?: boolean | undefined; text: string }>;
  close(): Promise<void>;
}

let repository: GitRepository;
let commits: string[];
beforeEach(() => {
  repository = makeRepository();
  commits = ['first', 'second'].map((title) => repository.commit(title));
  repository.git('tag', '-a', '-m', 'Notes', 'v1', 'main~1');
});
afterEach(() => repository.remove());

const identity = { name: 'test', version: '1' };
const server = (env: Record<string, string>) => ({
  command: process.execPath,
  args: [serverPath],
  cwd: repository.path,
  env: { ...bareEnvironment(), ...env },
});
const caller = (client: {
  callTool(call: { name: string; arguments: Record<string, unknown> }): Promise<unknown>;
  close(): Promise<void>;
}): Caller => ({
  async call(name, args) {
    const { isError, content } = (await client.callTool({ name, arguments: args })) as { isError?: boolean; content: { text?: string }[] };
    return { isError, text: content[0]?.text ?? '' };
  },
  close: () => client.close(),
});

const modern = (options: object) => async (person: Person | undefined, env: Record<string, string>) => {
  const client = new Client(identity, { ...(person && { capabilities: { elicitation: {} } }), ...options });
  if (person) client.setRequestHandler('elicitation/create', async ({ params }) => ({ action: await person(params.message), content: {} }));
  await client.connect(new StdioClientTransport(server(env)));
  return caller(client);
};
const CLIENTS: Record<string, (person: Person | undefined, env: Record<string, string>) => Promise<Caller>> = {
  'SDK 1.x': async (person, env) => {
    const client = new LegacyClient(identity, person ? { capabilities: { elicitation: {} } } : {});
    if (person)
      client.setRequestHandler(ElicitRequestSchema, async ({ params }) => ({ action: await person(params.message), content: {} }));
    await client.connect(new LegacyTransport(server(env)));
    return caller(client as Parameters<typeof caller>[0]);
  },
  'SDK 2.x legacy': modern({}),
  'SDK 2.x 2026-07-28': modern({ versionNegotiation: { mode: { pin: '2026-07-28' } } }),
};

describe.each(Object.entries(CLIENTS))('%s', (_, connect) => {
  const ask = async (person: Person | undefined, name: string, args: Record<string, unknown>, env: Record<string, string> = {}) => {
    const client = await connect(person, env);
    try {
      return await client.call(name, args);
    } finally {
      await client.close();
    }
  };

  it('a deletion goes ahead once the person, shown what goes, accepts', async () => {
    const questions: string[] = [];
    const answer = await ask(
      (question) => {
        questions.push(question);
        return 'accept';
      },
      'delete_tag',
      { name: 'v1' },
    );
    expect(answer.isError ?? false, answer.text).toBe(false);
    expect(questions).toHaveLength(1);
    for (const fact of [
      'Delete this tag?',
      'System: git',
      `Repository: ${repository.path}`,
      'Tag: v1',
      `Stands at: ${commits[0]}`,
      'Message: Notes',
      'Made: 20',
    ])
      expect(questions[0]).toContain(fact);
    expect(repository.git('tag', '--list')).toBe('');
  });

  it.each(['decline', 'cancel'] as const)('%s is declined, and nothing is done', async (action) => {
    for (const [tool, args] of [
      ['delete_tag', { name: 'v1' }],
      ['create_tag', { name: 'v1', ref: 'main', force: true }],
    ] as const)
      expect((await ask(() => action, tool, args)).text).toMatch(/^declined: /);
    expect(repository.git('rev-parse', 'v1^{commit}')).toBe(commits[0]);
  });

  it('a move is asked for with where it goes; a creation is not asked for', async () => {
    const questions: string[] = [];
    const person = (question: string) => {
      questions.push(question);
      return 'accept' as const;
    };
    expect((await ask(person, 'create_tag', { name: 'v2', ref: 'main' })).text).toContain('"created"');
    expect(questions).toEqual([]);
    expect((await ask(person, 'create_tag', { name: 'v1', ref: 'main', force: true })).text).toContain('"moved"');
    expect(questions).toHaveLength(1);
    expect(questions[0]).toContain(`Will stand at: ${commits[1]}`);
  });

  it('an approval holds for the commit that was shown', async () => {
    const answer = await ask(
      () => {
        repository.git('tag', '-f', 'v1', 'main');
        return 'accept';
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
    expect((await ask(undefined, 'delete_tag', { name: 'v1' })).isError ?? false).toBe(false);
    expect(repository.git('tag', '--list')).toBe('');
  });

  it('never asks nobody, always asks for a release too, showing the plan', async () => {
    const questions: string[] = [];
    const person = (question: string) => {
      questions.push(question);
      return 'accept' as const;
    };
    await ask(person, 'delete_tag', { name: 'v1' }, { TAGWRIGHT_CONFIRM: 'never' });
    expect(questions).toEqual([]);
    await ask(person, 'tag_release', { name: 'r1' });
    expect(questions).toEqual([]);
    expect((await ask(person, 'tag_release', { name: 'r2' }, { TAGWRIGHT_CONFIRM: 'always' })).text).toContain('"created"');
    expect(questions).toEqual([expect.stringContaining(`git ${repository.path}: ${commits[1]}`)]);
  });

  it('a client that goes away in the middle leaves everything as it was', async () => {
    let asked = () => {};
    const question = new Promise<void>((resolve) => {
      asked = resolve;
    });
    const client = await connect(() => {
      asked();
      return new Promise<Action>(() => {});
    }, {});
    client.call('delete_tag', { name: 'v1' }).catch(() => undefined); // some clients never end a call that they asked about
    await question;
    await client.close();
    expect(repository.git('tag', '--list')).toBe('v1');
  });

  it('an argument cannot confirm for a person', async () => {
    expect((await ask(() => 'decline', 'delete_tag', { name: 'v1', confirm: true })).text).toMatch(/^invalid_input: .*"confirm"/);
  });
});
