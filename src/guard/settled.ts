/** A provider whose writes tell the truth: what became of one whose answer got lost is looked up before it is reported. */
import type { TagProvider } from '../core/provider.ts';
import { tagsOf } from '../core/provider.ts';
import { createCertain, deleteCertain, moveCertain } from '../core/settle.ts';
import { withNames } from './named.ts';

export function withSettling(bare: TagProvider): TagProvider {
  const provider = withNames(bare);
  return {
    ...provider,
    create: (repository, draft, call) => createCertain(tagsOf(provider, repository, call), draft),
    move: (repository, draft, from, call) => moveCertain(tagsOf(provider, repository, call), draft, from),
    delete: (repository, tag, force, call) => deleteCertain(tagsOf(provider, repository, call), tag, force),
  };
}
