/** By ssh: with the keys of the person, by the program that the person says, and never with a question. */
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { hasSsh, openSshHost } from '../../support/ssh-host.ts';
import { codeOf, failureOf, toolsOn } from '../../support/target.ts';
import { connect, openScene } from './workshop.ts';

async function openSshScene() {
  const scene = await openScene();
  const ssh = await openSshHost(scene.root);
  onTestFinished(ssh.close);
  return { ...scene, ssh, url: `ssh://git@127.0.0.1:${ssh.port}${scene.bare.path}` };
}

describe.skipIf(!hasSsh)('ssh', () => {
  it('whose key the host does not know is unauthenticated; a host whose key is another is refused', async () => {
    const { ssh, url, bare } = await openSshScene();
    const as = (command: string) => toolsOn(connect('', { values: { GIT_REMOTE_URL: url }, env: { GIT_SSH_COMMAND: command } }), url);
    expect(await failureOf(as(ssh.stranger).create({ name: 'v1', ref: 'main' }))).toMatchObject({
      code: 'unauthenticated',
      inDoubt: false,
    });
    expect(await failureOf(as(ssh.mistaken).create({ name: 'v1', ref: 'main' }))).toMatchObject({
      code: 'permission_denied',
      inDoubt: false,
    });
    expect(bare.git('tag')).toBe('');
    expect(ssh.commands).toEqual([]);
  });
  it('is run as the person’s own configuration says', async () => {
    const { ssh, url, root } = await openSshScene();
    const gitconfig = join(root, 'gitconfig');
    writeFileSync(gitconfig, `[core]\n  sshCommand = ${ssh.client}\n[user]\n  name = Ada\n  email = ada@example.com\n`);
    const tags = toolsOn(connect('', { values: { GIT_REMOTE_URL: url }, env: { GIT_CONFIG_GLOBAL: gitconfig } }), url);
    expect((await tags.create({ name: 'v1', ref: 'main', message: 'one' })).outcome).toBe('created');
    expect(ssh.commands.map((command) => command.split(' ')[0])).toEqual(['git-upload-pack', 'git-receive-pack']);
  });
});

it('is told to ask nobody, where the person has said nothing', async () => {
  const { root } = await openScene();
  const log = join(root, 'ssh-log');
  const ssh = join(root, 'ssh');
  writeFileSync(ssh, `#!/bin/sh\necho "$@" "askpass=$SSH_ASKPASS" "$SSH_ASKPASS_REQUIRE" "tty=$(tty)" >> '${log}'\nexit 255\n`);
  chmodSync(ssh, 0o755);
  const url = 'git@git.example.com:acme/app.git';
  const env = { PATH: [root, process.env.PATH].join(delimiter), SSH_ASKPASS: '/bin/true', DISPLAY: ':0' };
  expect(await codeOf(toolsOn(connect('', { values: { GIT_REMOTE_URL: url }, env }), url).list())).not.toBe('no error');
  const said = readFileSync(log, 'utf8');
  expect(said).toContain('-oBatchMode=yes');
  expect(said).toContain("git@git.example.com git-upload-pack 'acme/app.git' askpass= never tty=not a tty");
});
