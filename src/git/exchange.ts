/** One visit to a git host: what it has is fetched into a scratch repository, what it is to have is pushed from there. */
import { TagError } from '../core/errors.ts';
import type { Host } from '../core/host.ts';
import type { Call } from '../core/provider.ts';
import { told } from '../core/told.ts';
import type { GitAddress } from './address.ts';
import type { Git, Workplace } from './command.ts';
import { networkEnvironment, networkSettings, type Token } from './environment.ts';
import { explainHost, explainRefusal } from './host-failures.ts';
import { type ObjectFormat, type Scratch, withScratch } from './scratch.ts';

export interface Destination {
  /** Where it is read, and where it is written. */
  readonly address: GitAddress;
  readonly push: GitAddress;
  /** Whose it is, else the person's own credentials answer: helpers of git, keys of ssh. */
  readonly token: Token | undefined;
}

/** A compare-and-swap on a tag: from one object to another; `undefined` is no tag. */
export interface Swap {
  readonly name: string;
  readonly from: string | undefined;
  readonly to: string | undefined;
}

export interface Visit {
  /** The scratch repository, for commands that stay on this machine. */
  readonly at: Workplace;
  readonly scratch: Scratch;
  /** The tags of the host as it tells them: `id TAB ref`, a line each; with `^{}` what an annotated one comes to. */
  tags(): Promise<string[]>;
  /** Brings over what the refspecs name and no more: of each a commit, and its tag. False where the host has one of them not. */
  fetch(specs: readonly string[]): Promise<boolean>;
  /** False where the tag stands so already. Throws `already_exists` or `changed` where it stands otherwise; `inDoubt` where it may be done. */
  swap(change: Swap): Promise<boolean>;
}

const FETCH = ['fetch', '--quiet', '--no-tags', '--depth=1', '--filter=tree:0', '--no-recurse-submodules'];
const PUSH = ['push', '--porcelain', '--no-verify', '--no-follow-tags', '--no-recurse-submodules'];
/** The other side is a repository on this disk, and git would obey its settings and run its hooks: a stranger may have put it there. */
const LOCALLY = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'core.alternateRefsCommand=true',
  'receive.autogc=false',
  'gc.auto=0',
  'maintenance.auto=false',
].flatMap((setting) => ['-c', setting]);
const otherSide = ({ protocol }: GitAddress, service: 'upload-pack' | 'receive-pack') =>
  protocol === 'file' ? [`--${service}=git ${LOCALLY.join(' ')} ${service}`] : [];

const MISSING = /couldn't find remote ref|not our ref|unadvertised object|no such remote ref/i;
const OTHER_FORMAT = /mismatched algorithms|object format/i;

export function createExchange(git: Git, host: Host) {
  const formats = new Map<string, ObjectFormat>();
  let hasSshCommand: boolean | undefined;

  /** Has the person said what ssh is to be run? Then ours must not be put in its place. */
  async function saysSsh(path: string, call: Call): Promise<boolean> {
    hasSshCommand ??= (await git.attempt({ path }, ['config', '--get', 'core.sshCommand'], call)).output.trim() !== '';
    return hasSshCommand;
  }

  async function open(scratch: Scratch, { address, push, token }: Destination, call: Call): Promise<Visit> {
    const isSsh = [address, push].some(({ protocol }) => protocol === 'ssh');
    const ownSsh = isSsh && (await saysSsh(scratch.path, call));
    const env = { ...networkEnvironment(host.childEnv, [address, push], ownSsh), ...tracedTo(scratch.trace) };
    const at = { path: scratch.path, env, overruled: networkSettings(host.childEnv, [address, push], token) };

    return {
      at,
      scratch,
      async tags() {
        const { code, output, words } = await git.attempt(
          at,
          ['ls-remote', '--tags', ...otherSide(address, 'upload-pack'), '--', address.url],
          call,
        );
        if (code !== 0) throw explainHost(words, address.canonical);
        if (output === '' && !(await scratch.hasSpoken())) throw noHost(address);
        return output.split('\n').filter(Boolean);
      },
      async fetch(specs) {
        const { code, words } = await git.attempt(at, [...FETCH, ...otherSide(address, 'upload-pack'), '--', address.url, ...specs], call);
        if (code !== 0 && !MISSING.test(words) && words.trim() !== '') throw explainHost(words, address.canonical);
        if (!(await scratch.hasSpoken())) throw noHost(address); // a page of one line passes for an empty repository
        return code === 0;
      },
      async swap({ name, from = '', to = '' }) {
        const ref = `refs/tags/${name}`;
        // No plus before it, and no --force: both would override the lease. An empty one says that there must be none.
        const lease = `--force-with-lease=${ref}:${from}`;
        const { output, words } = await git.attempt(
          at,
          [...PUSH, ...otherSide(push, 'receive-pack'), lease, '--', push.url, `${to}:${ref}`],
          call,
        );
        const [, letter, summary = ''] =
          output
            .split('\n')
            .map((line) => REPORT.exec(line))
            .find(Boolean) ?? [];
        if (letter === undefined) throw explainHost(words, push.canonical, true);
        const raced = from === '' ? 'already_exists' : 'changed';
        if (letter !== '!') return letter !== '=';
        if (/^\[rejected\]/.test(summary)) throw new TagError(raced, 'The tag does not stand as it was read; nothing was done.');
        throw explainRefusal(summary, words, raced);
      },
    };
  }

  /** `use` may be called twice: once it is known that the host keeps objects in another format. */
  return async function visit<T>(to: Destination, call: Call, use: (visit: Visit) => Promise<T>): Promise<T> {
    const { canonical } = to.address;
    const enter = (format: ObjectFormat) => withScratch(format, async (scratch) => use(await open(scratch, to, call)));
    const known = formats.get(canonical);
    if (known) return enter(known);
    try {
      return await enter('sha1');
    } catch (error) {
      if (!(error instanceof TagError && OTHER_FORMAT.test(error.upstream?.text ?? ''))) throw error;
      formats.set(canonical, 'sha256');
      return enter('sha256');
    }
  };
}
/** What git does on the wire, in a form of its documentation; deep inside what it does, too. */
const tracedTo = (path: string) => ({ GIT_TRACE2_EVENT: path, GIT_TRACE2_EVENT_NESTING: '100' });

export type Exchange = ReturnType<typeof createExchange>;

/** `LETTER TAB FROM:TO TAB SUMMARY (REASON)`, of git push --porcelain. */
const REPORT = /^([ +\-*=!])\t\S*:\S+\t(.*)$/;

const noHost = ({ canonical }: GitAddress) =>
  new TagError('unexpected_response', told`What answers at ${canonical} speaks no git: a sign-in page, perhaps, or a proxy.`, {
    hint: 'Check the address, and that it can be reached from here without signing in.',
  });
