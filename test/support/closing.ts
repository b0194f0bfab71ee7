import { onTestFinished } from 'vitest';
import type { Sandbox } from '../sandbox/sandbox.ts';

/** Closes sandboxes when the test is over; it fails where one was asked for what its system does not have. */
export function closeAfterwards(...sandboxes: Pick<Sandbox, 'close' | 'unknown'>[]): void {
  onTestFinished(async () => {
    await Promise.all(sandboxes.map((sandbox) => sandbox.close()));
    const unknown = sandboxes.flatMap((sandbox) => sandbox.unknown);
    if (unknown.length > 0) throw new Error(`no such route: ${unknown.join(', ')}`);
  });
}
