/** A system's own secrets, taken out of its errors, and out of nothing else. */
import { expect, it } from 'vitest';
import { redactor } from '../../src/config/redact.ts';
import { type ErrorCode, TagError } from '../../src/core/errors.ts';
import type { Losing } from '../../src/core/provider.ts';
import { ours, told } from '../../src/core/told.ts';
import { withRedaction } from '../../src/guard/redaction.ts';
import { createMemory, type Step } from '../support/memory-provider.ts';
import { failureOf } from '../support/target.ts';

const call = { signal: new AbortController().signal, progress() {} };
const redact = redactor(['created', 'hunter2-token', 'There is no', 'tag_not_found', 'rejected']);
const FAULT = new TagError('rejected', told`There is no ${ours('created')}, only ${'hunter2-token'} and ${'There is no such'}.`, {
  hint: told`rejected: ask for ${'created'}`,
  upstream: { status: 422, text: 'created hunter2%2dtoken', request_id: 'hunter2-token' },
  inDoubt: true,
  cause: 'kept',
});
const draft = { name: 'v1', ref: 'main' };
const query = { order_by: 'name', sort: 'asc', limit: 1 } as const;

it.each<[Step, (provider: ReturnType<typeof withRedaction>) => Promise<unknown>]>([
  ['get', (provider) => provider.get('app', 'v1', call)],
  ['list', (provider) => provider.list('app', query, call)],
  ['resolve', (provider) => provider.resolve('app', 'main', call)],
  ['create', (provider) => provider.create('app', draft, call)],
  ['move', (provider) => provider.move('app', draft, { name: 'v1' }, call)],
  ['delete', (provider) => provider.delete('app', { name: 'v1' }, false, call)],
])('%s: what is foreign in an error is redacted, words of ours and all else stay', async (step, act) => {
  const memory = createMemory();
  memory.fail(step, { error: FAULT });
  const error = await failureOf(act(withRedaction(memory.provider, redact)));
  expect(error.message).toBe('There is no created, only "[secret]" and "[secret] such".');
  expect(error).toMatchObject({
    code: 'rejected' satisfies ErrorCode,
    hint: 'rejected: ask for "[secret]"',
    upstream: { status: 422, text: '[secret] [secret]' },
    inDoubt: true,
    cause: 'kept',
  });
  expect(error.upstream?.request_id).toBeUndefined();
});

it('what answers at once is heard as well, and so is what is no error of ours', async () => {
  const memory = createMemory();
  const refuseLoss = ({ name }: Losing) => {
    throw new TagError('protected', told`${name} is protected by ${'hunter2-token'}.`);
  };
  const quiet = withRedaction({ ...memory.provider, refuseLoss, access: () => Promise.reject(new Error('hunter2-token')) }, redact);
  expect(() => quiet.refuseLoss?.({ action: 'delete', name: 'v1', force: false })).toThrow('"v1" is protected by "[secret]".');
  await expect(quiet.access?.('app', call)).rejects.toThrow('Error: [secret]');
});

it('tags pass as they are: what is read must be what is deleted', async () => {
  const memory = createMemory();
  const quiet = withRedaction(memory.provider, redact);
  const made = await quiet.create('app', { ...draft, message: 'created by hunter2-token' }, call);
  expect(await quiet.get('app', 'v1', call)).toBe(made);
  expect(made.message).toBe('created by hunter2-token');
  await quiet.delete('app', made, false, call);
  expect(memory.tags.size).toBe(0);
});
