/** A history that is planted on several systems alike, and what real git makes of it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { type GitRepository, makeRepository } from './git-repository.ts';

export interface Planted {
  /** Which of those before it are its parents. */
  readonly parents: readonly number[];
  readonly message: string;
}

const MESSAGES = ['feat: more', 'fix(core): less', 'docs: words', 'refactor!: otherwise', 'Merge branch', 'fix: x\n\nBREAKING CHANGE: y'];

/** Of one root, with merges of up to three branches. */
export const anyHistory = fc
  .array(fc.record({ parents: fc.array(fc.nat(), { minLength: 1, maxLength: 3 }), message: fc.constantFrom(...MESSAGES) }), {
    minLength: 1,
    maxLength: 14,
  })
  .map((wanted): Planted[] =>
    wanted.map(({ parents, message }, index) => ({
      message,
      parents: index === 0 ? [] : [...new Set(parents.map((parent) => index - 1 - (parent % Math.min(index, 6))))],
    })),
  );

/** On one line, without a merge. */
export const lineOf = (count: number, messageOf = (index: number) => `fix: number ${index}`): Planted[] =>
  Array.from({ length: count }, (_, index) => ({ parents: index === 0 ? [] : [index - 1], message: messageOf(index) }));

/** Each commit by its parents' ids; returns the ids of all. */
export function plantBy(graft: (parents: string[], message: string) => string, history: readonly Planted[]): string[] {
  const ids: string[] = [];
  for (const { parents, message } of history) {
    const family = parents.flatMap((index) => ids[index] ?? []);
    ids.push(graft(family, message));
  }
  return ids;
}

/** For git fast-import; `mark` n+1 is the commit n. */
const streamOf = (history: readonly Planted[], branch: string): string =>
  history
    .flatMap(({ parents: [first, ...others], message }, index) => [
      ...(first === undefined ? [`reset refs/heads/${branch}`] : []),
      `commit refs/heads/${branch}`,
      `mark :${index + 1}`,
      `committer Ada <ada@example.com> ${1_700_000_000 + index * 60} +0000`,
      `data ${Buffer.byteLength(message)}`,
      message,
      ...(first === undefined ? [] : [`from :${first + 1}`]),
      ...others.map((parent) => `merge :${parent + 1}`),
      '',
    ])
    .join('\n');

/** Puts it into a repository, on no branch that anything else uses; returns the ids of its commits. */
export function plantIn({ path, feed, git }: GitRepository, history: readonly Planted[]): string[] {
  const file = join(path, '.git', 'planted');
  feed(`${streamOf(history, 'planted')}\n`, 'fast-import', '--quiet', '--force', `--export-marks=${file}`);
  git('update-ref', '-d', 'refs/heads/planted');
  const marks = readFileSync(file, 'utf8');
  const ids = new Map(marks.split('\n').map((line) => line.slice(1).split(' ') as [string, string]));
  return history.map((_, index) => ids.get(String(index + 1)) ?? '');
}

/** Real git's answers about it, in numbers of its commits. */
export interface Reference {
  /** rev-list BASE..HEAD; without a base, all of head's history. */
  between(base: number | undefined, head: number): Set<number>;
  contains(head: number, base: number): boolean;
  close(): void;
}

export function referenceOf(history: readonly Planted[]): Reference {
  const repository = makeRepository();
  const ids = plantIn(repository, history);
  const list = (...args: string[]) =>
    new Set(
      repository
        .git('rev-list', ...args)
        .split('\n')
        .filter(Boolean)
        .map((id) => ids.indexOf(id)),
    );
  return {
    between: (base, head) => list(ids[head] ?? '', ...(base === undefined ? [] : [`^${ids[base]}`])),
    contains: (head, base) => list(ids[head] ?? '').has(base),
    close: repository.remove,
  };
}
