/** A page ends by its size too, whatever limit says: clients cut what is longer, and tell nobody. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Tag } from '../../src/core/tag.ts';
import { createMemory } from '../support/memory-provider.ts';
import { toolsOn } from '../support/target.ts';

const PAGE = 10_500;
const filled = (tags: readonly Tag[]) => {
  const memory = createMemory();
  for (const tag of tags) memory.tags.set(tag.name, tag);
  return toolsOn(memory.provider, 'r');
};
const tagOf = (name: string, message: string): Tag => ({
  name,
  commit_id: 'a'.repeat(40),
  annotated: true,
  message,
  created_at: '2026-11-26T00:00:00Z',
});

it('pages of any format, order and limit are short, and hold every tag once', async () => {
  const names = fc.uniqueArray(fc.stringMatching(/^v\d{1,2}\.\d{1,2}$/), { minLength: 1, maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(
      names,
      fc.nat(9_000),
      fc.constantFrom('concise', 'detailed'),
      fc.constantFrom('name', 'version', 'updated'),
      fc.integer({ min: 1, max: 100 }),
      async (all, size, format, order_by, limit) => {
        const tools = filled(all.map((name, index) => tagOf(name, 'x'.repeat((size * (index + 1)) % 9_000))));
        const seen: string[] = [];
        let cursor: string | undefined;
        do {
          const page = await tools.list({ format, order_by, limit, ...(cursor && { cursor }) });
          expect(JSON.stringify(page).length).toBeLessThan(PAGE);
          seen.push(...page.tags.map(({ name }) => name));
          cursor = page.next_cursor;
        } while (cursor);
        expect(seen).toHaveLength(all.length);
        expect(new Set(seen)).toEqual(new Set(all));
      },
    ),
    { numRuns: 60 },
  );
});

it('one tag that is longer than a page is shown all the same', async () => {
  const page = await filled([tagOf(`v${'1'.repeat(900)}`, 'é'.repeat(9_000)), tagOf('v2', 'short')]).list({
    format: 'detailed',
    limit: 100,
  });
  expect(page.tags.length).toBeGreaterThan(0);
});
