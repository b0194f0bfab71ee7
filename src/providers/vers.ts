/** Vers: named repositories of tags on commits of VMs, all by UUID. Tags can be moved in one step. */
import * as z from 'zod';
import { checkedDefault, isTagError, TagError } from '../core/errors.ts';
import { pageOf } from '../core/listing.ts';
import { type Call, defineProvider, type Identity, type TagProvider, type VendorFile } from '../core/provider.ts';
import { movedMeanwhile, standsAt } from '../core/settle.ts';
import { asAsked, compact, ORDERS, type Tag } from '../core/tag.ts';
import type { NameRule } from '../core/tag-name.ts';
import { told } from '../core/told.ts';
import type { Traits } from '../core/traits.ts';
import { secret, variable } from '../core/variable.ts';
import { textField } from '../http/body.ts';
import { createHttp, type Refusal } from '../http/http.ts';
import { path } from '../http/path.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const REPOSITORY = /^[\p{Alphabetic}\p{N}._-]{1,64}$/u;
/** What Rust's is_alphanumeric takes, and three marks. */
const NAME = /^[\p{Alphabetic}\p{N}._-]+$/u;
const LONGEST_NAME = 128;

const nameRule: NameRule = (name) => {
  if (new TextEncoder().encode(name).length > LONGEST_NAME) return `it is longer than ${LONGEST_NAME} bytes`;
  return NAME.test(name) ? undefined : 'it contains more than letters, digits, "-", "_" and "."';
};

const traits: Traits = {
  message: 'description',
  orders: ORDERS,
  atomicMove: true,
  undo: 'always',
  conditional: false,
  compares: false,
  contains: false,
  believesIds: true,
  nameRule,
  repository: 'name',
  refs: 'commit UUID, or another tag',
  names: 'letters, digits, - _ . up to 128 bytes',
};

const Uuid = z.string().regex(UUID);
const WireTag = z.object({
  tag_id: Uuid,
  tag_name: z.string(),
  commit_id: Uuid,
  description: z.string().nullish(),
  created_at: z.string().nullish(),
  updated_at: z.string().nullish(),
});
/** What a creation answers: neither description nor dates. */
const WireCreated = WireTag.pick({ tag_id: true, commit_id: true });
const WireTags = z.object({ tags: z.array(WireTag) });
const WireKey = z.object({ valid: z.boolean(), message: z.string().nullish() });
const WireVersion = z.object({ workspace_version: z.string() });

const toTag = ({ tag_id, tag_name, commit_id, description, created_at, updated_at }: z.output<typeof WireTag>): Tag =>
  compact<Tag>({ name: tag_name, commit_id, message: description || undefined, created_at, updated_at, id: tag_id });

const file: VendorFile = {
  path: '.versrc',
  read: async (text) => ({ VERS_API_KEY: z.object({ apiKey: z.string().optional() }).parse(JSON.parse(text)).apiKey }),
};

function locateRepository(spelling: string): string {
  if (REPOSITORY.test(spelling) && spelling !== '.' && spelling !== '..') return spelling;
  throw new TagError('invalid_input', told`${spelling} cannot be the name of a Vers repository.`, {
    hint: 'It has 1 to 64 letters, digits, "-", "_" and "."; name it without its organization.',
  });
}

export const vers = defineProvider({
  name: 'vers',
  title: 'Vers',
  traits,
  env: z.object({
    VERS_API_KEY: secret('API key; without it the one in ~/.versrc'),
    VERS_URL: variable('address', 'Address (default https://api.vers.sh)', 'https://api.vers.sh'),
    VERS_BASE_URL: variable('address', 'The same, by another name', 'https://api.vers.sh'),
    VERS_REPOSITORY: variable('repository', 'Default repository', 'images'),
  }),
  file,
  connect({ VERS_API_KEY, VERS_URL, VERS_BASE_URL, VERS_REPOSITORY }, host) {
    if (!VERS_API_KEY) return undefined;
    const address = VERS_URL ?? VERS_BASE_URL ?? 'https://api.vers.sh';
    const http = createHttp({
      base: `${address.replace(/(?<!\/)\/+$/, '').replace(/\/api\/v1$/, '')}/api/v1`,
      host,
      variable: VERS_URL ? 'VERS_URL' : VERS_BASE_URL && 'VERS_BASE_URL',
      authorize: () => ({ authorization: `Bearer ${VERS_API_KEY}` }),
      explain,
    });

    const provider: TagProvider = {
      traits,
      defaultRepository: checkedDefault(VERS_REPOSITORY, 'VERS_REPOSITORY', locateRepository),
      address: http.address,
      locate: async (spelling) => locateRepository(spelling),
      canonical: async (repository) => repository,
      async resolve(repository, ref, call) {
        if (ref === undefined)
          throw new TagError('ref_not_found', 'Vers has no default branch.', { hint: 'Name a commit by its UUID, or a tag.' });
        if (UUID.test(ref)) return ref.toLowerCase(); // no single commit can be read: whether it exists, the write will tell
        const unknown = (cause?: unknown) =>
          new TagError('ref_not_found', told`${ref} is neither the UUID of a commit nor a tag of ${repository}.`, {
            hint: 'Name a commit by its UUID, or a tag of this repository.',
            cause,
          });
        if (nameRule(ref)) throw unknown();
        try {
          return standsAt(asAsked(await provider.get(repository, ref, call), ref));
        } catch (error) {
          throw isTagError(error, 'tag_not_found') ? unknown(error) : error;
        }
      },
      async get(repository, name, call) {
        const { body } = await http.send('GET', path`/repositories/${repository}/tags/${name}`, { call, schema: WireTag });
        return toTag(body);
      },
      async list(repository, query, call) {
        const { body } = await http.send('GET', path`/repositories/${repository}/tags`, { call, schema: WireTags });
        return pageOf(repository, body.tags.map(toTag), query);
      },
      async create(repository, { name, ref, message }, call) {
        const commit_id = await provider.resolve(repository, ref, call);
        const draft = { tag_name: name, commit_id, description: message };
        const { body } = await http.send('POST', path`/repositories/${repository}/tags`, { call, body: draft, schema: WireCreated });
        return compact<Tag>({ name, commit_id: body.commit_id, message, id: body.tag_id });
      },
      async move(repository, { name, ref, message }, from, call) {
        const commit_id = await provider.resolve(repository, ref, call);
        const now = asAsked(await provider.get(repository, name, call), name); // the server does not ask where it stands
        if (standsAt(now) !== standsAt(from)) throw movedMeanwhile(now, from);
        const change = { commit_id, description: message }; // left out, the description is kept
        await http.send('PATCH', path`/repositories/${repository}/tags/${name}`, { call, body: change });
        const { updated_at: _, ...kept } = now;
        return { ...kept, commit_id, ...(message !== undefined && { message }) };
      },
      async delete(repository, { name }, _force, call) {
        await http.send('DELETE', path`/repositories/${repository}/tags/${name}`, { call });
      },
      async check(call) {
        const read = async (): Promise<string | undefined> =>
          (await http.send('GET', path`/system/version`, { call, schema: WireVersion })).body.workspace_version;
        const [key, version] = await Promise.all([validate(call), read().catch(() => undefined)]);
        if (!key.valid)
          throw new TagError('unauthenticated', 'Vers does not accept the key.', { upstream: { text: key.message ?? undefined } });
        return compact<Identity>({ version });
      },
    };
    const validate = async (call: Call) => (await http.send('POST', path`/keys/validate`, { call, schema: WireKey })).body;
    return provider;
  },
});

/** Vers' words → our codes; undefined leaves it to the common table. */
function explain({ status, body }: Refusal): TagError | undefined {
  const words = textField(body, 'error') ?? '';
  if (status === 409) return new TagError('already_exists', 'The tag already exists.');
  if (status === 400 && /^invalid tag name/i.test(words)) return new TagError('invalid_name', 'Vers refuses the name.');
  if (status === 404 && body === undefined) return new TagError('unexpected_response', 'Vers knows no such route.');
  if (status === 404) return absent(words);
  // From the web framework, before any handler sees the request: plain text.
  if (status === 422 && typeof body === 'string') return new TagError('invalid_input', 'Vers could not read an argument.');
  if ((status === 400 || status === 415) && typeof body === 'string')
    return new TagError('unexpected_response', 'The request did not arrive as it was sent.', {
      hint: 'Check that no proxy changes it, and that the address is the API itself.',
    });
  return undefined;
}

/** The first thing that is named is what is missing. */
function absent(words: string): TagError | undefined {
  const what = /\b(repository|commit|tag)\b/i.exec(words)?.[0].toLowerCase();
  if (what === 'tag') return new TagError('tag_not_found', 'There is no such tag.');
  if (what === 'commit') return new TagError('ref_not_found', 'There is no such commit.', { hint: 'Name a commit by its UUID.' });
  return what ? new TagError('repository_not_found', 'There is no such repository.') : undefined;
}
