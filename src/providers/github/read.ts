/** One tag, or the commit a ref stands for: one request each. */
import { TagError } from '../../core/errors.ts';
import type { Call } from '../../core/provider.ts';
import type { Tag } from '../../core/tag.ts';
import { gitNameRule } from '../../core/tag-name.ts';
import { told } from '../../core/told.ts';
import type { Graph } from './graph.ts';
import { RESOLVE, TAG } from './queries.ts';
import { peeled, toTag, type WireHome, WireResolved, WireTagged, type WireTarget } from './wire.ts';

export const tagRef = (name: string): string => `refs/tags/${name}`;
const branchRef = (name: string): string => `refs/heads/${name}`;

export async function readTag(graph: Graph, repository: string, name: string, call: Call): Promise<Tag> {
  const { ref, release, ...home } = await graph.repository(TAG, repository, WireTagged, call, { ref: tagRef(name), tag: name });
  if (!ref?.target) throw new TagError('tag_not_found', told`There is no tag ${name}.`);
  return toTag(ref.name, ref.target, home, release);
}

export interface Resolved {
  readonly home: WireHome;
  readonly commit: WireTarget;
}

/** Without a ref, the default branch. What git would take for more than a name is not asked: `main:file`, `:/words`. */
export async function resolveRef(graph: Graph, repository: string, ref: string | undefined, call: Call): Promise<Resolved> {
  const expression = ref ?? 'HEAD';
  const steps = expression.search(/[~^]/);
  const base = steps < 0 ? expression : expression.slice(0, steps);
  const isPlain = (base === 'HEAD' || !gitNameRule(base)) && /^[\d~^]*$/.test(expression.slice(base.length));
  if (ref !== undefined && !isPlain) throw noSuchRef(ref);
  const { defaultBranchRef, object, branch, tag, ...home } = await graph.repository(RESOLVE, repository, WireResolved, call, {
    expression,
    branch: branchRef(base),
    tag: tagRef(base),
  });
  if (ref === undefined) {
    const commit = peeled(defaultBranchRef?.target);
    if (!commit) throw new TagError('ref_not_found', 'The repository has no default branch: it is empty.');
    return { home, commit };
  }
  const [onBranch, onTag] = [peeled(branch?.target), peeled(tag?.target)];
  if (onBranch && onTag && onBranch.oid !== onTag.oid)
    throw new TagError('ref_not_found', told`${ref} is a branch and a tag, which stand on different commits.`, {
      hint: told`Name ${branchRef(base)} or ${tagRef(base)}, or the commit.`,
    });
  const commit = peeled(object) ?? (base === expression ? (onBranch ?? onTag) : undefined);
  if (!commit) throw noSuchRef(ref);
  return { home, commit };
}

const noSuchRef = (ref: string): TagError => new TagError('ref_not_found', told`There is no branch, tag or commit ${ref}.`);
