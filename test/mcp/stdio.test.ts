import { PassThrough } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import type { JSONRPCMessage } from '@modelcontextprotocol/server';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createStdio, type Stdio } from '../../src/mcp/stdio.ts';

const REVISION = '2026-07-28';
type Json = Record<string, unknown>;

let open: Stdio | undefined;
afterEach(() => open?.close());

/** A transport over streams of memory. `answer` stands for the server behind it. */
async function connect({ drainMs = 1_000, answer = (_: Json) => {} }: { drainMs?: number; answer?: (message: Json) => void } = {}) {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const closed = vi.fn();
  const transport = createStdio({ input, output, revisions: [REVISION], drainMs, closed });
  open = transport;
  const heard: Json[] = [];
  transport.onmessage = (message) => {
    heard.push(message as Json);
    answer(message as Json);
  };
  transport.onerror = vi.fn();
  let text = '';
  output.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  await transport.start();
  return {
    transport,
    input,
    output,
    heard,
    closed,
    send: (...messages: unknown[]) => input.write(messages.map((one) => `${JSON.stringify(one)}\n`).join('')),
    reply: (id: string | number) => transport.send({ jsonrpc: '2.0', id, result: {} }),
    said: (): Json[] =>
      text
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line)),
  };
}

const request = (id: string | number, more: Json = {}) => ({ jsonrpc: '2.0', id, method: 'ping', ...more });
const claiming = (version: unknown) => ({ params: { _meta: { 'io.modelcontextprotocol/protocolVersion': version } } });
const refusal = (id: unknown, code: number, message: unknown = expect.any(String)) => ({ jsonrpc: '2.0', id, error: { code, message } });

describe('what comes in', () => {
  it('is handed on, requests, notifications and answers alike', async () => {
    const { send, heard, said } = await connect();
    const messages = [request(1), { jsonrpc: '2.0', method: 'notifications/initialized' }, { jsonrpc: '2.0', id: 's1', result: {} }];
    send(...messages);
    await vi.waitFor(() => expect(heard).toEqual(messages));
    expect(said()).toEqual([]);
  });

  it.each([
    ['{"jsonrpc":', refusal(null, -32_700, 'The line is not JSON')],
    ['[]', refusal(null, -32_600, 'Batches are not supported')],
    [JSON.stringify([request(1), request(2)]), refusal(null, -32_600, 'Batches are not supported')],
    ['{"id":7,"method":"ping"}', refusal(7, -32_600)],
    ['{"jsonrpc":"1.0","id":"x","method":"ping"}', refusal('x', -32_600)],
    ['{"jsonrpc":"2.0","id":{},"method":"ping"}', refusal(null, -32_600)],
    ['null', refusal(null, -32_600)],
    ['7', refusal(null, -32_600)],
  ])('that is not a message is refused, and the next is answered: %s', async (line, expected) => {
    const { input, send, heard, said } = await connect();
    input.write(`${line}\n`);
    send(request('next'));
    await vi.waitFor(() => expect([heard, said()]).toEqual([[request('next')], [expected]]));
  });

  it('null for what is left out counts as left out', async () => {
    const { send, heard, said } = await connect();
    send(
      request(1, { params: null }),
      request(2, { method: 'tools/list', params: { _meta: null, cursor: null } }),
      request(3, { method: 'tools/call', params: { name: 'get_tag', arguments: null } }),
      request(4, { method: 'tools/call', params: { name: 'get_tag', arguments: { name: null } } }),
      request(5, {
        method: 'initialize',
        params: { capabilities: { roots: null, sampling: { tools: null } }, clientInfo: { title: null } },
      }),
      { jsonrpc: '2.0', method: 'notifications/initialized', params: null },
    );
    await vi.waitFor(() => expect(heard).toHaveLength(6));
    expect(heard.map(({ params }) => params)).toEqual([
      undefined,
      {},
      { name: 'get_tag' },
      { name: 'get_tag', arguments: { name: null } }, // the tool's own affair
      { capabilities: { sampling: {} }, clientInfo: {} },
      undefined,
    ]);
    expect(said()).toEqual([]);
  });

  it.each([{ params: 7 }, { params: [] }, { params: 'all' }, { jsonrpc: '1.0' }, { jsonrpc: undefined }])(
    'a notification that cannot be read (%j) is left out and never answered',
    async (odd) => {
      const { send, heard, said, transport } = await connect();
      send({ jsonrpc: '2.0', method: 'notifications/initialized', ...odd }, request(1));
      await vi.waitFor(() => expect(heard.at(-1)).toEqual(request(1)));
      expect(said()).toEqual([]);
      if (heard.length === 1) expect(transport.onerror).toHaveBeenCalled();
    },
  );

  it.each([{ result: null }, {}, { result: 7 }, { error: null }])(
    'an answer that says nothing (%j) is told to whoever waits, and never answered',
    async (rest) => {
      const { send, heard, said, transport } = await connect();
      void transport.send({ jsonrpc: '2.0', id: 's1', method: 'elicitation/create', params: {} });
      send({ jsonrpc: '2.0', id: 's1', ...rest });
      await vi.waitFor(() => expect(heard).toHaveLength(1));
      expect(heard[0]).toMatchObject({ id: 's1', error: { message: 'The client answered with nothing' } });
      await vi.waitFor(() => expect(said()).toMatchObject([{ id: 's1', method: 'elicitation/create' }]));
    },
  );

  it('longer than 4 MiB is passed over, told once, and the next is answered', async () => {
    const { input, send, heard, said } = await connect();
    for (let mebibyte = 0; mebibyte < 6; mebibyte += 1) input.write(Buffer.alloc(1024 * 1024, 'x'));
    input.write('\n');
    send(request('next'));
    const expected = refusal(null, -32_600, 'The message is longer than 4194304 bytes');
    await vi.waitFor(() => expect([heard, said()]).toEqual([[request('next')], [expected]]));
  });

  it('with the id of a request still open is refused; once that is answered the id is free', async () => {
    const { send, reply, heard, said } = await connect();
    send(request(1), request(1), request('1'));
    await vi.waitFor(() => expect(said()).toEqual([refusal(1, -32_600, 'A request with this id is still open')]));
    expect(heard).toEqual([request(1), request('1')]);
    await reply(1);
    send(request(1));
    await vi.waitFor(() => expect(heard).toHaveLength(3));
  });

  it('claiming a revision that is not spoken is -32022 with those that are', async () => {
    const { send, heard, said } = await connect();
    send(
      request(1, claiming('2099-01-01')),
      request(2, claiming(REVISION)),
      request(3, claiming(7)),
      request(4, { params: { _meta: {} } }),
    );
    const error = { code: -32_022, message: expect.any(String), data: { supported: [REVISION], requested: '2099-01-01' } };
    await vi.waitFor(() => expect(said()).toEqual([{ jsonrpc: '2.0', id: 1, error }]));
    expect(heard.map(({ id }) => id)).toEqual([2, 3, 4]);
  });

  it('beyond a thousand open requests is refused', async () => {
    const { send, heard, said } = await connect();
    send(...Array.from({ length: 1_001 }, (_, id) => request(id, { method: 'tools/list' })));
    await vi.waitFor(() => expect(said()).toEqual([refusal(1_000, -32_000)]));
    expect(heard).toHaveLength(1_000);
  });

  it('but a ping is let through, however many are open', async () => {
    const { send, heard, said } = await connect();
    const others = Array.from({ length: 1_000 }, (_, id) => request(id, { method: 'tools/list' }));
    send(...others, request('are you there'), request('and another', { method: 'tools/list' }));
    await vi.waitFor(() => expect(said()).toEqual([refusal('and another', -32_000)]));
    expect(heard.at(-1)).toMatchObject({ id: 'are you there', method: 'ping' });
  });
});

describe('what goes out', () => {
  it('in one turn leaves in one write, in order', async () => {
    const { send, reply, heard, output, said } = await connect();
    const uncork = vi.spyOn(output, 'uncork');
    send(request(1), request(2), request(3));
    await vi.waitFor(() => expect(heard).toHaveLength(3));
    const sent = Promise.all([2, 1, 3].map(reply));
    expect(said()).toEqual([]);
    await sent;
    expect(said().map(({ id }) => id)).toEqual([2, 1, 3]);
    expect(uncork).toHaveBeenCalledTimes(1);
  });
});

describe('the end of input', () => {
  it('closes at once where nothing is open, and once', async () => {
    const { input, closed, transport } = await connect({ drainMs: 60_000 });
    transport.onclose = vi.fn();
    input.end();
    await vi.waitFor(() => expect(closed).toHaveBeenCalledTimes(1));
    await transport.close();
    expect(closed).toHaveBeenCalledTimes(1);
    expect(transport.onclose).toHaveBeenCalledTimes(1);
  });

  it('waits for the answers in flight, and delivers them', async () => {
    const { input, send, reply, said, closed, heard } = await connect();
    send(request(1), request(2));
    input.end();
    await vi.waitFor(() => expect(heard).toHaveLength(2));
    await wait(20);
    await reply(2);
    await wait(20);
    expect(closed).not.toHaveBeenCalled();
    await reply(1);
    await vi.waitFor(() => expect(closed).toHaveBeenCalled());
    expect(said().map(({ id }) => id)).toEqual([2, 1]);
  });

  it('waits until the client has read the answers', async () => {
    const { input, output, send, transport, closed, heard } = await connect();
    output.pause();
    send(request(1));
    await vi.waitFor(() => expect(heard).toHaveLength(1));
    input.end();
    void transport.send({ jsonrpc: '2.0', id: 1, result: { long: 'x'.repeat(200_000) } });
    void transport.send({ jsonrpc: '2.0', method: 'notifications/message', params: {} } as JSONRPCMessage);
    await wait(30);
    expect(closed).not.toHaveBeenCalled();
    output.resume();
    await vi.waitFor(() => expect(closed).toHaveBeenCalled());
  });

  it('waits for nobody who has cancelled, nor for a subscription', async () => {
    const { input, send, closed } = await connect({ drainMs: 60_000 });
    send(request(1), request(2, { method: 'subscriptions/listen' }));
    send({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } });
    input.end();
    await vi.waitFor(() => expect(closed).toHaveBeenCalled());
  });

  it('waits no longer than it is told', async () => {
    const { input, send, heard, closed } = await connect({ drainMs: 40 });
    send(request(1));
    await vi.waitFor(() => expect(heard).toHaveLength(1));
    const before = performance.now();
    input.end();
    await vi.waitFor(() => expect(closed).toHaveBeenCalled());
    expect(performance.now() - before).toBeGreaterThanOrEqual(35);
  });

  it('counts for a stream that is destroyed, too', async () => {
    const { input, closed } = await connect();
    input.destroy();
    await vi.waitFor(() => expect(closed).toHaveBeenCalled());
  });

  it('answers our own requests with an error: those waiting, and those that still come', async () => {
    const { input, send, transport, heard, reply } = await connect();
    send(request(1));
    await transport.send({ jsonrpc: '2.0', id: 's1', method: 'elicitation/create' });
    await transport.send({ jsonrpc: '2.0', id: 's2', method: 'elicitation/create' });
    send({ jsonrpc: '2.0', id: 's1', result: {} });
    await vi.waitFor(() => expect(heard).toHaveLength(2));
    input.end();
    await vi.waitFor(() => expect(heard.slice(2)).toEqual([refusal('s2', -32_000, 'The client has closed its end')]));
    await transport.send({ jsonrpc: '2.0', id: 's3', method: 'elicitation/create' });
    await vi.waitFor(() => expect(heard.at(-1)).toEqual(refusal('s3', -32_000)));
    await reply(1);
  });

  it('may be declared: after drain nothing more is read', async () => {
    const { send, transport, heard, reply, closed } = await connect({ drainMs: 60_000 });
    send(request(1));
    await vi.waitFor(() => expect(heard).toHaveLength(1));
    transport.drain(60_000);
    send(request(2));
    await wait(20);
    expect(heard).toHaveLength(1);
    await reply(1);
    await vi.waitFor(() => expect(closed).toHaveBeenCalled());
  });
});

describe('a broken pipe', () => {
  it.each(['output', 'input'] as const)('of the %s closes, is told, and nothing is written after it', async (name) => {
    const streams = await connect();
    const [broken] = [streams[name]];
    broken.destroy(new Error('EPIPE'));
    await vi.waitFor(() => expect(streams.closed).toHaveBeenCalledTimes(1));
    expect(streams.transport.onerror).toHaveBeenCalledWith(expect.objectContaining({ message: 'EPIPE' }));
    await streams.reply(1);
    expect(streams.said()).toEqual([]);
    expect(streams.input.listenerCount('data')).toBe(0);
  });
});
