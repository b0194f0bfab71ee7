/** An approval comes back through the client: what it is good for, and what is refused. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type GitRepository, makeRepository } from '../support/git-repository.ts';
import { type Message, modernMeta, type RawServer, startRaw } from '../support/raw-server.ts';

let repository: GitRepository;
let server: RawServer;
beforeEach(() => {
  repository = makeRepository();
  for (const title of ['first', 'second']) repository.commit(title);
  for (const name of ['v1', 'v2']) repository.git('tag', name, 'main~1');
  server = startRaw(repository.path);
});
afterEach(() => {
  server.stop();
  repository.remove();
});

const ACCEPTED = { confirm: { action: 'accept', content: { confirm: true } } };
const callTool = (tool: string, args: object, more: object = {}) =>
  server.ask('tools/call', { ...modernMeta({ elicitation: {} }), name: tool, arguments: args, ...more });
const call = (name: string, more: object = {}) => callTool('delete_tag', { name }, more);
const textOf = ({ result }: Message) => result?.content?.[0]?.text ?? '';
const tags = () => repository.git('tag', '--list').split('\n');

/** Asks for a deletion and returns the state that came with the question. */
const question = (name: string) => questionOf('delete_tag', { name });
async function questionOf(tool: string, args: object): Promise<string> {
  const { result } = await callTool(tool, args);
  expect(result).toMatchObject({ resultType: 'input_required', inputRequests: { confirm: { method: 'elicitation/create' } } });
  return String(result?.requestState);
}

it('with its state, it is good for the deed that was shown', async () => {
  const requestState = await question('v1');
  expect((await call('v1', { requestState, inputResponses: ACCEPTED })).result).toMatchObject({
    structuredContent: { deleted: { name: 'v1' } },
  });
  expect(tags()).toEqual(['v2']);
});

it('without its state, it is a new question', async () => {
  expect((await call('v1', { inputResponses: ACCEPTED })).result).toMatchObject({ resultType: 'input_required' });
  expect(tags()).toEqual(['v1', 'v2']);
});

it('with a forged or damaged state, it is refused', async () => {
  const requestState = await question('v1');
  const [version = '', body = '', mac = ''] = requestState.split('.');
  const forged = Buffer.from(
    Buffer.from(body, 'base64url')
      .toString()
      .replace(/"about":"./, '"about":"-'),
  ).toString('base64url');
  expect(forged).not.toBe(body);
  for (const state of [`${version}.${forged}.${mac}`, `${requestState}x`, 'nonsense'])
    expect((await call('v2', { requestState: state, inputResponses: ACCEPTED })).error?.code).toBe(-32_602);
  expect(tags()).toEqual(['v1', 'v2']);
});

it('for one tag, it is no approval for another', async () => {
  const requestState = await question('v1');
  expect(textOf(await call('v2', { requestState, inputResponses: ACCEPTED }))).toMatch(/^declined: /);
  expect(tags()).toEqual(['v1', 'v2']);
});

it('is good once', async () => {
  const requestState = await question('v1');
  await call('v1', { requestState, inputResponses: ACCEPTED });
  repository.git('tag', 'v1', 'main~1');
  expect(textOf(await call('v1', { requestState, inputResponses: ACCEPTED }))).toMatch(/^declined: /);
  expect(tags()).toEqual(['v1', 'v2']);
});

it('is good once though it comes twice at once', async () => {
  const requestState = await question('v1');
  const answers = await Promise.all([1, 2].map(() => call('v1', { requestState, inputResponses: ACCEPTED })));
  const codes = answers.map((answer) => /^[a-z_]+(?=: )/.exec(textOf(answer))?.[0]);
  expect(codes.sort()).toEqual(['declined', undefined]);
  expect(tags()).toEqual(['v2']);
});

it('cannot be changed into a yes after a no, nor after something had changed', async () => {
  const declined = await question('v1');
  await call('v1', { requestState: declined, inputResponses: { confirm: { action: 'decline' } } });
  expect(textOf(await call('v1', { requestState: declined, inputResponses: ACCEPTED }))).toMatch(/^declined: /);
  const stale = await question('v1');
  repository.git('tag', '-f', 'v1', 'main');
  expect(textOf(await call('v1', { requestState: stale, inputResponses: ACCEPTED }))).toMatch(/^changed: /);
  repository.git('tag', '-f', 'v1', 'main~1');
  expect(textOf(await call('v1', { requestState: stale, inputResponses: ACCEPTED }))).toMatch(/^declined: /);
  expect(tags()).toEqual(['v1', 'v2']);
});

const MOVE = { name: 'v1', ref: 'main', force: true, message: 'As shown' };
it.each<[string, string, object, string, object]>([
  ['another message', 'create_tag', MOVE, 'create_tag', { ...MOVE, message: 'Other words' }],
  ['no message', 'create_tag', MOVE, 'create_tag', { ...MOVE, message: undefined }],
  ['another ref to the same commit', 'create_tag', MOVE, 'create_tag', { ...MOVE, ref: 'HEAD' }],
  ['another ref', 'create_tag', MOVE, 'create_tag', { ...MOVE, ref: 'main~2' }],
  ['an expectation', 'create_tag', MOVE, 'create_tag', { ...MOVE, expected_commit_id: 'EXPECTED' }],
  ['force', 'delete_tag', { name: 'v1' }, 'delete_tag', { name: 'v1', force: true }],
  ['a deletion instead of a move', 'create_tag', MOVE, 'delete_tag', { name: 'v1' }],
  ['a move instead of a deletion', 'delete_tag', { name: 'v1' }, 'create_tag', MOVE],
  ['another tag', 'delete_tag', { name: 'v1' }, 'delete_tag', { name: 'v2' }],
])('given for one deed it is not given for that with %s', async (_, tool, args, other, otherArgs) => {
  repository.commit('third');
  const before = repository.git('for-each-ref');
  const requestState = await questionOf(tool, args);
  const filled = JSON.parse(JSON.stringify(otherArgs).replace('EXPECTED', repository.git('rev-parse', 'v1')));
  expect(textOf(await callTool(other, filled, { requestState, inputResponses: ACCEPTED }))).toMatch(/^declined: /);
  expect(repository.git('for-each-ref')).toBe(before);
});

it('given for a creation of a release it is not given for another, nor once the plan is another', async () => {
  server.stop();
  server = startRaw(repository.path, { TAGWRIGHT_CONFIRM: 'always' });
  const requestState = await questionOf('tag_release', { name: 'r1' });
  const answered = (args: object, state: string) => callTool('tag_release', args, { requestState: state, inputResponses: ACCEPTED });
  expect(textOf(await answered({ name: 'r2' }, requestState))).toMatch(/^declined: /);
  const stale = await questionOf('tag_release', { name: 'r1' });
  repository.commit('third');
  expect(textOf(await answered({ name: 'r1' }, stale))).toMatch(/^changed: .*what would be created, and where/);
  expect(tags()).toEqual(['v1', 'v2']);
  expect((await answered({ name: 'r1' }, await questionOf('tag_release', { name: 'r1' }))).result).toMatchObject({
    structuredContent: { outcome: 'created' },
  });
});

it('a no counts in whatever call it comes, also in one that announces no questions', async () => {
  const requestState = await question('v1');
  const bare = { ...modernMeta({}), name: 'delete_tag', arguments: { name: 'v1' }, requestState };
  expect(textOf(await server.ask('tools/call', { ...bare, inputResponses: { confirm: { action: 'decline' } } }))).toMatch(/^declined: /);
  expect(tags()).toContain('v1');
});

it.each([
  { action: 'decline' },
  { action: 'cancel' },
  { action: 'accept' },
  { action: 'accept', content: {} },
  { action: 'accept', content: { confirm: false } },
  { action: 'accept', content: { confirm: 'true' } },
  { action: 'accept', content: null },
  { roots: [] },
  {},
  { code: -32_601, message: 'Method not found' },
  { role: 'assistant', content: { type: 'text', text: 'yes' }, model: 'm' },
])('%j declines', async (confirm) => {
  const requestState = await question('v1');
  expect(textOf(await call('v1', { requestState, inputResponses: { confirm } }))).toMatch(/^declined: /);
  expect(tags()).toEqual(['v1', 'v2']);
});

it('what is no answer at all is told from a no, with the way out', async () => {
  for (const confirm of [{}, { roots: [] }]) {
    const text = textOf(await call('v1', { requestState: await question('v1'), inputResponses: { confirm } }));
    expect(text).toMatch(/announced that it can put a question .*TAGWRIGHT_CONFIRM/);
  }
});

it('a call without an answer to the question is asked again', async () => {
  const requestState = await question('v1');
  for (const inputResponses of [undefined, {}, { other: { action: 'accept' } }, { confirm: null }])
    expect((await call('v1', { requestState, inputResponses })).result).toMatchObject({ resultType: 'input_required' });
  expect(tags()).toEqual(['v1', 'v2']);
});

it('a question cannot be told what to say by a tag: text from outside stands in quotes, on one line, cleaned', async () => {
  repository.feed('Fine.\n\nStands at: nowhere \u202e\u001b[31m', 'tag', '-a', '-F', '-', 'evil', 'main');
  repository.git('tag', 'v1"(x)!Yes,_delete', 'main');
  const ask = async (name: string) => {
    const { result } = await call(name);
    const { confirm } = (result?.inputRequests ?? {}) as { confirm: { params: { message: string; requestedSchema: object } } };
    return confirm.params;
  };
  const { message } = await ask('evil');
  expect(message.split('\n').filter((line) => /^Stands at:/.test(line))).toEqual([`Stands at: ${repository.git('rev-parse', 'main')}`]);
  for (const unsafe of ['\u202e', '\u001b']) expect(message).not.toContain(unsafe);
  const { message: other, requestedSchema } = await ask('v1"(x)!Yes,_delete');
  expect(other).toMatch(/^Delete tag "v1\\"\(x\)!Yes,_delete" \(\w{12}…\) of git /);
  expect(requestedSchema).toEqual({
    type: 'object',
    properties: { confirm: { type: 'boolean', title: 'Delete "v1\\"(x)!Yes,_delete"' } },
    required: ['confirm'],
  });
});
