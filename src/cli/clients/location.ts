/** The entry that a command is about: in which client, under which name, in which file, and what that file was without it. */
import { isTagError, TagError } from '../../core/errors.ts';
import { nearest } from '../../core/nearest.ts';
import { told } from '../../core/told.ts';
import type { CliContext } from '../context.ts';
import { didYouMean, UsageError } from '../flags.ts';
import { type Client, chooseFile, filesOf } from './client.ts';
import { CLIENTS } from './clients.ts';
import { type ConfigFile, readConfigFile, requireInside } from './config-file.ts';
import { type Installed, isOurs, NAME, put, realOf, take } from './entry.ts';

export interface Location {
  readonly client: Client;
  readonly name: string;
  readonly inProject: boolean;
  readonly path: string;
  /** Where the bytes are kept that stood in the file before. */
  readonly backup: string;
}

const NAMES = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;

/** Throws UsageError. */
export function locationOf(
  words: readonly string[],
  { name = NAME, project: inProject = false }: { name?: string | undefined; project?: boolean | undefined },
  context: CliContext,
): Location {
  const [word, ...more] = words;
  const known = Object.keys(CLIENTS);
  const client = word !== undefined && Object.hasOwn(CLIENTS, word) ? CLIENTS[word] : undefined;
  if (!client) {
    const wrong = word === undefined ? 'Which client?' : `${word} is not a client.${didYouMean(nearest(word, known))}`;
    throw new UsageError(`${wrong} Clients: ${known.join(', ')}.`);
  }
  if (more.length > 0) throw new UsageError('One client at a time.');
  if (!NAMES.test(name)) throw new UsageError('A name is made of letters, digits, - and _, at most 64, and begins with a letter or digit.');
  if (inProject && !context.cwd) throw new UsageError('The working directory is gone.');
  if (!inProject && !context.home) throw new UsageError('There is no home directory; set HOME.');
  const files = filesOf(client, context, inProject);
  if (files.length === 0) throw new UsageError(`${client.title} has no file for projects.`);
  const path = chooseFile(files, context);
  return { client, name, inProject, path, backup: `${path}.${name === NAME ? NAME : `${NAME}-${name}`}.bak` };
}

export interface Found {
  readonly file: ConfigFile;
  /** What it holds of us. */
  readonly old: Installed | undefined;
}

/** Throws `not_configured` for a file that cannot be read, `conflict` where the name is somebody else's, `policy_denied` for a link out of a project. */
export async function look({ client, name, inProject, path }: Location, { program, cwd }: CliContext): Promise<Found> {
  if (inProject) await requireInside(path, cwd);
  const file = await readConfigFile(path);
  const old = file.text === undefined ? undefined : inFile(path, () => take(client, file.text ?? '', name));
  if (old && !isOurs(name, old.entry, realOf(program.script)))
    throw new TagError('conflict', told`${name} in ${path} is another server. Choose another --name. Nothing was changed.`);
  return { file, old };
}

/** What an edit says about the text, said of the file. */
export function inFile<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw isTagError(error)
      ? new TagError(error.code, told`${path}: ${error.said.message}. Nothing was changed.`, { cause: error })
      : error;
  }
}

/** The file before we came, if nothing else has changed since: its text, or `{ text: undefined }` where there was none. */
export async function originOf({ client, name, backup }: Location, { file, old }: Found): Promise<Pick<ConfigFile, 'text'> | undefined> {
  if (!old) return undefined;
  const leadsHere = (text: string) => {
    try {
      return take(client, text, name) === undefined && put(client, text, name, old) === file.text;
    } catch (error) {
      if (isTagError(error)) return false;
      throw error;
    }
  };
  const { text } = await readConfigFile(backup).catch(() => ({ text: undefined }));
  if (text !== undefined && leadsHere(text)) return { text };
  return leadsHere('') ? { text: undefined } : undefined;
}
