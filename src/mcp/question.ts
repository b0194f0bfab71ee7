/** How a question is put to a person. Loaded when there is one, as a file of its own: nothing in it may be known by identity. */
import { createHash } from 'node:crypto';
import type { Redact } from '../config/redact.ts';
import type { Address } from '../core/provider.ts';
import { standsAt } from '../core/settle.ts';
import type { Tag } from '../core/tag.ts';
import { clean, cut } from '../core/text.ts';
import type { Loss, Making } from '../core/tool.ts';
import { type Asking, type Facts, STANDING } from './asking.ts';

/** What is asked for: the tool, and its arguments as they were understood. */
interface Deed {
  readonly tool: string;
  readonly args: Readonly<Record<string, unknown>>;
}

const FIRST_LINE = 220;
/** So that the longest first line holds all of its parts. */
const [NAME, SYSTEM, REPOSITORY] = [62, 22, 56];
const LONG = 200;
const DETAIL = 1_000;
const SHORT_ID = 12;

/** Nothing can be said in these: they need no quotes. */
const PLAIN_NAME = /^[\w./@+-]+$/;
const PLAIN_DETAIL = /^[\w./@+:-]+$/;

const digest = (value: unknown): string =>
  createHash('sha256')
    .update(JSON.stringify([value]))
    .digest('base64url');
const aboutOf = (deed: Deed, address?: Address): string => digest([deed.tool, address, deed.args]);

/** The question before a tag is deleted or moved. */
export function askingAbout(
  { action, tag, to, message, release_notes, release, force, lost }: Loss,
  address: Address,
  deed: Deed,
  redact: Redact,
): Asking {
  const show = shower(redact);
  const standing = standsAt(tag);
  const [name, where] = [show.name(tag.name), show.address(address)];
  const which = `tag ${name}${standing && ` (${show.id(standing)})`} of ${where}`;
  const isReplaced = message !== undefined;
  const stays = to === standing;
  const goesBesides = tag.release !== undefined || (action === 'delete' && lost !== undefined);
  const first =
    action === 'delete'
      ? `Delete ${which}?${tag.release && release ? ` Its ${release.name} ${release.fate}.` : ''}`
      : stays
        ? `Replace the message of ${which}?`
        : `Move ${which} to ${show.id(to ?? '')}?${isReplaced ? ' Its message is replaced.' : ''}`;
  return {
    about: aboutOf(deed, address),
    at: factsOf(tag, to, release?.name),
    // What may be long comes last, where it hides nothing.
    message: [
      first,
      ...show.details({
        Tag: tag.name === name ? undefined : tag.name,
        Repository: where.endsWith(address.repository) ? undefined : address.repository,
        'Stands at': standing,
        'Will stand at': stays ? undefined : to,
        // Every move is forced: it says something only where more goes than the tag.
        Force: force && goesBesides ? 'yes' : undefined,
        Made: tag.created_at,
      }),
      ...(lost ? [`Does not come back: ${lost}`] : []),
      ...show.details({
        'New message': message,
        [isReplaced ? 'Old message' : 'Message']: tag.message,
        'New release notes': release_notes,
        'Release notes': tag.release?.description,
      }),
    ].join('\n'),
    title: `${deedOf(action, stays)} ${name}`,
  };
}

const deedOf = (action: Loss['action'], stays: boolean) => (action === 'delete' ? 'Delete' : stays ? 'Replace the message of' : 'Move');

/** The question before a release is made. */
export function askingToMake({ name: release, message, release_notes, targets }: Making, deed: Deed, redact: Redact): Asking {
  const show = shower(redact);
  const name = show.name(release);
  const shown = targets.map((target) => `${show.address(target)} (${show.id(target.commit_id)})`);
  const first = (count: number) => {
    const more = shown.length - count;
    return `Create release ${name} in ${shown.slice(0, count).join(', ')}${more > 0 ? ` and ${more} more` : ''}?`;
  };
  let count = shown.length;
  while (count > 1 && first(count).length > FIRST_LINE) count -= 1;
  return {
    about: aboutOf(deed),
    at: { 'what would be created, and where': digest(targets) },
    message: [
      first(count),
      ...show.details({ Tag: release === name ? undefined : release }),
      ...targets.map(({ provider, repository, commit_id }) => `${provider} ${show.name(repository, LONG)}: ${show.name(commit_id, LONG)}`),
      ...show.details({ Message: message, 'Release notes': release_notes }),
    ].join('\n'),
    title: `Create ${name}`,
  };
}

const factsOf = (tag: Tag, to: string | undefined, release = 'Release'): Facts => ({
  [STANDING]: cut(standsAt(tag), LONG),
  'the tag itself': digest([tag.id, tag.target_id, tag.annotated, tag.created_at]),
  'its message': digest(tag.message),
  [`its ${release}`]: digest(tag.release),
  'where it would stand': digest(to),
});

/** What a stranger wrote is redacted whole, then cut; it stands in quotes unless it is plain. */
function shower(redact: Redact) {
  const tidy = (value: string) => redact(clean(value));
  const name = (value: string, max = NAME) => fitted(tidy(value), max);
  const detail = (value: string) => {
    const tidied = cut(tidy(value), DETAIL);
    return PLAIN_DETAIL.test(tidied) ? tidied : JSON.stringify(tidied);
  };
  const id = (value: string) => {
    const tidied = tidy(value);
    const short = fitted(tidied.slice(0, SHORT_ID), SHORT_ID + '""'.length);
    return tidied.length > SHORT_ID ? `${short}…` : short;
  };
  return {
    name,
    id,
    address: ({ provider, repository }: Address) => `${fitted(provider, SYSTEM)} ${name(repository, REPOSITORY)}`,
    details: (facts: Readonly<Record<string, string | undefined>>) =>
      Object.entries(facts).flatMap(([label, value]) => (value ? [`${label}: ${detail(value)}`] : [])),
  };
}

/** At most `max` characters with its quotes; of a longer text the beginning and the end. */
function fitted(text: string, max: number): string {
  if (text.length <= max && PLAIN_NAME.test(text)) return text;
  for (let kept = max - 2; ; kept -= 1) {
    const quotes = JSON.stringify(
      text.length <= kept ? text : `${text.slice(0, Math.ceil(kept / 2) - 1)}…${text.slice(-Math.floor(kept / 2))}`,
    );
    if (quotes.length <= max) return quotes;
  }
}
