/** A machine of its own for each test: a home, a project, a keyboard, and what is written. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PassThrough } from 'node:stream';
import type { CliContext } from '../../src/cli/context.ts';
import { install, uninstall } from '../../src/cli/install.ts';

export const SCRIPT = '/opt/tagwright/dist/server.js';
export const START = { command: '/usr/bin/node', args: [SCRIPT] };

export interface Run {
  readonly code: number;
  readonly output: string;
  readonly errors: string;
}

export interface Home {
  readonly path: string;
  readonly project: string;
  context(more?: Partial<CliContext>): CliContext & { written(): Omit<Run, 'code'> };
  install(words: string, more?: Partial<CliContext>): Promise<Run>;
  uninstall(words: string, more?: Partial<CliContext>): Promise<Run>;
  /** Answers questions in their order, at a terminal. */
  installAnswering(words: string, answers: readonly string[], more?: Partial<CliContext>): Promise<Run>;
  write(file: string, text: string): string;
  read(file: string): string;
  has(file: string): boolean;
  /** Every file there is, but directories. */
  files(): string[];
  remove(): void;
}

export function makeHome(): Home {
  const path = mkdtempSync(join(tmpdir(), 'tagwright-home-'));
  const project = join(path, 'project');
  mkdirSync(project);

  const context: Home['context'] = (more = {}) => {
    let [output, errors] = ['', ''];
    return {
      home: path,
      cwd: project,
      platform: 'linux',
      env: {},
      program: { node: START.command, script: SCRIPT },
      input: new PassThrough(),
      output: {
        write(text) {
          output += text;
        },
      },
      errors: {
        write(text) {
          errors += text;
        },
      },
      ...more,
      written: () => ({ output, errors }),
    };
  };
  const run = async (command: typeof install, words: string, more?: Partial<CliContext>): Promise<Run> => {
    const given = context(more);
    const code = await command(words.split(' ').filter(Boolean), given);
    return { code, ...given.written() };
  };

  return {
    path,
    project,
    context,
    install: (words, more) => run(install, words, more),
    uninstall: (words, more) => run(uninstall, words, more),
    async installAnswering(words, answers, more) {
      const keyboard = Object.assign(new PassThrough(), { isTTY: true });
      const left = [...answers];
      let shown = '';
      const errors = {
        isTTY: true,
        write(text: string) {
          shown += text;
          // A question ends so; what is typed comes back through the same stream, one key at a time.
          if (/(: |\[Y\/n\] )$/.test(text) && text.length > 2)
            setImmediate(() => (left.length > 0 ? keyboard.write(`${left.shift()}\r`) : keyboard.end()));
        },
      };
      const { code, output } = await run(install, words, { ...more, input: keyboard, errors });
      return { code, output, errors: shown };
    },
    write(file, text) {
      mkdirSync(dirname(join(path, file)), { recursive: true });
      writeFileSync(join(path, file), text);
      return join(path, file);
    },
    read: (file) => readFileSync(join(path, file), 'utf8'),
    has: (file) => existsSync(join(path, file)),
    files: () =>
      readdirSync(path, { recursive: true, withFileTypes: true })
        .filter((entry) => !entry.isDirectory())
        .map((entry) => join(entry.parentPath, entry.name).slice(path.length + 1))
        .sort(),
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
}
