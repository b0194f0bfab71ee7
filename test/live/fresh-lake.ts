/** A lakeFS repository for one law, made through the API and deleted with it. Everything here goes past the provider. */
import { randomUUID } from 'node:crypto';
import type { World } from '../contract/world.ts';
import { connect } from './connect.ts';

const PAGE = 1000;
const AT_ONCE = 20;

async function ask<T>(method: string, path: string, body?: unknown): Promise<T> {
  const {
    LAKECTL_SERVER_ENDPOINT_URL: address = '',
    LAKECTL_CREDENTIALS_SESSION_TOKEN: token,
    LAKECTL_CREDENTIALS_ACCESS_KEY_ID: id,
    LAKECTL_CREDENTIALS_SECRET_ACCESS_KEY: secret,
  } = process.env;
  const base = new URL(address).pathname === '/' ? new URL('/api/v1', address) : new URL(address);
  const response = await fetch(`${base.href.replace(/\/$/, '')}${path}`, {
    method,
    headers: {
      authorization: token ? `Bearer ${token}` : `Basic ${btoa(`${id}:${secret}`)}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return JSON.parse(text || '{}');
}

/** Where a repository of the test may keep its objects; it has none but those of its empty commits. */
async function storageFor(name: string): Promise<string> {
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

export async function openFreshLake(): Promise<World> {
  const { provider } = await connect('lakefs');
  const name = `tagwright-live-${randomUUID().slice(0, 13)}`;
  const at = `/repositories/${name}`;
  const close = () => ask<void>('DELETE', `${at}?force=true`);
  await ask('POST', '/repositories', { name, storage_namespace: await storageFor(name), default_branch: 'main' });
  try {
    const commit = async (message: string) => {
      const { id } = await ask<{ id: string }>('POST', `${at}/branches/main/commits`, { message, allow_empty: true });
      return id;
    };
    const older = { commit: await commit('older'), ref: 'main~1' };
    const newer = { commit: await commit('newer'), ref: 'main' };
    return {
      provider,
      repository: `lakefs://${name}`,
      missing: `${name}-missing`,
      older,
      newer,
      unknownRef: 'no-such-branch',
      async seed(names) {
        for (let done = 0; done < names.length; done += AT_ONCE)
          await Promise.all(names.slice(done, done + AT_ONCE).map((id) => ask('POST', `${at}/tags`, { id, ref: older.commit })));
      },
      async names() {
        const { results } = await ask<{ results: { id: string }[] }>('GET', `${at}/tags?amount=${PAGE}`);
        return results.map(({ id }) => id);
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
