/** The ground all sandboxes stand on: HTTP on loopback, a log of what arrived, a queue of faults. Imports nothing from src. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request as it arrived. `path` is the raw path, still percent-encoded. */
export interface Seen {
  method: string;
  path: string;
  query: URLSearchParams;
  rawQuery: string;
  headers: Readonly<Record<string, string | undefined>>;
  body: string;
  /** The client went away before the answer was complete. */
  aborted: boolean;
}

export interface Answer {
  status: number;
  headers?: Record<string, string>;
  /** A string goes out as it is, anything else as JSON. */
  body?: unknown;
}

/**
 * What goes wrong with one request. `status`, `reset`, `hang`, `html`, `redirect` leave the state untouched;
 * `truncate`, `huge`, `delay` and everything with `-after` apply the request first, `slow` so long after it came, whoever has left.
 */
export type Fault =
  | { kind: 'status'; status: number; body?: unknown; headers?: Record<string, string> }
  | { kind: 'reset' | 'reset-after' | 'hang' | 'hang-after' | 'html' | 'truncate' }
  | { kind: 'delay' | 'slow'; ms: number }
  | { kind: 'huge'; bytes: number }
  | { kind: 'redirect'; to: string; status?: number };

/** Which requests a fault is for; `times` defaults to 1. */
export interface Match {
  method?: string;
  path?: RegExp;
  /** Of the text of its body; an empty one where it has none. */
  body?: RegExp;
  times?: number;
  /** Lets so many of them pass first. */
  after?: number;
  /** It is over so long after its first request. */
  forMs?: number;
}

export interface Sandbox {
  url: string;
  seen: Seen[];
  /** Requests that matched no route: a test that finds one here has found a bug in the client. */
  unknown: string[];
  /** Every answer waits this long; changed at will. */
  latencyMs: number;
  /** What a gateway in front makes of the headers of an answer. */
  gateway(headers: Record<string, string>): Record<string, string>;
  fault(fault: Fault, match?: Match): void;
  /** Forgets the log and the faults, never the state. */
  reset(): void;
  close(): Promise<void>;
}

export const isMatch = (match: Match, { method, path, body }: Seen): boolean =>
  (match.method ?? method) === method && match.path?.test(path) !== false && match.body?.test(body) !== false;

/** A route answers, or returns undefined when it does not know the request. */
export type Handle = (request: Seen) => Answer | undefined;

const JSON_TYPE = { 'content-type': 'application/json' };
const SIGN_IN = '<!DOCTYPE html><html><head><title>Sign in</title></head><body><form action="/login"></form></body></html>';

const read = async (incoming: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
};

function send(response: ServerResponse, answer: Answer): void {
  const text = answer.body === undefined ? '' : typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body);
  const type = typeof answer.body === 'string' ? { 'content-type': 'text/plain' } : JSON_TYPE;
  response.writeHead(answer.status, { ...(text ? type : {}), ...answer.headers, 'content-length': String(Buffer.byteLength(text)) });
  response.end(text);
}

function misbehave(fault: Fault, response: ServerResponse, apply: () => Answer): void {
  switch (fault.kind) {
    case 'status':
      send(response, {
        status: fault.status,
        ...(fault.headers ? { headers: fault.headers } : {}),
        body: fault.body ?? { message: 'sandbox fault' },
      });
      return;
    case 'html':
      send(response, { status: 200, headers: { 'content-type': 'text/html' }, body: SIGN_IN });
      return;
    case 'redirect':
      send(response, { status: fault.status ?? 302, headers: { location: fault.to }, body: 'moved' });
      return;
    case 'hang':
      return;
    case 'hang-after':
      apply();
      return;
    case 'reset':
      response.destroy();
      return;
    case 'reset-after':
      apply();
      response.destroy();
      return;
    case 'truncate': {
      const { status, body } = apply();
      const text = JSON.stringify(body ?? { cut: 'short' });
      response.writeHead(status === 204 ? 200 : status, { ...JSON_TYPE, 'content-length': String(text.length) });
      response.write(text.slice(0, Math.floor(text.length / 2)), () => response.destroy());
      return;
    }
    case 'huge': {
      const { status } = apply();
      response.writeHead(status === 204 ? 200 : status, JSON_TYPE);
      const block = Buffer.alloc(65_536, 'x');
      let left = fault.bytes;
      const pour = () => {
        while (left > 0 && !response.destroyed) {
          left -= block.length;
          if (!response.write(block)) return void response.once('drain', pour);
        }
        response.end();
      };
      pour();
      return;
    }
    case 'delay': {
      const answer = apply();
      setTimeout(() => !response.destroyed && send(response, answer), fault.ms);
      return;
    }
    case 'slow':
      setTimeout(() => {
        const answer = apply();
        if (!response.destroyed) send(response, answer);
      }, fault.ms);
  }
}

export async function startSandbox(handle: Handle): Promise<Sandbox> {
  const faults: { fault: Fault; match: Match; passing: number; left: number; end?: number }[] = [];
  const sandbox: Sandbox = {
    url: '',
    seen: [],
    unknown: [],
    latencyMs: 0,
    gateway: (headers) => headers,
    fault: (fault, match = {}) => void faults.push({ fault, match, passing: match.after ?? 0, left: match.times ?? 1 }),
    reset: () => {
      faults.length = 0;
      sandbox.seen.length = 0;
      sandbox.unknown.length = 0;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };

  const takeFault = (request: Seen): Fault | undefined => {
    for (const one of faults) {
      const { match } = one;
      if (one.left <= 0 || !isMatch(match, request)) continue;
      one.passing -= 1;
      if (one.passing >= 0) continue;
      if (match.forMs !== undefined) one.end ??= performance.now() + match.forMs;
      if (one.end !== undefined && performance.now() >= one.end) continue;
      one.left -= 1;
      return one.fault;
    }
    return undefined;
  };

  const server = createServer(async (incoming, response) => {
    const [path = '/', rawQuery = ''] = (incoming.url ?? '/').split(/\?(.*)/s);
    const request: Seen = {
      method: incoming.method ?? 'GET',
      path,
      rawQuery,
      query: new URLSearchParams(rawQuery),
      headers: incoming.headers as Record<string, string>,
      body: '',
      aborted: false,
    };
    sandbox.seen.push(request);
    response.on('close', () => {
      request.aborted = !response.writableFinished;
    });
    try {
      request.body = await read(incoming);
    } catch {
      return; // the client hung up while still sending
    }
    const apply = (): Answer => {
      const answer = handle(request);
      if (answer) return { ...answer, headers: sandbox.gateway(answer.headers ?? {}) };
      sandbox.unknown.push(`${request.method} ${incoming.url}`);
      return { status: 501, body: { message: 'no such route in the sandbox' } };
    };
    if (sandbox.latencyMs > 0) await new Promise((wake) => setTimeout(wake, sandbox.latencyMs));
    const fault = takeFault(request);
    if (fault) misbehave(fault, response, apply);
    else send(response, apply());
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  sandbox.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return sandbox;
}
