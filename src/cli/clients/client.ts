/** What is known of a client: where it keeps its servers, in which shape, and how it fills in a variable that is not written down. */
import { existsSync } from 'node:fs';
import { posix, win32 } from 'node:path';
import type { CliContext } from '../context.ts';
import type { FormatName } from './edit.ts';
import type { Values } from './format.ts';

export type Machine = Pick<CliContext, 'home' | 'cwd' | 'platform' | 'env'>;

/** How a server is started. */
export interface Start {
  readonly command: string;
  readonly args: readonly string[];
}

export interface Client {
  readonly title: string;
  readonly format: FormatName;
  /** The member of the document that holds the servers. */
  readonly key: string;
  /** The member of an entry that holds the environment. */
  readonly environment: string;
  /** The person's own file, and those it may be instead. */
  user(machine: Machine): string[];
  /** The same in the directory of a project, where the client has one. */
  readonly project?: readonly string[];
  entry(start: Start): Values;
  /** What stands for a variable that the client takes from its own environment, or asks for. */
  readonly placeholder?: (variable: string, id: string) => string;
  /** The placeholder is an input of this list: the client asks for it, and keeps it safe. */
  readonly inputs?: string;
  /** The member of an entry that names variables to be handed on. */
  readonly forwarded?: string;
  /** What a person has still to do before it is loaded, there and in a project. */
  readonly needs?: { readonly user?: string; readonly project?: string };
  /** One prompt without a person: what lets it call the tools. */
  readonly headless?: string;
}

export const at = ({ platform }: Pick<Machine, 'platform'>, ...parts: string[]): string =>
  (platform === 'win32' ? win32 : posix).join(...parts);

export const settingsFolder = (machine: Machine): string => machine.env.XDG_CONFIG_HOME || at(machine, machine.home, '.config');
export const localFolder = (machine: Machine): string => machine.env.LOCALAPPDATA || at(machine, machine.home, 'AppData', 'Local');

export function applicationFolder(machine: Machine): string {
  if (machine.platform === 'win32') return machine.env.APPDATA || at(machine, machine.home, 'AppData', 'Roaming');
  return machine.platform === 'darwin' ? at(machine, machine.home, 'Library', 'Application Support') : settingsFolder(machine);
}

/** Every file it may be; of a project where `inProject`. Empty where the client has none for projects. */
export const filesOf = (client: Client, machine: Machine, inProject: boolean): string[] =>
  inProject ? (client.project ?? []).map((file) => at(machine, machine.cwd, file)) : client.user(machine);

/** The one that is there; else the first whose folder is there, else the first. */
export const chooseFile = (files: readonly string[], machine: Pick<Machine, 'platform'>): string =>
  files.find((file) => existsSync(file)) ?? files.find((file) => existsSync(at(machine, file, '..'))) ?? files[0] ?? '';
