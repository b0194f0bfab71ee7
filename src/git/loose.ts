/** Loose objects: git would wait for one that is a pipe, and follow one that is a link. */
import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { kindOf, refuseUnlessPlain } from './look.ts';

const FAN_OUT = /^[0-9a-f]{2}$/;
/** So long after its last change a directory is sure to show the next one. */
const TICK_MS = 100;

/** When those that were looked at had changed last. Anybody can set the time of a modification, but not this one. */
const changes = new Map<string, bigint>();

/** Throws `policy_denied`. `parts` are the names in the store. Waits for nothing: a look at each would take longer otherwise. */
export function refuseOddObjects(store: string, parts: readonly string[]): void {
  for (const part of parts) {
    if (!FAN_OUT.test(part)) continue;
    const directory = join(store, part);
    const stat = lstatSync(directory, { bigint: true, throwIfNoEntry: false });
    if (!stat?.isDirectory() || changes.get(directory) === stat.ctimeNs) continue;
    for (const entry of readdirSync(directory, { withFileTypes: true })) refuseUnlessPlain(join(directory, entry.name), kindOf(entry));
    if (Date.now() - Number(stat.ctimeMs) >= TICK_MS) changes.set(directory, stat.ctimeNs);
    else changes.delete(directory);
  }
}
