/** The built server as a process: what goes in, what comes out, how it ends. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type GitRepository, makeRepository } from '../support/git-repository.ts';
import { bareEnvironment, serverPath } from '../support/server.ts';

let repository: GitRepository;
beforeAll(() => {
  repository = makeRepository();
  repository.commit('first');
});
afterAll(() => repository.remove());

interface Message {
  id?: number | string | null;
  result?: Record<string, unknown> & { content?: { text: string }[]; isError?: boolean };
  error?: { code: number; message: string; data?: unknown };
}

const start = (args: string[] = [], env: Record<string, string> = {}) =>
  spawn(process.execPath, [serverPath, ...args], { cwd: repository.path, env: { ...bareEnvironment(), ...env } });

async function ended(
  child: ReturnType<typeof start>,
): Promise<{ messages: Message[]; stderr: string; code: number | null; signal: string | null }> {
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  const messages = stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Message & { jsonrpc: string });
  for (const { jsonrpc } of messages) expect(jsonrpc).toBe('2.0');
  return { messages, stderr, code, signal };
}

const request = (id: number | string, method: string, params: object = {}) => JSON.stringify({ jsonrpc: '2.0', id, method, params });
const initialize = request(0, 'initialize', { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'raw', version: '1' } });
const call = (id: number, name: string, args: object) => request(id, 'tools/call', { name, arguments: args });
const modern = (version = '2026-07-28') => ({
  _meta: {
    'io.modelcontextprotocol/protocolVersion': version,
    'io.modelcontextprotocol/clientInfo': { name: 'raw', version: '1' },
    'io.modelcontextprotocol/clientCapabilities': {},
  },
});

async function pipe(...lines: string[]) {
  const child = start();
  child.stdin.end(`${lines.join('\n')}\n`);
  return ended(child);
}
const answer = (messages: Message[], id: number | string) => messages.find((message) => message.id === id);

describe('standard input ends', () => {
  it('every answer in flight is delivered, then it exits 0', async () => {
    const calls = Array.from({ length: 12 }, (_, index) => call(index + 1, 'create_tag', { name: `v${index}`, ref: 'HEAD' }));
    const { messages, code, stderr } = await pipe(initialize, ...calls);
    expect(messages.map(({ id }) => id).sort((a, b) => Number(a) - Number(b))).toEqual(Array.from({ length: 13 }, (_, index) => index));
    expect(messages.filter(({ result }) => result?.isError)).toEqual([]);
    expect(code).toBe(0);
    expect(stderr).toBe('');
    expect(repository.git('tag', '--list').split('\n')).toHaveLength(12);
  });
  it('a last line without its end is a line', async () => {
    const child = start();
    child.stdin.end(`${initialize}\n${request(1, 'ping')}`);
    expect(answer((await ended(child)).messages, 1)?.result).toEqual({});
  });
  it('without a single line it exits 0', async () => {
    expect(await pipe('')).toMatchObject({ messages: [], code: 0 });
  });
  it('an open subscription is not waited for', async () => {
    const { messages, code } = await pipe(
      request(1, 'server/discover', modern()),
      request(2, 'subscriptions/listen', { ...modern(), notifications: { toolsListChanged: true } }),
      request(3, 'tools/list', modern()),
    );
    expect(answer(messages, 3)?.result).toBeDefined();
    expect(code).toBe(0);
  });
});

describe('both eras of the protocol', () => {
  it('2026-07-28: discover, list and call, each with its version', async () => {
    const { messages } = await pipe(
      request(1, 'server/discover', modern()),
      request(2, 'tools/list', modern()),
      request(3, 'tools/call', { ...modern(), name: 'list_tags', arguments: {} }),
    );
    expect(answer(messages, 1)?.result).toMatchObject({ resultType: 'complete', supportedVersions: ['2026-07-28'] });
    expect(answer(messages, 2)?.result).toMatchObject({ ttlMs: 3_600_000, cacheScope: 'public' });
    expect(answer(messages, 3)?.result).toMatchObject({ structuredContent: { provider: 'git' } });
  });
  it.each(['before', 'after'])('a revision it does not speak is refused %s the connection has settled', async (when) => {
    const settle = when === 'after' ? [request(1, 'tools/list', modern())] : [];
    const { messages } = await pipe(...settle, request(2, 'tools/list', modern('2099-01-01')));
    expect(answer(messages, 2)?.error).toMatchObject({ code: -32_022, data: { supported: ['2026-07-28'], requested: '2099-01-01' } });
  });
});

describe('what it does not understand', () => {
  it('is answered, and the next request as well', async () => {
    const { messages, code } = await pipe(
      initialize,
      'not json',
      '[{"jsonrpc":"2.0","id":1,"method":"ping"}]',
      '{"id":7}',
      `{"jsonrpc":"2.0","id":8,"method":"x","params":{"long":"${'x'.repeat(5_000_000)}"}}`,
      `{"jsonrpc":"2.0","id":10,"method":"tools/call","params":{"name":"get_tag","arguments":{"name":${'['.repeat(50_000)}${']'.repeat(50_000)}}}}`,
      request(9, 'no/such/method'),
      call(11, 'no_such_tool', {}),
      call(12, 'create_tag', { name: 'x', tagName: 'y' }),
      request(13, 'ping'),
    );
    const nameless = messages.filter(({ id }) => id === null).map(({ error }) => error?.code);
    expect(nameless).toEqual([-32_700, -32_600, -32_600]);
    expect(answer(messages, 7)?.error?.code).toBe(-32_600);
    expect(answer(messages, 9)?.error?.code).toBe(-32_601);
    expect(answer(messages, 10)).toBeDefined();
    expect(answer(messages, 11)?.error?.code).toBe(-32_602);
    expect(answer(messages, 12)?.result).toMatchObject({ isError: true });
    expect(answer(messages, 12)?.result?.content?.[0]?.text).toMatch(
      /^invalid_input: .*"tagName".* create_tag takes: name, ref, message, release_notes, force/,
    );
    expect(answer(messages, 13)?.result).toEqual({});
    expect(code).toBe(0);
  });
});

describe('the process ends', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('on %s with 0, while standard input is still open', async (signal) => {
    const child = start();
    child.stdin.write(`${initialize}\n`);
    await once(child.stdout, 'data');
    child.kill(signal);
    expect(await ended(child)).toMatchObject({ code: 0, signal: null });
  });
  it('when the client closes its end of standard output', async () => {
    const child = start();
    child.stdout.destroy();
    child.stdin.write(`${initialize}\n${request(1, 'tools/list')}\n`);
    const [code] = (await once(child, 'exit')) as [number | null];
    expect(code).toBe(0);
  });
});

describe('the command line', () => {
  it('prints its version and its help', async () => {
    const child = start(['--version']);
    expect(String((await once(child.stdout, 'data'))[0])).toMatch(/^\d+\.\d+\.\d+\n$/);
    const help = start(['--help']);
    expect(String((await once(help.stdout, 'data'))[0])).toContain('--git-root');
  });
  it.each([[['--no-such-flag']], [['no-such-command']]])('%j is refused with exit code 2', async (args) => {
    const { code, stderr, messages } = await ended(start(args));
    expect({ code, messages }).toEqual({ code: 2, messages: [] });
    expect(stderr).toContain('--help');
  });
  it('--git-root names the directories it may work in', async () => {
    for (const [root, refusal] of [
      ['/', undefined],
      ['/usr', /^policy_denied: /],
      ['/nonexistent', /^not_configured: .*\/nonexistent" does not exist/],
    ] as const) {
      const child = start(['--git-root', root]);
      // Named, since a clone anywhere below the root may bring its remotes in.
      child.stdin.end(`${initialize}\n${call(1, 'list_tags', { provider: 'git', repository: repository.path })}\n`);
      const { messages } = await ended(child);
      const text = answer(messages, 1)?.result?.content?.[0]?.text;
      if (refusal) expect(text).toMatch(refusal);
      else expect(JSON.parse(text ?? '')).toHaveProperty('tags');
    }
  });
  it('a wrong setting is told on stderr, and the server starts all the same', async () => {
    const child = start([], { TAGWRIGHT_TIMEOUT_MS: 'soon', TAGWRIGHT_PROVIDERS: 'git,nosuch' });
    child.stdin.end(`${initialize}\n`);
    const { messages, stderr } = await ended(child);
    expect(answer(messages, 0)?.result).toBeDefined();
    expect(stderr).toMatch(/TAGWRIGHT_TIMEOUT_MS/);
    expect(stderr).toMatch(/nosuch/);
  });
});
