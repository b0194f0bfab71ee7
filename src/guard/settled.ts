/** A provider whose writes tell the truth: what became of one whose answer got lost is looked up before it is reported. */
import type { TagProvider } from '../core/provider.ts';
import { tagsOf } from '../core/provider.ts';
import { createCertain, deleteCertain, moveCertain, publishCertain, withdrawCertain } from '../core/settle.ts';
import { withNames } from './named.ts';

export function withSettling(bare: TagProvider): TagProvider {
  const provider = withNames(bare);
  const { publish, withdraw } = provider;
  return {
    ...provider,
    create: (repository, draft, call) => createCertain(tagsOf(provider, repository, call), draft),
    move: (repository, draft, from, call) => moveCertain(tagsOf(provider, repository, call), draft, from),
    delete: (repository, tag, force, call) => deleteCertain(tagsOf(provider, repository, call), tag, force),
    ...(publish && { publish: (repository, tag, notes, call) => publishCertain(tagsOf(provider, repository, call), tag, notes) }),
    ...(withdraw && { withdraw: (repository, tag, call) => withdrawCertain(tagsOf(provider, repository, call), tag) }),
  };
}
