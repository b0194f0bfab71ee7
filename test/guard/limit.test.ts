import { expect, it } from 'vitest';
import { createGate, withLimit } from '../../src/guard/limit.ts';
import { createMemory } from '../support/memory-provider.ts';
import { codeOf, quietCall } from '../support/target.ts';

const turn = () => new Promise((wake) => setImmediate(wake));

it('so many run at once, the others in the order they came', async () => {
  const gate = createGate(3);
  const started: number[] = [];
  const finish: (() => void)[] = [];
  const calls = Array.from({ length: 10 }, (_, index) =>
    gate.pass(quietCall(), () => {
      started.push(index);
      return new Promise<number>((resolve) => finish.push(() => resolve(index)));
    }),
  );
  await turn();
  expect(started).toEqual([0, 1, 2]);
  for (let count = 3; count <= 10; count += 1) {
    finish.shift()?.();
    await turn();
    expect(started).toHaveLength(Math.min(10, count + 1));
  }
  for (const end of finish) end();
  expect(await Promise.all(calls)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(started).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

it('a failure frees its place', async () => {
  const gate = createGate(1);
  await expect(gate.pass(quietCall(), () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await gate.pass(quietCall(), async () => 'next')).toBe('next');
});

it('a call that is given up while it waits leaves the queue', async () => {
  const gate = createGate(1);
  let release = () => {};
  const first = gate.pass(
    quietCall(),
    () =>
      new Promise<void>((resolve) => {
        release = resolve;
      }),
  );
  const controller = new AbortController();
  const second = codeOf(gate.pass(quietCall(controller.signal), async () => 'second'));
  const third = gate.pass(quietCall(), async () => 'third');
  controller.abort();
  expect(await second).toBe('cancelled');
  release();
  await first;
  expect(await third).toBe('third');
  expect(await codeOf(gate.pass(quietCall(AbortSignal.abort()), async () => 'never'))).toBe('cancelled');
});

const METHODS = ['locate', 'canonical', 'resolve', 'get', 'list', 'compare', 'create', 'move', 'delete', 'check'] as const;
it.each(METHODS)('%s of a provider waits for its place', async (method) => {
  const started: string[] = [];
  const finish: (() => void)[] = [];
  const slow = (name: string) => () => {
    started.push(name);
    return new Promise<void>((resolve) => finish.push(resolve));
  };
  const bare = Object.fromEntries(METHODS.map((name) => [name, slow(name)]));
  const provider = withLimit({ ...createMemory().provider, ...bare }, 1);
  const first = provider.get('r', 'v1', quietCall());
  const act = provider[method] as (...args: unknown[]) => Promise<unknown>;
  const second = act(...Array(act.length - 1).fill('x'), quietCall());
  await turn();
  expect(started).toEqual(['get']);
  finish.shift()?.();
  await first;
  await turn();
  expect(started).toEqual(['get', method]);
  finish.shift()?.();
  await second;
});

it('admission waits for its place as well, where the system has one', async () => {
  const { provider } = createMemory();
  expect(withLimit(provider, 1)).not.toHaveProperty('admit');
  const asked: string[] = [];
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const admit = async (repository: string, name: string) => void asked.push(`${repository} ${name}`);
  const limited = withLimit({ ...provider, get: () => held.then(() => ({ name: 'v1' })), admit }, 1);
  const first = limited.get('r', 'v1', quietCall());
  const second = limited.admit?.('r', 'v2', quietCall());
  await turn();
  expect(asked).toEqual([]);
  release();
  await Promise.all([first, second]);
  expect(asked).toEqual(['r v2']);
});
