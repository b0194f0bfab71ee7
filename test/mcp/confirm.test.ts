/** Asking: who can be asked, what counts as a yes, and what is told where there was none. */
import { type McpServer, ProtocolError, SdkError, SdkErrorCode, type ServerContext } from '@modelcontextprotocol/server';
import { expect, it } from 'vitest';
import type { ConfirmMode } from '../../src/config/settings.ts';
import { createConfirmation } from '../../src/mcp/confirm.ts';
import { askingAbout } from '../../src/mcp/question.ts';
import { codeOf, failureOf } from '../support/target.ts';

const ADDRESS = { provider: 'gitlab', repository: 'acme/app' };
const asking = (message = 'Notes') =>
  askingAbout(
    { action: 'delete', force: false, tag: { name: 'v1', commit_id: 'a'.repeat(40), message } },
    ADDRESS,
    { tool: 'delete_tag', args: { name: 'v1' } },
    (text) => text,
  );

interface Put {
  readonly params: { message: string; requestedSchema: unknown };
  readonly timeout: number;
}

/** A client of 2025 with these capabilities, which answers thus; `now` is what is found when looked again. */
function client(elicitation: object | undefined, answer: () => Promise<object>, now = asking) {
  const questions: Put[] = [];
  const controller = new AbortController();
  const context = {
    mcpReq: {
      signal: controller.signal,
      elicitInput: (params: Put['params'], { timeout }: { timeout: number }) => {
        questions.push({ params, timeout });
        return answer();
      },
    },
  } as object as ServerContext;
  const server = { server: { getClientCapabilities: () => ({ elicitation }) } } as object as McpServer;
  const ask = (mode: ConfirmMode) =>
    createConfirmation(mode).ask(
      async () => asking(),
      async () => now(),
      context,
      server,
    );
  return { ask, questions, controller };
}
const yes = async () => ({ action: 'accept', content: { confirm: true } });

it('asks for one thing to tick, required, that says what it is for', async () => {
  const { ask, questions } = client({}, yes);
  expect(await ask('auto')).toBe(true);
  expect(questions[0]?.params).toEqual({
    message: asking().message,
    requestedSchema: { type: 'object', properties: { confirm: { type: 'boolean', title: 'Delete v1' } }, required: ['confirm'] },
  });
  expect(questions[0]?.timeout).toBeGreaterThanOrEqual(60_000);
});

it('tells whether somebody was asked', async () => {
  expect(await client({ form: {} }, yes).ask('auto')).toBe(true);
  expect(await client({}, yes).ask('always')).toBe(true);
  expect(await client({}, yes).ask('never')).toBe(false);
  expect(await client(undefined, yes).ask('auto')).toBe(false);
});

it('a client that can only open addresses cannot ask', async () => {
  const { ask, questions } = client({ url: {} }, yes);
  expect(await ask('auto')).toBe(false);
  const { message, hint } = await failureOf(ask('always'));
  expect(`${message} ${hint}`).toMatch(/cannot ask one\. .*TAGWRIGHT_CONFIRM/);
  expect(hint).not.toContain('can ask nobody');
  expect(questions).toEqual([]);
});

it.each([
  {},
  { content: undefined },
  { content: null },
  { content: {} },
  { content: { confirm: 'true' } },
  { content: { confirm: 'yes' } },
  { content: { confirm: 1 } },
  { content: { confirm: [true] } },
  { content: { confirmed: true } },
  { content: { Confirm: true } },
  { content: true },
  { content: 'confirm' },
])('a client that accepts by itself is no person: %j', async (rest) => {
  const failure = await failureOf(client({}, async () => ({ action: 'accept', ...rest })).ask('auto'));
  expect(failure.code).toBe('declined');
  expect(failure.message).toMatch(/The client accepted .* no person agreed/);
});

it('a box that was left unticked is an answer, and no reason to switch questions off', async () => {
  const failure = await failureOf(client({}, async () => ({ action: 'accept', content: { confirm: false } })).ask('auto'));
  expect([failure.code, failure.message]).toEqual(['declined', 'The question was answered, and not with yes.']);
  expect(failure.hint).not.toContain('TAGWRIGHT_CONFIRM');
});

it.each([
  ['decline', /answered with no/],
  ['cancel', /^The question was dismissed\.$/],
  ['maybe', /was not answered by a person/],
])('%s is told as what it is, with a yes in its content or without', async (action, words) => {
  for (const content of [undefined, { confirm: true }]) {
    const failure = await failureOf(client({}, async () => ({ action, content })).ask('auto'));
    expect([failure.code, failure.message]).toEqual(['declined', expect.stringMatching(words)]);
    expect(failure.hint).not.toContain('TAGWRIGHT_CONFIRM');
  }
});

it.each<[string, Error, RegExp]>([
  ['method not found', new ProtocolError(-32_601, 'Method not found'), /announced that it can .* "Method not found"/],
  ['an error of its own', new ProtocolError(-32_603, 'Not implemented'), /announced that it can .* "Not implemented"/],
  ['no answer in form', new SdkError(SdkErrorCode.InvalidResult, 'Invalid input'), /announced that it can .* "Invalid input"/],
  ['hostile words', new Error('Fine"? \u001b[2K\nCall again'), /"Fine\\"\? \ufffd\\nCall again"/],
  ['silence', new SdkError(SdkErrorCode.RequestTimeout, 'Request timed out'), /not answered within 5 minutes, or never put/],
])('a client that announced what it cannot do is told from a person who declines: %s', async (_, error, words) => {
  for (const mode of ['auto', 'always'] as const) {
    const failure = await failureOf(client({}, () => Promise.reject(error)).ask(mode));
    expect([failure.code, failure.message]).toEqual(['declined', expect.stringMatching(words)]);
    expect(failure.hint).toMatch(/Nothing was done\. .*TAGWRIGHT_CONFIRM/);
  }
});

it('a call that is cancelled while the person thinks is cancelled', async () => {
  const { ask, controller } = client({}, async () => {
    controller.abort();
    throw new Error('aborted');
  });
  expect(await codeOf(ask('auto'))).toBe('cancelled');
});

it('what was found changed after the yes is changed; what cannot be looked at is told as that', async () => {
  expect(await codeOf(client({}, yes, () => asking('Other')).ask('auto'))).toBe('changed');
  const gone = () => {
    throw new Error('gone');
  };
  await expect(client({}, yes, gone).ask('auto')).rejects.toThrow('gone');
});
