/** The question of 2026-07-28: the call ends with it, and comes again with the answer, sealed to what was shown. */
import { CLIENT_CAPABILITIES_META_KEY, type McpServer, type ServerContext } from '@modelcontextprotocol/server';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { ConfirmMode } from '../../src/config/settings.ts';
import { type Confirmation, createConfirmation, isAnswered, Question } from '../../src/mcp/confirm.ts';
import { askingAbout } from '../../src/mcp/question.ts';
import { codeOf, failureOf } from '../support/target.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'Date'] }));
afterEach(() => void vi.useRealTimers());

const asking = (name = 'v1', message = 'Notes') =>
  askingAbout(
    { action: 'delete', force: false, tag: { name, commit_id: 'a'.repeat(40), message } },
    { provider: 'gitlab', repository: 'acme/app' },
    { tool: 'delete_tag', args: { name } },
    (text) => text,
  );
const server = { server: { getClientCapabilities: () => undefined } } as object as McpServer;
const YES = { action: 'accept', content: { confirm: true } };

/** A call of a client that announces `elicitation`, with what it brings along. */
const contextOf = (elicitation: object | undefined, brought: { response?: object; state?: unknown } = {}) =>
  ({
    mcpReq: {
      signal: new AbortController().signal,
      envelope: { [CLIENT_CAPABILITIES_META_KEY]: { ...(elicitation && { elicitation }) } },
      inputResponses: brought.response && { confirm: brought.response },
      requestState: () => brought.state,
      elicitInput: () => Promise.reject(new Error('nobody asks so')),
    },
  }) as object as ServerContext;

function stage(mode: ConfirmMode = 'auto') {
  const confirmation = createConfirmation(mode);
  const put = async (brought?: { response?: object; state?: unknown }, question = asking, how: 'ask' | 'askAbove' = 'ask') =>
    confirmation[how](
      async () => question(),
      () => Promise.reject(new Error('it was looked at a moment ago')),
      contextOf({ form: {} }, brought),
      server,
    );
  return { confirmation, put };
}
/** The first call: what it ends with. */
async function questionOf(act: Promise<unknown>) {
  const thrown = await act.catch((error: unknown) => error);
  if (!(thrown instanceof Question)) throw new Error(`expected a question, got ${String(thrown)}`);
  return thrown.result;
}
const open = (confirmation: Confirmation, state: unknown) =>
  Promise.resolve(confirmation.requestState.verify?.(String(state), contextOf({})));

it('ends the call with the form, and a seal on what was shown', async () => {
  const { confirmation, put } = stage();
  const result = await questionOf(put());
  expect(result.inputRequests).toMatchObject({
    confirm: {
      params: { message: asking().message, requestedSchema: { required: ['confirm'], properties: { confirm: { title: 'Delete v1' } } } },
    },
  });
  const shown = await open(confirmation, result.requestState);
  expect(shown).toMatchObject({ about: asking().about, at: asking().at });
  expect((shown as { nonce: string }).nonce).toMatch(/^[\w-]{16}$/);
  expect(await put({ response: YES, state: shown })).toBe(true);
});

it('takes no seal of anybody else, nor one that is too old', async () => {
  const [one, other] = [stage(), stage()];
  const { requestState } = await questionOf(one.put());
  await expect(open(other.confirmation, requestState)).rejects.toThrow();
  await expect(open(one.confirmation, `${requestState}x`)).rejects.toThrow();
  vi.advanceTimersByTime(299_000);
  await open(one.confirmation, requestState);
  vi.advanceTimersByTime(2_000);
  await expect(open(one.confirmation, requestState)).rejects.toThrow();
});

it('takes an answer once, for the very question', async () => {
  const { confirmation, put } = stage();
  const first = await open(confirmation, (await questionOf(put())).requestState);
  const second = await open(confirmation, (await questionOf(put())).requestState);
  const used = { code: 'declined', message: expect.stringContaining('given to another question, or has been used') };
  expect(await failureOf(put({ response: YES, state: first }, () => asking('v2')))).toMatchObject(used);
  expect(await put({ response: YES, state: first })).toBe(true);
  expect(await failureOf(put({ response: YES, state: first }))).toMatchObject(used);
  expect(await put({ response: YES, state: second })).toBe(true);
});

it('acts on nothing that has changed since it was shown', async () => {
  const { confirmation, put } = stage();
  const shown = await open(confirmation, (await questionOf(put())).requestState);
  expect(await codeOf(put({ response: YES, state: shown }, () => asking('v1', 'Other notes')))).toBe('changed');
});

it.each([
  ['no', { action: 'decline' }],
  ['an empty yes', { action: 'accept', content: {} }],
  ['nothing of the kind', { roots: [] }],
  ['nothing', {}],
])('takes %s for no yes', async (_, response) => {
  const { confirmation, put } = stage();
  const shown = await open(confirmation, (await questionOf(put())).requestState);
  expect(await codeOf(put({ response, state: shown }))).toBe('declined');
});

it('asks by the mode: what is lost unless never, what is made only always', async () => {
  expect(await stage('never').put()).toBe(false);
  await questionOf(stage('always').put());
  for (const mode of ['never', 'auto'] as const) expect(await stage(mode).put(undefined, asking, 'askAbove')).toBe(false);
  await questionOf(stage('always').put(undefined, asking, 'askAbove'));
});

it('knows a call that brings an answer, and asks nobody who cannot be asked', async () => {
  const { confirmation } = stage();
  expect(isAnswered(contextOf({}))).toBe(false);
  expect(isAnswered(contextOf({}, { response: YES, state: {} }))).toBe(true);
  expect(isAnswered(contextOf({}, { state: {} }))).toBe(false);
  const ask = (context: ServerContext) =>
    confirmation.ask(
      async () => asking(),
      async () => asking(),
      context,
      server,
    );
  expect(await ask(contextOf(undefined))).toBe(false);
  // What the call that brings the answer announces does not count.
  const shown = await open(confirmation, (await questionOf(ask(contextOf({})))).requestState);
  expect(await ask(contextOf(undefined, { response: YES, state: shown }))).toBe(true);
});
