/** A provider whose tags are those that were asked for: some systems fold case, or drop the end of a name, and answer with another one. */
import type { TagProvider } from '../core/provider.ts';
import { asAsked } from '../core/tag.ts';

export const withNames = ({ publish, ...provider }: TagProvider): TagProvider => ({
  ...provider,
  ...(publish && {
    publish: async (repository, tag, notes, call) => asAsked(await publish(repository, tag, notes, call), tag.name, true),
  }),
  get: async (repository, name, call) => asAsked(await provider.get(repository, name, call), name),
  create: async (repository, draft, call) => asAsked(await provider.create(repository, draft, call), draft.name, true),
  move: async (repository, draft, from, call) => asAsked(await provider.move(repository, draft, from, call), draft.name, true),
});
