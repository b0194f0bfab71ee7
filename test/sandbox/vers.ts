/** Vers, the Orchestrator Control Plane API: named repositories of tags on commits, all by UUID. */
import { randomUUID } from 'node:crypto';
import { type Answer, type Sandbox, type Seen, startSandbox } from './sandbox.ts';

export const VERS_KEY = 'vers_key_0123456789abcdef';
const VERS_OWNER = '6f2d9c1e-0000-4000-8000-000000000001';
export const VERS_STRANGER = '6f2d9c1e-0000-4000-8000-000000000002';

export interface VersCommit {
  commit_id: string;
  /** The organization; a commit of another than `VERS_OWNER` answers 403. */
  owner_id: string;
  name: string;
  description: string | null;
  created_at: string;
  is_public: boolean;
  parent_vm_id: string | null;
  grandparent_commit_id: string | null;
}

export interface VersTag {
  tag_id: string;
  tag_name: string;
  reference: string;
  commit_id: string;
  description: string | null;
  created_at: string;
  updated_at: string;
}

export interface VersRepository {
  repo_id: string;
  name: string;
  description: string | null;
  is_public: boolean;
  created_at: string;
  tags: Map<string, VersTag>;
}

export interface VersSandbox extends Sandbox {
  repositories: Map<string, VersRepository>;
  commits: Map<string, VersCommit>;
  addRepository(name: string, init?: Partial<Omit<VersRepository, 'name'>>): VersRepository;
  commit(init?: Partial<VersCommit>): VersCommit;
  /** Past every rule, names included. */
  tag(repo: string, name: string, commit_id: string, description?: string | null): VersTag;
}

class Refusal extends Error {
  readonly answer: Answer;
  constructor(status: number, text: string, form: 'envelope' | 'plain' = 'envelope') {
    super(text);
    this.answer = { status, body: form === 'plain' ? text : { success: false, error: text } };
  }
}

interface Field {
  kind: 'string' | 'uuid';
  required?: true;
  nullable?: true;
}
type Fields = Record<string, Field>;
type Draft = Record<string, string | null | undefined>;

const CREATE: Fields = {
  tag_name: { kind: 'string', required: true },
  commit_id: { kind: 'uuid', required: true },
  description: { kind: 'string', nullable: true },
};
const UPDATE: Fields = { commit_id: { kind: 'uuid', nullable: true }, description: { kind: 'string', nullable: true } };

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The extractor of the framework: it speaks before any handler does, and in plain text. */
function readBody({ headers, body }: Seen, fields: Fields): Draft {
  const unfit = (why: string) => new Refusal(422, `Failed to deserialize the JSON body into the target type: ${why}`, 'plain');
  if (!/^application\/([\w.-]+\+)?json\s*(;|$)/i.test(headers['content-type'] ?? ''))
    throw new Refusal(415, 'Expected request with `Content-Type: application/json`', 'plain');
  let draft: unknown;
  try {
    draft = JSON.parse(body);
  } catch {
    throw new Refusal(400, 'Failed to parse the request body as JSON: expected value at line 1 column 1', 'plain');
  }
  if (typeof draft !== 'object' || draft === null || Array.isArray(draft)) throw unfit('invalid type, expected struct');
  const given: Record<string, unknown> = { ...draft };
  const stray = Object.keys(given).find((name) => !Object.hasOwn(fields, name));
  if (stray !== undefined) throw unfit(`unknown field \`${stray}\``);
  for (const [name, { kind, required, nullable }] of Object.entries(fields)) {
    const value = given[name];
    if (value === undefined && required) throw unfit(`missing field \`${name}\``);
    if (value === undefined || (value === null && nullable)) continue;
    if (typeof value !== 'string') throw unfit(`${name}: invalid type, expected a string`);
    if (kind === 'uuid' && !UUID.test(value)) throw unfit(`${name}: UUID parsing failed`);
  }
  return given as Draft;
}

function checkName(name: string): void {
  const bytes = Buffer.byteLength(name);
  if (bytes < 1 || bytes > 128) throw new Refusal(400, 'invalid tag name: must be between 1 and 128 bytes');
  if (!/^[\p{Alphabetic}\p{N}._-]+$/u.test(name))
    throw new Refusal(400, 'invalid tag name: only alphanumeric characters, hyphens, underscores and dots are allowed');
}

function natural(query: URLSearchParams, name: string, fallback: number): number {
  const text = query.get(name) ?? String(fallback);
  if (!/^\d{1,9}$/.test(text))
    throw new Refusal(400, `Failed to deserialize query string: ${name}: invalid digit found in string`, 'plain');
  return Number(text);
}

// The database sorts by its collation, not by bytes.
const collate = new Intl.Collator('en').compare;

let last = 0;
/** Now in RFC 3339 with microseconds, never twice the same. */
const stamp = (): string => {
  last = Math.max(Date.now(), last + 1);
  return new Date(last).toISOString().replace('Z', '000Z');
};

const wireRepository = ({ tags: _, ...rest }: VersRepository) => rest;
const wireTag = ({ description, ...rest }: VersTag) => (description === null ? rest : { ...rest, description });

function requireKey({ headers }: Seen): void {
  const [, key] = /^Bearer (.*)$/.exec(headers.authorization ?? '') ?? [];
  if (key === undefined) throw new Refusal(401, 'Missing or invalid Authorization header');
  if (key !== VERS_KEY) throw new Refusal(401, 'Invalid API key');
}

type State = Pick<VersSandbox, 'repositories' | 'commits' | 'tag'>;
type Reply = (request: Seen, names: string[]) => Answer;

const routes = ({ repositories, commits, tag }: State): Record<string, Reply> => {
  const repository = (name = ''): VersRepository => {
    const found = repositories.get(name);
    if (!found) throw new Refusal(404, 'repository not found');
    return found;
  };
  const tagOf = ({ tags }: VersRepository, name = ''): VersTag => {
    const found = tags.get(name);
    if (!found) throw new Refusal(404, 'tag not found');
    return found;
  };
  const ownCommit = (id: string): VersCommit => {
    const found = commits.get(id.toLowerCase());
    if (!found) throw new Refusal(404, 'commit not found');
    if (found.owner_id !== VERS_OWNER) throw new Refusal(403, 'forbidden');
    return found;
  };

  return {
    'GET system/version': () => ({
      status: 200,
      body: { executable_name: 'orchestrator', workspace_version: '0.1.0', git_hash: 'c0ffee0' },
    }),

    'POST keys/validate': () => ({ status: 200, body: { valid: true, message: 'API key is valid' } }),

    'GET commits': ({ query }) => {
      const [limit, offset] = [natural(query, 'limit', 50), natural(query, 'offset', 0)];
      const own = [...commits.values()].filter(({ owner_id }) => owner_id === VERS_OWNER);
      return { status: 200, body: { commits: own.slice(offset, offset + limit), total: own.length, limit, offset } };
    },

    'GET repositories/*': (_request, [repo]) => ({ status: 200, body: wireRepository(repository(repo)) }),

    'GET repositories/*/tags': (_request, [repo]) => {
      const tags = [...repository(repo).tags.values()].sort((a, b) => collate(a.tag_name, b.tag_name));
      return { status: 200, body: { repository: repo, tags: tags.map(wireTag) } };
    },

    'POST repositories/*/tags': (request, [repo]) => {
      const { tag_name, commit_id, description } = readBody(request, CREATE);
      checkName(tag_name ?? '');
      const { name, tags } = repository(repo);
      const commit = ownCommit(commit_id ?? '');
      if (tags.has(tag_name ?? '')) throw new Refusal(409, 'tag already exists in repository');
      const { tag_id, reference } = tag(name, tag_name ?? '', commit.commit_id, description);
      return { status: 201, body: { tag_id, reference, commit_id: commit.commit_id } };
    },

    'GET repositories/*/tags/*': (_request, [repo, name]) => ({ status: 200, body: wireTag(tagOf(repository(repo), name)) }),

    'PATCH repositories/*/tags/*': (request, [repo, name]) => {
      const { commit_id, description } = readBody(request, UPDATE);
      const found = tagOf(repository(repo), name);
      // A null commit_id keeps, a null description clears.
      if (commit_id == null && description === undefined) throw new Refusal(400, 'no updates provided');
      if (commit_id != null) found.commit_id = ownCommit(commit_id).commit_id;
      if (description !== undefined) found.description = description;
      found.updated_at = stamp();
      return { status: 204 };
    },

    'DELETE repositories/*/tags/*': (_request, [repo, name]) => {
      const found = repository(repo);
      found.tags.delete(tagOf(found, name).tag_name);
      return { status: 204 };
    },
  };
};

// The groups are the names, still percent-encoded.
const pattern = (route: string): RegExp => new RegExp(`^/api/v1/${route.replaceAll('*', '([^/]+)')}$`);

function decode(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    throw new Refusal(400, 'Invalid URL: invalid UTF-8 in path', 'plain');
  }
}

export async function startVers(): Promise<VersSandbox> {
  const repositories: VersSandbox['repositories'] = new Map();
  const commits: VersSandbox['commits'] = new Map();

  const tag: VersSandbox['tag'] = (repo, tag_name, commit_id, description = null) => {
    const tags = repositories.get(repo)?.tags;
    if (!tags) throw new Error(`the sandbox has no repository ${repo}`);
    const at = stamp();
    const made = {
      tag_id: randomUUID(),
      tag_name,
      reference: `${repo}:${tag_name}`,
      commit_id,
      description,
      created_at: at,
      updated_at: at,
    };
    tags.set(tag_name, made);
    return made;
  };

  const table = Object.entries(routes({ repositories, commits, tag })).map(([route, reply]) => {
    const [method, path = ''] = route.split(' ');
    return { method, path: pattern(path), reply, open: path === 'system/version' };
  });

  const base = await startSandbox((request) => {
    const route = table.find(({ method, path }) => method === request.method && path.test(request.path));
    if (!route) return undefined;
    try {
      if (!route.open) requireKey(request);
      const [, ...names] = route.path.exec(request.path) ?? [];
      return route.reply(request, names.map(decode));
    } catch (error) {
      if (error instanceof Refusal) return error.answer;
      throw error;
    }
  });

  return Object.assign(base, {
    repositories,
    commits,
    tag,
    addRepository: (name: string, init: Partial<Omit<VersRepository, 'name'>> = {}) => {
      const facts = { repo_id: randomUUID(), description: null, is_public: false, created_at: stamp() };
      const repo: VersRepository = { name, ...facts, tags: new Map(), ...init };
      repositories.set(name, repo);
      return repo;
    },
    commit: (init: Partial<VersCommit> = {}) => {
      const facts = { owner_id: VERS_OWNER, name: 'snapshot', description: null, created_at: stamp(), is_public: false };
      const commit: VersCommit = { commit_id: randomUUID(), ...facts, parent_vm_id: null, grandparent_commit_id: null, ...init };
      commits.set(commit.commit_id, commit);
      return commit;
    },
  });
}
