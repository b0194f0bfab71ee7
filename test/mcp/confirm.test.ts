import type { McpServer, ServerContext } from '@modelcontextprotocol/server';
import { expect, it } from 'vitest';
import type { ConfirmMode } from '../../src/config/settings.ts';
import { askingAbout, createConfirmation } from '../../src/mcp/confirm.ts';
import { codeOf } from '../support/target.ts';

const ADDRESS = { provider: 'gitlab', repository: 'acme/app' };
const asking = askingAbout({ action: 'delete', tag: { name: 'v1', commit_id: 'a'.repeat(40), release: {} } }, ADDRESS);

/** A client of 2025 with these capabilities, whose person answers thus. */
function client(elicitation: object | undefined, answer: () => Promise<{ action: string }>) {
  const questions: { message: string; timeout: number }[] = [];
  const context = {
    mcpReq: {
      signal: new AbortController().signal,
      elicitInput: ({ message }: { message: string }, { timeout }: { timeout: number }) => {
        questions.push({ message, timeout });
        return answer();
      },
    },
  } as object as ServerContext;
  const server = { server: { getClientCapabilities: () => ({ elicitation }) } } as object as McpServer;
  const ask = (mode: ConfirmMode) => createConfirmation(mode, (text) => text).ask(asking, context, server);
  return { ask, questions };
}

it('a question that nobody answers in time is declined', async () => {
  const { ask, questions } = client({}, () => Promise.reject(new Error('Request timed out')));
  expect(await codeOf(ask('auto'))).toBe('declined');
  expect(questions[0]?.timeout).toBeGreaterThanOrEqual(60_000);
});

it('tells whether somebody was asked', async () => {
  const yes = async () => ({ action: 'accept' });
  expect(await client({}, yes).ask('auto')).toBe(true);
  expect(await client({ form: {} }, yes).ask('auto')).toBe(true);
  expect(await client({}, yes).ask('never')).toBe(false);
  expect(await client(undefined, yes).ask('auto')).toBe(false);
});

it('a client that can only open addresses cannot ask', async () => {
  const { ask, questions } = client({ url: {} }, async () => ({ action: 'accept' }));
  expect(await ask('auto')).toBe(false);
  expect(await codeOf(ask('always'))).toBe('declined');
  expect(questions).toEqual([]);
});

it('a question says what goes with the tag, and long text does not hide it', () => {
  const { message } = askingAbout(
    { action: 'delete', tag: { name: 'v1', commit_id: 'a', message: 'x'.repeat(9_000), release: {} } },
    ADDRESS,
  );
  expect(message).toContain('Goes with it: its GitLab Release');
  for (const line of message.split('\n')) expect(line.length).toBeLessThan(250);
});
