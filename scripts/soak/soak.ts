/** Many mixed calls through faults, outages and kills, every reported outcome compared with what the systems really hold. */
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { restoreIn } from '../../test/support/restore-call.ts';
import { allowed, type Deed, possible, type Said } from './judge.ts';
import { openSession } from './session.ts';
import { FAULTS, OUTAGES, openSystems, type System } from './systems.ts';

export interface SoakOptions {
  readonly calls: number;
  readonly atOnce: number;
  readonly seed: number;
  /** An outage of one system begins after so many calls, and a kill of the server, in the first half, after so many. */
  readonly outageEvery: number;
  readonly killEvery: number;
}

export interface SoakReport {
  readonly calls: number;
  readonly faults: number;
  readonly outages: number;
  readonly kills: number;
  /** Tags that a killed move had lost, and the call that the journal tells brought back. */
  readonly restored: number;
  readonly outcomes: Readonly<Record<string, number>>;
  /** Outcomes that were not true. */
  readonly lies: readonly string[];
  /** Resident memory of the last server once it has found its size, and at the end, in MiB. */
  readonly memory: readonly [early: number, late: number];
  readonly seconds: number;
}

const FAULT_EVERY = 7;
const LONGEST_OUTAGE_MS = 1_200;
/** What had reached a system before the server was killed is done by then. */
const SETTLED_MS = 100;
const RETRY_MS = 200;
const TOOLS = ['create_tag', 'create_tag', 'create_tag', 'get_tag', 'list_tags', 'delete_tag', 'tag_release'] as const;

/** A small generator (mulberry32): a run can be repeated by its seed. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

interface Watched {
  readonly system: System;
  readonly name: string;
  readonly deed: Deed;
}

export async function soak(server: string, cwd: string, options: SoakOptions): Promise<SoakReport> {
  const { calls, atOnce, seed, outageEvery, killEvery } = options;
  const started = performance.now();
  const random = generator(seed);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  const { systems, env } = await openSystems();
  const session = await openSession(server, cwd, {
    PATH: process.env.PATH ?? '',
    TAGWRIGHT_TIMEOUT_MS: '3000',
    TAGWRIGHT_JOURNAL: join(cwd, 'journal.jsonl'),
    ...env,
  });
  const outcomes: Record<string, number> = {};
  const lies: string[] = [];
  let [done, faults, outages, kills, restored, early] = [0, 0, 0, 0, 0, 0];

  function disturb(system: System): void {
    if (done % FAULT_EVERY === 0) {
      faults += 1;
      system.sandbox.fault(pick(FAULTS));
    }
    if (done % outageEvery === 0) {
      outages += 1;
      system.sandbox.fault(pick(OUTAGES), { times: Number.POSITIVE_INFINITY, forMs: random() * LONGEST_OUTAGE_MS });
    }
    if (done % killEvery === 0 && done < calls / 2) {
      kills += 1;
      void session.restart();
    }
  }

  /** A move that was killed between its halves has left word: the very call that brings the tag back. */
  async function recover({ system, name, deed }: Watched): Promise<void> {
    for (let tries = 0; tries < 20 && system.standing(name) === undefined; tries += 1) {
      const missing = await session.call('get_tag', { provider: system.provider, repository: system.repository, name });
      const restore = missing && restoreIn(missing.text);
      if (missing?.text.startsWith('tag_not_found') && !restore) break;
      if (restore) await session.call('create_tag', restore);
      // An outage may answer at once, and lasts longer than many tries then.
      else await setTimeout(RETRY_MS);
    }
    restored += 1;
    if (system.standing(name) !== deed.before) lies.push(`${system.provider} ${name}: lost at ${deed.before}, and not brought back`);
  }

  async function judge(watched: readonly Watched[], said: Said | undefined): Promise<void> {
    if (!said) await setTimeout(SETTLED_MS);
    for (const one of watched) {
      const { system, name, deed } = one;
      const now = system.standing(name);
      const places = said ? allowed(deed, said) : possible(deed);
      if (!places.includes(now))
        lies.push(`${deed.tool} ${system.provider} ${name}: ${deed.before} → ${now}, said ${said?.text.slice(0, 400)}`);
      else if (now === undefined && deed.wanted !== undefined && deed.before !== undefined) await recover(one);
    }
    const [only] = watched.length === 1 ? watched : [];
    if (said && !said.isError && only?.deed.tool === 'get_tag' && !said.text.includes(String(only.deed.before)))
      lies.push(`get_tag ${only.name}: ${only.deed.before}, said ${said.text.slice(0, 400)}`);
  }

  /** Each worker has tags of its own, so that it knows what to expect. */
  async function work(worker: number): Promise<void> {
    while (done < calls) {
      done += 1;
      const tool = pick(TOOLS);
      const system = pick(systems);
      const force = random() < 0.5;
      const name = `w${worker}-${Math.floor(random() * 3)}`;
      const involved = tool === 'tag_release' ? systems : [system];
      const refs = new Map(involved.map((one) => [one, pick(one.commits)]));
      const address = ({ provider, repository }: System) => ({ provider, repository });
      const args = {
        create_tag: () => ({ ...address(system), name, ref: refs.get(system), force }),
        get_tag: () => ({ ...address(system), name }),
        list_tags: () => ({ ...address(system), search: `^w${worker}-` }),
        delete_tag: () => ({ ...address(system), name }),
        tag_release: () => ({ name, targets: systems.map((one) => ({ ...address(one), ref: refs.get(one) })) }),
      }[tool]();
      const watched = involved.map((one) => {
        const wanted = tool === 'delete_tag' ? undefined : refs.get(one);
        return { system: one, name, deed: { tool, force: force && tool === 'create_tag', before: one.standing(name), wanted } };
      });
      disturb(system);
      const said = await session.call(tool, args);
      const outcome = `${tool} ${said ? (said.isError ? said.text.split(':', 1)[0] : 'ok') : 'killed'}`;
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
      await judge(watched, said);
      for (const { sandbox } of systems) sandbox.seen.length = 0;
      if (early === 0 && done >= (calls * 5) / 8) early = session.resident();
    }
  }
  await Promise.all(Array.from({ length: atOnce }, (_, worker) => work(worker)));
  const late = session.resident();
  await session.close();
  await Promise.all(systems.map(({ sandbox }) => sandbox.close()));
  const seconds = (performance.now() - started) / 1_000;
  return { calls: done, faults, outages, kills, restored, outcomes, lies, memory: [early, late], seconds };
}
