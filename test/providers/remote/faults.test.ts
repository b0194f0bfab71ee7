/** A proxy between git and its host that cuts the connection after so many bytes, either way: whatever is reported is true. */

import type { AddressInfo } from 'node:net';
import { createServer, connect as dial, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { toolsOn } from '../../support/target.ts';
import { connect, openScene, type Scene, scratches } from './workshop.ts';

type Way = 'up' | 'down';

/** Cuts the one connection by which a push comes, once, after `bytes` of it that way. */
async function cutting({ host }: Scene, way: Way, bytes: number) {
  let left = 1;
  let cuts = 0;
  const server = createServer((near) => {
    const far = dial(Number(new URL(host.origin).port), '127.0.0.1');
    const both = [near, far];
    const end = () => both.forEach((socket) => void socket.destroy());
    for (const socket of both) socket.on('error', end).on('close', end);
    let isPush = false;
    const passed = { up: 0, down: 0 };
    const pass = (to: Socket, direction: Way) => (chunk: Buffer) => {
      isPush ||= direction === 'up' && chunk.includes('git-receive-pack');
      const room = isPush && left > 0 && direction === way ? bytes - passed[direction] : Number.POSITIVE_INFINITY;
      passed[direction] += isPush ? chunk.length : 0;
      to.write(chunk.subarray(0, Math.max(0, Math.min(chunk.length, room))));
      if (chunk.length <= room) return;
      left -= 1;
      cuts += 1;
      to.end(end);
    };
    near.on('data', pass(far, 'up'));
    far.on('data', pass(near, 'down'));
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/acme/app.git`, cuts: () => cuts };
}

const standing = ({ bare }: Scene) => bare.git('for-each-ref', '--format=%(refname:strip=2) %(objectname)', 'refs/tags');

describe.each(['up', 'down'] as const)('cut on the way %s', (way) => {
  it.each([0, 120, 300, 500, 900])(
    'after %i bytes',
    async (bytes) => {
      const scene = await openScene();
      const [old, , now] = scene.commits;
      let isCut = false;
      for (const what of ['create', 'move', 'delete'] as const) {
        scene.bare.git('tag', '-f', 'v1', old ?? '');
        scene.bare.git('update-ref', '-d', 'refs/tags/v9');
        const before = standing(scene);
        const after = { create: `v1 ${old}\nv9 ${now}`, move: `v1 ${now}`, delete: '' }[what];
        const { url, cuts } = await cutting(scene, way, bytes);
        const tags = toolsOn(connect('', { values: { GIT_REMOTE_URL: url } }), url);
        const act = {
          create: () => tags.create({ name: 'v9', ref: 'main' }),
          move: () => tags.create({ name: 'v1', ref: 'main', force: true }),
          delete: () => tags.delete({ name: 'v1' }),
        }[what];
        const outcome = await act().then(
          () => 'done',
          (error: { code: string; inDoubt: boolean; message: string }) => (error.inDoubt ? 'in doubt' : error.message),
        );
        await scene.host.idle();
        isCut ||= cuts() > 0;
        const found = standing(scene);
        const where = `${what}: ${outcome}`;
        expect([before, after], where).toContain(found);
        if (outcome === 'done') expect(found, where).toBe(after);
        else if (outcome !== 'in doubt') expect(found, where).toBe(before);
      }
      expect(scratches()).toEqual([]);
      expect(isCut || bytes > 500).toBe(true); // a short exchange is over before
    },
    30_000,
  );
});
