/** The manners of the command line. */
import { PassThrough } from 'node:stream';
import { describe, expect, it, onTestFinished } from 'vitest';
import pkg from '../../package.json' with { type: 'json' };
import { CLIENTS } from '../../src/cli/clients/clients.ts';
import { main } from '../../src/cli/main.ts';
import { makeHome } from './home.ts';

async function run(...args: string[]) {
  const home = makeHome();
  onTestFinished(home.remove);
  const context = home.context();
  const code = await main(args, context);
  return { code, ...context.written(), files: home.files() };
}

describe('help', () => {
  it.each([[['--help']], [['-h']], [['help']], [['help', 'help']], [['--version', '--help']], [['--git-root', '/x', '--help']]])(
    '%j tells what there is, with examples and exit codes',
    async (args) => {
      const { code, output, errors } = await run(...args);
      expect({ code, errors }).toEqual({ code: 0, errors: '' });
      for (const part of ['tagwright doctor', 'tagwright install', '--git-root', 'Examples:', 'Exit codes:', 'NO_COLOR', pkg.version])
        expect(output).toContain(part);
    },
  );
  it.each(['doctor', 'install', 'uninstall'])('of %s is its own, asked in any way, and does nothing', async (command) => {
    const { output, code, files } = await run('help', command);
    expect({ code, files }).toEqual({ code: 0, files: [] });
    for (const part of [`tagwright ${command}`, 'Examples:', 'Exit codes:']) expect(output).toContain(part);
    expect(await run(command, '--help')).toEqual({ code: 0, output, errors: '', files: [] });
    expect(await run(command, 'anything', '-h')).toEqual({ code: 0, output, errors: '', files: [] });
  });
  it('of install names every client', async () => {
    const { output } = await run('help', 'install');
    for (const client of Object.keys(CLIENTS)) expect(output).toContain(client);
  });
  it('fits a terminal', async () => {
    for (const command of ['help', 'doctor', 'install'])
      for (const line of (await run('help', command)).output.split('\n')) expect(line.length).toBeLessThanOrEqual(120);
  });
  it('the version is one line', async () => {
    for (const flag of ['--version', '-v']) expect(await run(flag)).toMatchObject({ code: 0, output: `${pkg.version}\n` });
  });
});

describe('what is not known', () => {
  it.each([
    [['docter'], 'docter is not a command. Did you mean doctor?'],
    [['instal', 'cursor'], 'instal is not a command. Did you mean install?'],
    [['serve'], 'serve is not a command.'],
    [['toString'], 'toString is not a command.'],
    [[''], ' is not a command.'],
    [['help', 'docter'], 'docter is not a command. Did you mean doctor?'],
    [['help', 'doctor', 'install'], 'help takes the name of one command.'],
    [['--gitroot', '/x'], '--gitroot is not a known flag. Did you mean --git-root?'],
    [['--vresion'], '--vresion is not a known flag. Did you mean --version?'],
    [['--__proto__'], '--__proto__ is not a known flag.'],
    [['-x'], '-x is not a known flag.'],
    [['--git-root'], '--git-root needs a value.'],
    [['--git-root', '--help'], '--git-root needs a value.'],
    [['--git-root', '/x', 'docter'], 'docter is not a command. Did you mean doctor?'],
    [['--git-root', '/x', 'doctor'], 'doctor has to come first: tagwright doctor --git-root /x.'],
    [['--git-root', '/a b', 'doctor', '--json'], "doctor has to come first: tagwright doctor --git-root '/a b' --json."],
    [['--json', 'doctor'], 'doctor has to come first: tagwright doctor --json.'],
    [['--help=yes'], '--help takes no value.'],
    [['doctor', '--jsno'], '--jsno is not a known flag. Did you mean --json?'],
    [['doctor', '--json=1'], '--json takes no value.'],
    [['doctor', '--no-json'], '--no-json is not a known flag.'],
    [['doctor', '--git-root='], '--git-root needs a value.'],
    [['doctor', 'gitlab'], 'doctor takes no gitlab.'],
    [['install', 'cursor', '--dryrun'], '--dryrun is not a known flag. Did you mean --dry-run?'],
    [['install', 'curser'], 'curser is not a client. Did you mean cursor?'],
  ])('%j: %s', async (args, message) => {
    const { code, output, errors, files } = await run(...args);
    expect({ code, output, files }).toEqual({ code: 2, output: '', files: [] });
    expect(errors).toMatch(/^tagwright: [^\n]+ See tagwright --help\.\n$/);
    expect(errors).toContain(message);
  });
  it('is repeated cleaned, and not without end', async () => {
    const { errors } = await run(`\u001b[31m${'x'.repeat(10_000)}\n\u202e`);
    for (const unsafe of ['\u001b', '\u202e']) expect(errors).not.toContain(unsafe);
    expect(errors.length).toBeLessThan(400);
  });
});

describe('without a terminal', () => {
  it.each([['doctor'], ['doctor', '--json'], ['install', 'cursor'], ['uninstall', 'cursor']])(
    '%s %s asks nothing and waits for nothing',
    async (...args) => {
      const home = makeHome();
      onTestFinished(home.remove);
      const input = new PassThrough(); // never ends, and nobody answers
      const context = home.context({ input });
      expect(await main(args, context)).toBeLessThan(2);
      expect(input.listenerCount('data') + input.listenerCount('readable')).toBe(0);
    },
  );
});
