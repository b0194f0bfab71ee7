import { tagsOf } from '../../src/core/provider.ts';
import type { Target } from '../../src/core/tool.ts';
import { withSettling } from '../../src/guard/settled.ts';
import type { Memory } from './memory-provider.ts';

/** A repository in memory as a target of a release. */
export const targetOf = (memory: Memory, index: number, ref: string | undefined = 'second'): Target => {
  const provider = withSettling(memory.provider);
  const repository = `r${index}`;
  return {
    named: { provider: 'memory', repository, ref },
    open: async () => ({
      address: { provider: 'memory', repository },
      canonical: async () => repository,
      tags: (call) => tagsOf(provider, repository, call),
    }),
  };
};
