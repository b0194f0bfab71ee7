/** What goes to the operator, and to whoever waits for a release: one clean line each, without a secret. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { makeRepository, temporaryDirectory } from '../support/git-repository.ts';
import { initialize, startRaw } from '../support/raw-server.ts';
import { bareEnvironment, serverPath } from '../support/server.ts';

const SECRET = 'glpat-0123456789abcdef';
const UNSAFE = ['\u001b', '\u202e', '\n', '\r'];

it('the last words of a crash', async () => {
  const message = `Cannot \u001b[31mread\u202e ${SECRET.replace('-', '%2d')}\nat line two`;
  const thrower = `data:text/javascript,${encodeURIComponent(`process.once('SIGUSR2', () => { throw new Error(${JSON.stringify(message)}) })`)}`;
  const child = spawn(process.execPath, ['--import', thrower, serverPath], {
    cwd: temporaryDirectory(),
    env: { ...bareEnvironment(), GITLAB_TOKEN: SECRET },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let told = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    told += text;
  });
  child.stdin.write('{"jsonrpc":"2.0","id":1,"method":"ping"}\n');
  await once(child.stdout, 'data');
  child.kill('SIGUSR2');
  const [code] = await once(child, 'close');
  expect({ code, told }).toEqual({
    code: 1,
    told: 'tagwright: error: stopped by an unexpected error: Cannot \ufffdread\ufffd [secret] at line two\n',
  });
});

it('progress, of a repository whose path is hostile and holds a secret', async () => {
  const path = join(temporaryDirectory(), `\u001b[31m\u202e${SECRET}\n${'long '.repeat(40)}`);
  mkdirSync(path);
  const repository = makeRepository({ path });
  repository.commit('first');
  const server = startRaw(path, { GITLAB_TOKEN: SECRET });
  onTestFinished(() => {
    server.stop();
    repository.remove();
  });
  await initialize(server);
  await server.ask('tools/call', {
    _meta: { progressToken: 'p' },
    name: 'tag_release',
    arguments: { name: 'v1', targets: [{ provider: 'git', ref: 'main' }] },
  });
  const lines = server.messages.flatMap(({ method, params }) => (method === 'notifications/progress' ? [String(params?.message)] : []));
  expect(lines.length).toBeGreaterThan(0);
  for (const line of lines) {
    expect(line).toContain('[secret]');
    expect(UNSAFE.filter((character) => line.includes(character))).toEqual([]);
    expect(line.length).toBeLessThanOrEqual(200);
  }
});
