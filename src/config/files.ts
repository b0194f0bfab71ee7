/** Small files read at start. At once, since to hand each to another thread takes longer than to read it. */
import { readFileSync } from 'node:fs';

/** Undefined where there is no such file, or it may not be read. */
export function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
