/** Running git: how it is started, what becomes of its output, and of what goes wrong. The git here is a script. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Budget } from '../../src/core/budget.ts';
import type { Call } from '../../src/core/provider.ts';
import { createGit, versionOf } from '../../src/git/command.ts';
import { temporaryDirectory } from '../support/git-repository.ts';
import { codeOf, failureOf, quietCall, testHost } from '../support/target.ts';

const BARE = ['GIT_CONFIG_COUNT', 'GIT_TERMINAL_PROMPT', 'EXTRA'];
let root: string;
beforeEach(() => {
  root = temporaryDirectory();
});

/** A git that is this script. */
function scripted(script: string, env: Record<string, string> = {}, meanings: Parameters<typeof createGit>[1] = []) {
  writeFileSync(join(root, 'git'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  const childEnv = { PATH: `${root}:${process.env.PATH}`, ...env };
  return createGit(testHost({ cwd: '/', timeoutMs: 5_000, childEnv }), meanings);
}
const AT = { path: '/tmp' };
const call = quietCall();

describe('git', () => {
  it('is started with the repository, with its guards, and with what is set otherwise there', async () => {
    const git = scripted(
      `printf '%s\\n' "$@"; ${BARE.map((name) => `printf '%s=%s\\n' ${name} "$${name}"`).join('; ')}; printf '%s\\n' "$GIT_CONFIG_KEY_0=$GIT_CONFIG_VALUE_0" "$GIT_CONFIG_KEY_1=$GIT_CONFIG_VALUE_1"`,
      {
        GIT_CONFIG_COUNT: '1',
        GIT_CONFIG_KEY_0: 'user.name',
        GIT_CONFIG_VALUE_0: 'Ada',
      },
    );
    const output = await git.run(
      { path: '/tmp', overruled: [['x.y', 'z']], env: { EXTRA: '1', GIT_TERMINAL_PROMPT: '2' } },
      ['a', 'b c'],
      call,
    );
    const guards = [
      'core.hooksPath=/dev/null',
      'core.fsmonitor=false',
      'core.quotePath=false',
      'core.warnAmbiguousRefs=false',
      'core.multiPackIndex=false',
      'log.showSignature=false',
    ];
    expect(output.trimEnd().split('\n')).toEqual([
      '-C',
      '/tmp',
      ...guards.flatMap((guard) => ['-c', guard]),
      'a',
      'b c',
      'GIT_CONFIG_COUNT=2',
      'GIT_TERMINAL_PROMPT=2',
      'EXTRA=1',
      'user.name=Ada',
      'x.y=z',
    ]);
  });
  it('gets what it is to read, and need not read it', async () => {
    expect(await scripted('cat').run(AT, [], call, 'words')).toBe('words');
    expect(await scripted('cat').run(AT, [], call)).toBe('');
    expect(await scripted('exec <&-; echo done').run(AT, [], call, 'x'.repeat(1_000_000))).toBe('done\n');
  });
  it('is told with its warnings, and with its exit code where that is asked for', async () => {
    const git = scripted('echo out; echo "warning: x" >&2; exit $CODE');
    expect(await git.ask(AT, [], call)).toEqual({ output: 'out\n', words: 'warning: x\n' });
    expect(await git.attempt({ ...AT, env: { CODE: '3' } }, [], call)).toEqual({ output: 'out\n', words: 'warning: x\n', code: 3 });
    expect(await failureOf(git.run({ ...AT, env: { CODE: '3' } }, [], call))).toMatchObject({
      code: 'rejected',
      upstream: { text: 'warning: x' },
    });
  });
  it('that fails is explained by its own words first', async () => {
    const git = scripted('echo "fatal: bad object x" >&2; exit 128', {}, [{ words: /bad object/, code: 'changed', message: 'Ours.' }]);
    expect(await failureOf(git.run(AT, [], call))).toMatchObject({ code: 'changed', message: 'Ours.' });
    expect(await codeOf(scripted('echo "fatal: not a git repository" >&2; exit 128').run(AT, [], call))).toBe('repository_not_found');
  });
  it('that says too much is heard for a while', async () => {
    const { words } = await scripted('for i in 1 2 3 4 5 6 7 8; do printf "%04000d" $i >&2; sleep 0.05; done').ask(AT, [], call);
    expect(words.length).toBeGreaterThanOrEqual(10_000);
    expect(words.length).toBeLessThan(32_000);
  });
  it('is not there, or is there later', async () => {
    const git = createGit(testHost({ cwd: '/', childEnv: { PATH: root } }));
    expect(await failureOf(git.run(AT, [], call))).toMatchObject({
      code: 'not_configured',
      message: 'git could not be started (it was not found).',
    });
    writeFileSync(join(root, 'git'), '#!/bin/sh\necho here\n', { mode: 0o755 });
    expect(await git.run(AT, [], call)).toBe('here\n');
  });
  it('is not started for whoever has gone', async () => {
    const git = scripted('echo ran >> "$0.ran"');
    expect(await codeOf(git.run(AT, [], quietCall(AbortSignal.abort())))).toBe('cancelled');
    expect(await scripted('cat "$0.ran" 2>/dev/null; true').run(AT, [], call)).toBe('');
  });
  it('says whether the operator has dated what it makes', () => {
    expect([scripted('').isDated, scripted('', { GIT_COMMITTER_DATE: '1 +0000' }).isDated]).toEqual([false, true]);
  });
  it('costs what it takes: asked for before, counted afterwards, by the byte', async () => {
    const costs: unknown[] = [];
    const budget: Budget = { ask: () => void costs.push('asked'), add: (cost) => void costs.push(cost) };
    const costly: Call = { ...call, budget };
    await scripted('printf 12345').run(AT, [], costly);
    expect(costs[0]).toBe('asked');
    expect(costs).toContainEqual({ bytes: 5 });
    const { ms } = costs.find((cost) => typeof cost === 'object' && cost !== null && 'ms' in cost) as { ms: number };
    expect(ms).toBeGreaterThan(0);
    expect(ms).toBeLessThan(performance.now() / 2);
    costs.length = 0;
    for await (const _ of scripted('printf "a\\nb\\n"').lines(AT, [], costly));
    expect(costs).toContainEqual({ bytes: 4 });
  });
  it('says its version where it is asked', async () => {
    const git = scripted('for last; do :; done; [ "$2 $last" = "/tmp --version" ] && echo "git version 2.39.5 (Apple Git-154)"');
    expect(await versionOf(git, '/tmp', call)).toBe('2.39.5 (Apple Git-154)');
  });
  it('is read as far as memory is meant to go', async () => {
    const most = 64 * 1024 * 1024;
    expect(await scripted(`exec head -c ${most} /dev/zero`).run(AT, [], call)).toHaveLength(most);
  });
  it('is unsupported where it answers without end', async () => {
    const started = performance.now();
    const answer = failureOf(scripted('exec cat /dev/zero').run(AT, [], call));
    expect(await answer).toMatchObject({
      code: 'unsupported',
      message: 'The messages of these tags are too long to be read at once.',
      hint: 'Lower limit.',
    });
    expect(performance.now() - started).toBeLessThan(4_900); // not by the limit of its time
  });
});

describe('a lock that another git holds', () => {
  const LOCKED = 'echo x >> "$0.tries"; echo "fatal: Unable to create \'/r/.git/x.lock\': File exists." >&2; exit 128';
  it('is waited for once', async () => {
    const git = scripted(`if [ -e "$0.tries" ]; then echo free; exit 0; fi; ${LOCKED}`);
    expect(await git.run(AT, [], call)).toBe('free\n');
    const held = scripted(LOCKED.replaceAll('tries', 'held'));
    expect(await codeOf(held.run(AT, [], call))).toBe('unavailable');
    expect(await scripted('cat "$0.held"').run(AT, [], call)).toBe('x\nx\n');
  });
  it('is the only thing that is', async () => {
    expect(await codeOf(scripted('echo x >> "$0.once"; exit 1').run(AT, [], call))).toBe('rejected');
    expect(await scripted('cat "$0.once"').run(AT, [], call)).toBe('x\n');
  });
});

/** No process has that number any more, or one that only waits to be counted. */
const isGone = (pid: number) => {
  try {
    return / Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return true;
  }
};

describe('its lines', () => {
  const all = async (script: string, warn?: (words: string) => void) => {
    const lines: string[] = [];
    for await (const batch of scripted(script).lines(AT, [], call, warn)) lines.push(...batch);
    return lines;
  };
  it('come whole, the last one ended', async () => {
    expect(await all('printf "a\\nb"; sleep 0.1; printf "c\\nd\\nlost"')).toEqual(['a', 'bc', 'd']);
    expect(await all('true')).toEqual([]);
  });
  it('come with what it says beside', async () => {
    let words = '';
    await all('echo "warning: x" >&2; echo a', (text) => {
      words += text;
    });
    expect(words).toBe('warning: x\n');
  });
  it('end in its error', async () => {
    const seen: string[] = [];
    const reading = (async () => {
      for await (const batch of scripted('echo a; echo "fatal: bad object" >&2; exit 1').lines(AT, [], call)) seen.push(...batch);
    })();
    expect(await codeOf(reading)).toBe('rejected');
    expect(seen).toEqual(['a']);
  });
  it('end it when nobody reads on, though it would say nothing more', async () => {
    const git = scripted('echo $$; exec sleep 60');
    let pid = 0;
    for await (const [line] of git.lines(AT, [], call)) {
      pid = Number(line);
      break;
    }
    expect(pid).toBeGreaterThan(0);
    await expect.poll(() => isGone(pid)).toBe(true);
  });
  it('end it when nobody reads on while it talks', async () => {
    const started = performance.now();
    for await (const batch of scripted('while :; do echo a; sleep 0.01; done').lines(AT, [], call)) if (batch.length > 0) break;
    expect(performance.now() - started).toBeLessThan(4_000);
  });
});
