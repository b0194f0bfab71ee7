/** What goes wrong on the way to a git host, and there: told by its own code, with the host's words. */
import { chmodSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { codeOf, failureOf, quietCall, toolsOn } from '../../support/target.ts';
import { connect, openScene, originOf, type Scene, scratches } from './workshop.ts';

/** Everything that a tool may ask of a host, in turn. */
const asking = (scene: Scene, connected = {}) => {
  const tags = originOf(scene, connected);
  return {
    list: () => tags.list(),
    get: () => tags.get('v1'),
    create: () => tags.create({ name: 'v9', ref: 'main' }),
    move: () => tags.create({ name: 'v1', ref: 'main', force: true }),
    delete: () => tags.delete({ name: 'v1' }),
  };
};
const each = ['list', 'get', 'create', 'move', 'delete'] as const;

describe('a host', () => {
  it.each(each)('that wants a credential is unauthenticated: %s', async (what) => {
    const scene = await openScene({ credential: 'git:secret-1' });
    const error = await failureOf(asking(scene)[what]());
    expect(error).toMatchObject({ code: 'unauthenticated', inDoubt: false });
    expect(scratches()).toEqual([]);
  });
  it.each([
    [403, 'permission_denied'],
    [404, 'repository_not_found'],
    [429, 'rate_limited'],
    [502, 'unavailable'],
  ])('that answers %i is %s, whatever is asked', async (status, code) => {
    const scene = await openScene();
    scene.host.intercept = (_, response) => Boolean(response.writeHead(status).end('no'));
    for (const what of each) expect(await codeOf(asking(scene)[what]()), what).toBe(code);
  });
  it.each([
    ['a page', '<html>Sign in</html>'],
    ['a page of many lines', '<html>\n<body>\nSign in\n</body>\n</html>\n'],
    ['nothing at all', ''],
  ])('that answers with %s is none', async (_, body) => {
    const scene = await openScene();
    scene.host.intercept = (_request, response) => Boolean(response.writeHead(200, { 'content-type': 'text/html' }).end(body));
    for (const what of each) expect(await codeOf(asking(scene)[what]()), what).toMatch(/^(unexpected_response|repository_not_found)$/);
  });
  it('that leads elsewhere gets no token there', async () => {
    const scene = await openScene({ credential: 'git:secret-1' });
    const other = await openScene();
    scene.host.intercept = (request, response) =>
      Boolean(response.writeHead(302, { location: `${other.host.origin}${request.url}` }).end());
    const tags = toolsOn(connect('', { values: { GIT_REMOTE_URL: scene.url, GIT_REMOTE_TOKEN: 'secret-1' } }), scene.url);
    expect(await codeOf(tags.get('v1'))).toBe('unexpected_response');
    expect(other.host.seen).toEqual([]);
  });
  it('that cannot be reached, or found, is unavailable, and nothing is in doubt', async () => {
    const closed = createServer();
    await new Promise<void>((ready) => closed.listen(0, '127.0.0.1', ready));
    const { port } = closed.address() as AddressInfo;
    await new Promise((done) => closed.close(done));
    for (const url of [`http://127.0.0.1:${port}/a/b`, 'https://no-such-host.invalid/a/b']) {
      const tags = toolsOn(connect('', { values: { GIT_REMOTE_URL: url } }), url);
      expect(await failureOf(tags.create({ name: 'v1', ref: 'main' }))).toMatchObject({ code: 'unavailable', inDoubt: false });
    }
  });
  it('that never answers is given up, with all that was started for it', async () => {
    const silent = createServer((socket) => void socket.on('error', () => {}).resume());
    await new Promise<void>((ready) => silent.listen(0, '127.0.0.1', ready));
    onTestFinished(() => void silent.close());
    const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}/a/b`;
    const provider = connect('', { values: { GIT_REMOTE_URL: url }, timeoutMs: 300 });
    expect(await codeOf(toolsOn(provider, url).get('v1'))).toBe('timeout');
    const caller = new AbortController();
    const call = toolsOn(connect('', { values: { GIT_REMOTE_URL: url } }), url, quietCall(caller.signal)).get('v1');
    setTimeout(() => caller.abort(), 200);
    expect(await codeOf(call)).toBe('cancelled');
    expect(scratches()).toEqual([]);
    await expect.poll(() => connectionsOf(silent)).toBe(0);
  });
});

const connectionsOf = (server: ReturnType<typeof createServer>) =>
  new Promise<number>((resolve) => server.getConnections((_, count) => resolve(count)));

describe('a host that refuses a change', () => {
  /** A hook that says something, and refuses. */
  function refusing(scene: Scene, words: string, hook = 'pre-receive') {
    const path = join(scene.bare.path, 'hooks', hook);
    writeFileSync(path, `#!/bin/sh\ncat <<'END' >&2\n${words}\nEND\nexit 1\n`);
    chmodSync(path, 0o755);
  }
  it.each([
    [
      'GitHub',
      'error: GH013: Repository rule violations found for refs/tags/v9.\n- Cannot create ref due to creations being restricted.',
      'protected',
    ],
    ['GitHub, of old', 'error: GH006: Protected branch update failed', 'protected'],
    ['GitLab', 'GitLab: You are not allowed to create this tag as it is protected.', 'protected'],
    ['Gitea', 'Gitea: Tag v9 is protected', 'protected'],
    ['an archive', 'ERROR: This repository was archived so it is read-only.', 'read_only'],
    ['a rule of its own', 'tags need a ticket', 'rejected'],
  ])('tells so in its own words: %s', async (_, words, code) => {
    const scene = await openScene();
    scene.bare.git('tag', 'v1', 'main~1');
    refusing(scene, words);
    for (const what of ['create', 'move', 'delete'] as const) {
      const error = await failureOf(asking(scene)[what]());
      expect(error, what).toMatchObject({ code, inDoubt: false });
      expect(error.upstream?.text).toContain(words.split('\n')[0]);
    }
    expect(scene.bare.git('for-each-ref', '--format=%(refname) %(objectname)', 'refs/tags')).toBe(`refs/tags/v1 ${scene.commits[1]}`);
  });
  it('of one ref alone tells so as well', async () => {
    const scene = await openScene();
    refusing(scene, 'no tags today', 'update');
    expect(await failureOf(asking(scene).create())).toMatchObject({
      code: 'rejected',
      upstream: { text: expect.stringContaining('no tags today') },
    });
  });
  it('because of another name tells of a conflict', async () => {
    const scene = await openScene();
    scene.bare.git('tag', 'a', 'main');
    expect(await codeOf(originOf(scene).create({ name: 'a/b', ref: 'main' }))).toBe('conflict');
    scene.bare.git('tag', 'c/d', 'main');
    expect(await codeOf(originOf(scene).create({ name: 'c', ref: 'main' }))).toBe('conflict');
  });
});

describe('an answer that got lost', () => {
  /** Breaks off the answer to a push: before git has heard of it, or once it is done. */
  function losing(scene: Scene, after: boolean, times = 1) {
    let left = times;
    scene.host.intercept = async (request, response) => {
      if (left === 0 || request.method !== 'POST' || !request.url?.endsWith('/git-receive-pack')) return false;
      if (Number(request.headers['content-length']) === 4) return false; // a probe
      left -= 1;
      if (!after) {
        request.socket.destroy();
        return true;
      }
      response.end = () => {
        request.socket.destroy();
        return response;
      };
      return false;
    };
  }
  it.each([
    ['create', true],
    ['create', false],
    ['move', true],
    ['move', false],
    ['delete', true],
    ['delete', false],
  ] as const)('of %s is settled by looking (done: %s)', async (what, done) => {
    const scene = await openScene();
    scene.bare.git('tag', 'v1', 'main~1');
    losing(scene, done);
    const outcome = await asking(scene)
      [what]()
      .then(
        (result) => ('outcome' in result ? result.outcome : 'deleted'),
        (error: { code: string; message: string }) => `${error.code}: ${error.message}`,
      );
    const there = scene.bare.git('for-each-ref', '--format=%(refname:strip=2) %(objectname)', 'refs/tags').split('\n').filter(Boolean);
    const [old, now] = [scene.commits[1], scene.commits[2]];
    const after = { create: [`v1 ${old}`, `v9 ${now}`], move: [`v1 ${now}`], delete: [] }[what];
    const isDone = JSON.stringify(there) === JSON.stringify(after);
    // curl sends it again where the connection broke: then it is done though it was lost, and told so.
    if (isDone) expect(outcome).toMatch(/^(created|unchanged|moved|deleted)$/);
    else {
      expect(there).toEqual([`v1 ${old}`]);
      expect(outcome).toContain('did not take effect');
    }
    expect(done ? isDone : true).toBe(true);
  });
  it('and cannot be looked for is in doubt, and says so', async () => {
    const scene = await openScene();
    let isOver = false;
    scene.host.intercept = (request) => {
      isOver ||= request.method === 'POST' && request.url?.endsWith('/git-receive-pack') === true;
      if (isOver) request.socket.destroy();
      return isOver;
    };
    expect(await failureOf(asking(scene).create())).toMatchObject({
      code: 'unavailable',
      inDoubt: true,
      message: expect.stringContaining('may have taken effect'),
    });
  });
});
