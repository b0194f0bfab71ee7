import { afterEach, describe, it } from 'vitest';
import { historyLaws } from './history-laws.ts';
import { type Law, laws } from './laws.ts';
import { wireLaws } from './wire-laws.ts';
import type { World } from './world.ts';

/** Runs every law, each in a world of its own. A system that cannot keep one says why in `skip`; one behind HTTP has the laws of the wire too, one that compares those of history. */
export function contract(
  title: string,
  open: () => Promise<World>,
  { wire = false, history = false, skip = {} }: { wire?: boolean; history?: boolean; skip?: Record<string, string> } = {},
): void {
  describe(title, () => {
    let world: World | undefined;
    afterEach(async () => {
      const unknown = world?.wire?.sandbox.unknown ?? [];
      await world?.close();
      world = undefined;
      if (unknown.length > 0) throw new Error(`the sandbox knows no such route: ${unknown.join(', ')}`);
    });
    const run = (set: Record<string, Law>) => {
      for (const [law, hold] of Object.entries(set))
        it.skipIf(law in skip)(skip[law] ? `${law} (${skip[law]})` : law, async () => {
          world = await open();
          await hold(world);
        });
    };
    run(laws);
    if (history) describe('over a history', () => run(historyLaws));
    if (wire) describe('over the wire', () => run(wireLaws));
  });
}
