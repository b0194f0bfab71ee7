/**
 * The transport: JSON-RPC, one message a line. Over what the SDK's own transport does, it delivers the answers still in flight
 * when the input ends, and answers what it does not speak instead of dropping it or the connection.
 */
import type { Readable, Writable } from 'node:stream';
import {
  type JSONRPCMessage,
  type JSONRPCRequest,
  parseJSONRPCMessage,
  type RequestId,
  type Transport,
  UnsupportedProtocolVersionError,
} from '@modelcontextprotocol/server';
import { lineSplitter } from './lines.ts';
import { answerIdOf, claimedVersion, idOf, isNotification, nothing, withoutNulls } from './message.ts';

export interface StdioOptions {
  readonly input: Readable;
  readonly output: Writable;
  /** Revisions whose requests name their version one by one. */
  readonly revisions: readonly string[];
  /** How long answers may still take once the input has ended, in milliseconds. */
  readonly drainMs: number;
  /** Called once the connection is closed, for whatever reason. */
  closed(): void;
}

export interface Stdio extends Transport {
  /** No further input is read; closes when the answers in flight are out, or after `withinMs`. */
  drain(withinMs: number): void;
}

const END_OF_LINE = Buffer.from('\n');
const LONGEST_LINE = 4 * 1024 * 1024;
const MOST_OPEN = 1_000;
const MOST_UNREAD = 1024 * 1024;
const [PARSE_ERROR, INVALID_REQUEST, BUSY, CLOSED] = [-32_700, -32_600, -32_000, -32_000];

export function createStdio({ input, output, revisions, drainMs, closed: onClosed }: StdioOptions): Stdio {
  /** Requests of the client not yet answered, and ours to the client. */
  const open = new Set<RequestId>();
  const asked = new Set<RequestId>();
  let ending = false;
  let closed = false;

  const lines = lineSplitter(LONGEST_LINE, receive, () =>
    refuse(null, INVALID_REQUEST, `The message is longer than ${LONGEST_LINE} bytes`),
  );
  const onData = (chunk: Buffer) => lines(chunk);
  const onEnd = () => {
    lines(END_OF_LINE); // the last line may lack its own
    transport.drain(drainMs);
  };
  const onError = (error: Error) => {
    transport.onerror?.(error);
    void transport.close();
  };

  const transport: Stdio = {
    async start() {
      input.on('data', onData).once('end', onEnd).once('close', onEnd).on('error', onError);
      output.on('error', onError);
    },
    send(message) {
      if ('method' in message) {
        if ('id' in message) ask(message.id);
        return write(message);
      }
      const isAwaited = message.id !== undefined && open.delete(message.id);
      return write(message, isAwaited && open.size === 0);
    },
    async close() {
      if (closed) return;
      closed = true;
      // A listener left on stdin would keep the process alive behind a closed pipe.
      input.off('data', onData).off('end', onEnd).off('close', onEnd).pause();
      output.uncork();
      transport.onclose?.();
      onClosed();
    },
    drain(withinMs) {
      // Asked for again, it may be sooner.
      setTimeout(() => void transport.close(), withinMs).unref();
      if (ending) return;
      ending = true;
      input.off('data', onData).pause();
      for (const id of asked) unanswerable(id);
      closeWhenDone();
    },
  };
  return transport;

  /** `isLast`: it answers the only request that was open. */
  function write(message: JSONRPCMessage | object, isLast = false): Promise<void> {
    if (closed) return Promise.resolve();
    return new Promise((resolve) => {
      // Nothing more is read while the client does not read: what is owed stays bounded.
      if (output.writableLength > MOST_UNREAD && !ending) input.pause();
      // What is said in one turn leaves in one system call; behind the last answer nothing else is to be expected.
      if (!isLast && output.writableCorked === 0) {
        output.cork();
        setImmediate(() => output.uncork());
      }
      // A failed write is told by the stream's error event, which closes the transport.
      output.write(`${JSON.stringify(message)}\n`, () => {
        if (output.writableLength <= MOST_UNREAD && !ending && !closed) input.resume();
        closeWhenDone();
        resolve();
      });
    });
  }

  function refuse(id: RequestId | null, code: number, message: string, data?: unknown): void {
    void write({ jsonrpc: '2.0', id, error: { code, message, ...(data !== undefined && { data }) } });
  }

  function receive(line: string): void {
    let message: JSONRPCMessage;
    let json: unknown;
    try {
      json = withoutNulls(JSON.parse(line));
    } catch {
      return refuse(null, PARSE_ERROR, 'The line is not JSON');
    }
    try {
      message = parseJSONRPCMessage(json);
    } catch {
      return leaveOut(json);
    }
    if ('method' in message && 'id' in message) return admit(message);
    if (!('method' in message)) {
      if (message.id !== undefined) asked.delete(message.id);
    } else if (message.method === 'notifications/cancelled') settleCancelled(message.params);
    deliver(message);
  }

  /** What is no message. Neither a notification nor an answer is ever answered. */
  function leaveOut(json: unknown): void {
    if (isNotification(json)) return transport.onerror?.(new Error('a notification that could not be read was left out'));
    const answered = answerIdOf(json);
    if (answered !== null && asked.delete(answered)) return deliver(nothing(answered));
    const what = Array.isArray(json) ? 'Batches are not supported' : 'The line is not a JSON-RPC 2.0 message';
    refuse(idOf(json), INVALID_REQUEST, what);
  }

  function admit(message: JSONRPCRequest): void {
    const { id, method, params } = message;
    const requested = claimedVersion(params);
    if (requested !== undefined && !revisions.includes(requested)) {
      const error = new UnsupportedProtocolVersionError({ supported: [...revisions], requested });
      return refuse(id, error.code, error.message, error.data);
    }
    if (open.has(id)) return refuse(id, INVALID_REQUEST, 'A request with this id is still open');
    // Whoever asks whether anybody is there is answered at once, and is owed nothing for long.
    if (open.size >= MOST_OPEN && method !== 'ping') return refuse(id, BUSY, `More than ${MOST_OPEN} requests are open; wait for answers`);
    // A subscription stays open for as long as the connection does: nothing is owed at its end.
    if (method !== 'subscriptions/listen') open.add(id);
    deliver(message);
  }

  function deliver(message: JSONRPCMessage): void {
    transport.onmessage?.(message);
  }

  function settleCancelled(params: unknown): void {
    const { requestId } = (params ?? {}) as { requestId?: RequestId };
    if (requestId !== undefined) open.delete(requestId);
    closeWhenDone();
  }

  function ask(id: RequestId): void {
    asked.add(id);
    if (ending) unanswerable(id);
  }

  /** Nobody is left to answer: whoever waits must hear it. */
  function unanswerable(id: RequestId): void {
    setImmediate(() => deliver({ jsonrpc: '2.0', id, error: { code: CLOSED, message: 'The client has closed its end' } }));
  }

  function closeWhenDone(): void {
    if (ending && open.size === 0 && output.writableLength === 0) setImmediate(() => void transport.close());
  }
}
