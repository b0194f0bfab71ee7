/** What binds the server in the shell of `install` binds it in the client, whatever that hands on. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CLIENTS } from '../../src/cli/clients/clients.ts';
import { Settings } from '../../src/config/settings.ts';
import { variablesOf } from '../../src/core/variable.ts';
import { type Home, makeHome } from './home.ts';

const env = {
  TAGWRIGHT_READ_ONLY: '1',
  TAGWRIGHT_PROTECTED_TAGS: 'v*',
  TAGWRIGHT_LOG_LEVEL: 'debug',
  TAGWRIGHT_CONFIRM: '',
  GITLAB_TOKEN: 'glpat-secret-of-mine',
};
const LIMITS = ['TAGWRIGHT_READ_ONLY', 'TAGWRIGHT_PROTECTED_TAGS'];
let home: Home;
beforeEach(() => {
  home = makeHome();
});
afterEach(() => home.remove());

const settings = variablesOf(Settings).map(([name]) => name);
const fillIn = Object.entries(CLIENTS).flatMap(([name, { placeholder, inputs }]) => (placeholder && !inputs ? [name] : []));
const literal = Object.entries(CLIENTS).flatMap(([name, { placeholder, inputs, forwarded }]) =>
  (!placeholder || inputs) && !forwarded ? [name] : [],
);

it('every client is one of three kinds', () => {
  expect([...fillIn, ...literal, 'codex'].sort()).toEqual(Object.keys(CLIENTS).sort());
  expect(literal).toEqual(['claude-desktop', 'vscode', 'cline', 'amp', 'auggie']);
});

/** The environment in an entry that was printed. */
const environmentIn = (client: string, printed: string): Record<string, string> => {
  const { key = '', environment = '' } = CLIENTS[client] ?? {};
  return JSON.parse(printed)[key].tagwright[environment] ?? {};
};

describe.each(fillIn)('%s', (client) => {
  it('gets the place of each limit that is set, of nothing that is not, and says so', async () => {
    const { output } = await home.install(`${client} --print`, { env });
    const given = environmentIn(client, output);
    expect(Object.keys(given).sort()).toEqual([...LIMITS, 'GITLAB_TOKEN'].sort());
    for (const name of LIMITS) expect(given[name]).toBe(CLIENTS[client]?.placeholder?.(name, ''));
    expect((await home.install(client, { env })).output).toMatch(
      /will read .*TAGWRIGHT_READ_ONLY, TAGWRIGHT_PROTECTED_TAGS.* from its environment/,
    );
  });
});

describe.each(literal)('%s', (client) => {
  it('gets each limit itself, no secret with it, and says so', async () => {
    const { output } = await home.install(`${client} --print`, { env });
    expect(environmentIn(client, output)).toMatchObject({ TAGWRIGHT_READ_ONLY: '1', TAGWRIGHT_PROTECTED_TAGS: 'v*' });
    expect(output).not.toContain('glpat-secret');
    const done = await home.install(client, { env });
    expect(done.output).toContain('TAGWRIGHT_READ_ONLY, TAGWRIGHT_PROTECTED_TAGS stands in the entry as it is set here; change it there.');
    expect((await home.install(client, { env })).output).toContain('Nothing was changed');
  });
  it('keeps the limit that stands in its entry', async () => {
    await home.install(client, { env: { TAGWRIGHT_PROTECTED_TAGS: 'v*' } });
    const [file = ''] = home.files();
    const before = home.read(file);
    await home.install(client, { env: { TAGWRIGHT_PROTECTED_TAGS: 'other' } });
    expect(home.read(file)).toBe(before);
  });
});

it('Codex, which hands on what is named and nothing else, is told every name, whatever is set', async () => {
  for (const around of [{}, env]) {
    const { output, errors } = await home.install('codex --print', { env: around });
    for (const name of settings) expect(output).toContain(`"${name}"`);
    expect(output).not.toContain('glpat-secret');
    expect(errors).not.toContain('TAGWRIGHT_JOURNAL');
  }
});

it.each(Object.entries(CLIENTS).flatMap(([name, { needs }]) => Object.entries(needs ?? {}).map(([where, words]) => [name, where, words])))(
  '%s says what it needs yet, %s: %s',
  async (client, where, words) => {
    const { output } = await home.install(`${client}${where === 'project' ? ' --project' : ''}`);
    expect(output).toContain(`${words}\nRestart `);
  },
);
