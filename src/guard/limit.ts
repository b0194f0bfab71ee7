/** So many calls of one provider at once, the others in the order they came. A slow system holds up its own callers alone. */
import { abandoned } from '../core/errors.ts';
import type { Call, TagProvider } from '../core/provider.ts';

export interface Gate {
  pass<T>(call: Call, act: () => Promise<T>): Promise<T>;
}

export function createGate(limit: number): Gate {
  const waiting: (() => void)[] = [];
  let free = limit;

  /** Waits for a place, or throws as soon as the call is given up. */
  const enter = (signal: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      const leave = () => {
        waiting.splice(waiting.indexOf(admit), 1);
        reject(abandoned(signal));
      };
      const admit = () => {
        signal.removeEventListener('abort', leave);
        resolve();
      };
      signal.addEventListener('abort', leave, { once: true });
      waiting.push(admit);
    });

  return {
    async pass({ signal }, act) {
      if (signal.aborted) throw abandoned(signal);
      if (free > 0) free -= 1;
      else await enter(signal);
      try {
        return await act();
      } finally {
        const next = waiting.shift();
        if (next) next();
        else free += 1;
      }
    },
  };
}

/** A provider whose methods pass the gate, all but `access`, which no tool asks. */
export function withLimit(provider: TagProvider, limit: number): TagProvider {
  const gate = createGate(limit);
  const { admit, compare, publish, withdraw, undo } = provider;
  return {
    ...provider,
    locate: (spelling, call) => gate.pass(call, () => provider.locate(spelling, call)),
    canonical: (repository, call) => gate.pass(call, () => provider.canonical(repository, call)),
    resolve: (repository, ref, call) => gate.pass(call, () => provider.resolve(repository, ref, call)),
    get: (repository, name, call) => gate.pass(call, () => provider.get(repository, name, call)),
    list: (repository, query, call) => gate.pass(call, () => provider.list(repository, query, call)),
    create: (repository, draft, call) => gate.pass(call, () => provider.create(repository, draft, call)),
    move: (repository, draft, from, call) => gate.pass(call, () => provider.move(repository, draft, from, call)),
    delete: (repository, tag, force, call) => gate.pass(call, () => provider.delete(repository, tag, force, call)),
    ...(compare && { compare: (repository, range, call) => gate.pass(call, () => compare(repository, range, call)) }),
    ...(publish && { publish: (repository, tag, notes, call) => gate.pass(call, () => publish(repository, tag, notes, call)) }),
    ...(withdraw && { withdraw: (repository, tag, call) => gate.pass(call, () => withdraw(repository, tag, call)) }),
    ...(undo && { undo: (repository, withNotes, call) => gate.pass(call, () => undo(repository, withNotes, call)) }),
    ...(admit && { admit: (repository, name, call, withNotes) => gate.pass(call, () => admit(repository, name, call, withNotes)) }),
    check: (call) => gate.pass(call, () => provider.check(call)),
  };
}
