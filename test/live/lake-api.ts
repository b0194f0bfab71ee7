/** lakeFS's API past the provider, as the environment has it. */
import { randomUUID } from 'node:crypto';
import type { Planted } from '../support/planted-history.ts';
import { idOf } from './lake-commit.ts';

const { LAKECTL_SERVER_ENDPOINT_URL: address = 'http://127.0.0.1:9' } = process.env;
const base = new URL(address).pathname === '/' ? new URL('/api/v1', address) : new URL(address);

/** On this machine: then it reaches a server of the tests as well. */
export const isNear = base.hostname === '127.0.0.1' || base.hostname === 'localhost';

async function send<T>(method: string, path: string, type?: string, body?: string): Promise<T> {
  const {
    LAKECTL_CREDENTIALS_SESSION_TOKEN: token,
    LAKECTL_CREDENTIALS_ACCESS_KEY_ID: id,
    LAKECTL_CREDENTIALS_SECRET_ACCESS_KEY: secret,
  } = process.env;
  const response = await fetch(`${base.href.replace(/\/$/, '')}${path}`, {
    method,
    headers: {
      authorization: token ? `Bearer ${token}` : `Basic ${btoa(`${id}:${secret}`)}`,
      ...(type !== undefined && { 'content-type': type }),
    },
    ...(body !== undefined && { body }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return JSON.parse(text || '{}');
}

export const ask = <T>(method: string, path: string, body?: unknown): Promise<T> =>
  send(method, path, ...(body === undefined ? [] : (['application/json', JSON.stringify(body)] as const)));

/** A commit on main; returns its id. */
export async function commitTo(repository: string, message: string, metadata: Record<string, string> = {}): Promise<string> {
  const { id } = await ask<{ id: string }>('POST', `/repositories/${repository}/branches/main/commits`, {
    message,
    metadata,
    allow_empty: true,
  });
  return id;
}

/** Commits with just these parents, on no branch, as a restore makes them; each has the objects of main. */
export async function plantIn(repository: string, history: readonly Planted[]): Promise<string[]> {
  const { results } = await ask<{ results: { meta_range_id: string }[] }>('GET', `/repositories/${repository}/refs/main/commits?amount=1`);
  const ids: string[] = [];
  const generations: number[] = [];
  for (const [index, { parents, message }] of history.entries()) {
    const generation = 1 + Math.max(0, ...parents.map((parent) => generations[parent] ?? 0));
    const commit = {
      committer: randomUUID(), // none that was planted before
      message,
      metarange_id: results[0]?.meta_range_id ?? '',
      creation_date: 1_700_000_000 + index * 60,
      parents: parents.map((parent) => ids[parent] ?? ''),
    };
    const commit_id = idOf(commit);
    await ask<void>('POST', `/repositories/${repository}/commits`, { ...commit, commit_id, version: 1, metadata: {}, generation });
    ids.push(commit_id);
    generations.push(generation);
  }
  return ids;
}

/** Puts an object on main, and commits it. */
export async function putOn(repository: string, paths: readonly string[], message: string): Promise<string> {
  for (const path of paths)
    await send('POST', `/repositories/${repository}/branches/main/objects?path=${path}`, 'application/octet-stream', `${message} ${path}`);
  return commitTo(repository, message);
}

/** Puts a file that describes hooks on main, and commits it. */
export async function hookUp(repository: string, yaml: string): Promise<void> {
  await send('POST', `/repositories/${repository}/branches/main/objects?path=_lakefs_actions/tags.yaml`, 'application/octet-stream', yaml);
  await commitTo(repository, 'hooks');
}

/** Where a repository of the test may keep its objects; it has none but those of its empty commits. */
export async function storageFor(name: string): Promise<string> {
  interface Config {
    storage_config?: { blockstore_type?: string; default_namespace_prefix?: string };
  }
  const { storage_config } = await ask<Config>('GET', '/config');
  const type = storage_config?.blockstore_type ?? '';
  const prefix =
    process.env.TAGWRIGHT_LIVE_LAKEFS_STORAGE ??
    (storage_config?.default_namespace_prefix || (['mem', 'local'].includes(type) ? `${type}://` : undefined));
  if (!prefix) throw new Error(`Set TAGWRIGHT_LIVE_LAKEFS_STORAGE: lakeFS keeps objects in ${type} and has no default place there.`);
  return `${prefix}${prefix.endsWith('/') ? '' : '/'}${name}`;
}
