import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { stringify } from 'smol-toml';
import { afterAll, describe, expect, it } from 'vitest';
import { makeHome } from './home.ts';

const home = makeHome();
afterAll(() => home.remove());

const name = fc.string({ minLength: 1, maxLength: 6 }).filter((text) => !/^(__proto__|tagwright)$/.test(text));
const server = fc.record({
  command: fc.string(),
  args: fc.array(fc.string(), { maxLength: 3 }),
  env: fc.dictionary(name, fc.string(), { maxKeys: 2 }),
});
const servers = fc.dictionary(name, server, { maxKeys: 3 });
const rest = fc.dictionary(
  name,
  fc.oneof(fc.string(), fc.integer({ min: -1e9, max: 1e9 }), fc.boolean(), fc.array(fc.string(), { maxLength: 2 })),
  { maxKeys: 3 },
);
const eol = fc.constantFrom('\n', '\r\n');
const indent = fc.constantFrom('', ' ', '  ', '    ', '\t');
const ended = fc.boolean();

/** A document as somebody might have written it: with a key or without, any indentation, comments on lines that end. */
const jsonc = (key: string) =>
  fc
    .tuple(fc.option(servers), rest, rest, indent, eol, ended, fc.array(fc.nat(30), { maxLength: 4 }))
    .map(([held, before, after, unit, end, isEnded, at]) => {
      const document = { ...before, ...(held && { [key]: held }), ...after };
      const written = JSON.stringify(document, null, unit).split('\n');
      const noted = written.flatMap((line, index) => (at.includes(index) ? [`${line} // "${key}": {`, '/* , */'] : [line]));
      return (noted.length > 1 || !noted[0]?.includes('//') ? noted.join(end) : (written[0] ?? '')) + (isEnded ? end : '');
    });

const toml = fc
  .tuple(servers, rest, eol, ended, fc.array(fc.nat(20), { maxLength: 3 }))
  .map(([held, { mcp_servers: _, ...others }, end, isEnded, at]) => {
    const written = `${stringify(others)}${stringify({ mcp_servers: held })}`.trimEnd().split('\n');
    return (
      written.flatMap((line, index) => (at.includes(index) ? ['# [mcp_servers.tagwright]', line] : [line])).join(end) + (isEnded ? end : '')
    );
  });

describe.each([
  ['cursor', jsonc('mcpServers'), '.cursor/mcp.json'],
  ['vscode', jsonc('servers'), '.config/Code/User/mcp.json'],
  ['opencode', jsonc('mcp'), '.config/opencode/opencode.json'],
  ['codex', toml, '.codex/config.toml'],
] as const)('%s', (client, text, file) => {
  it('has the same bytes after install and uninstall, whatever it had before', async () => {
    await fc.assert(
      fc.asyncProperty(text, fc.subarray(['git', 'gitlab', 'vers']), async (before, systems) => {
        home.write(file, before);
        const words = [client, ...systems.map((system) => `--system ${system}`)].join(' ');
        expect(await home.install(words)).toMatchObject({ code: 0, errors: '' });
        expect(home.read(file)).not.toBe(before);
        const after = home.read(file);
        await home.install(words);
        expect(home.read(file)).toBe(after);
        await home.install(`${client} --system lakefs`);
        expect(await home.uninstall(client)).toMatchObject({ code: 0, errors: '' });
        expect(home.read(file)).toBe(before);
        expect(home.files()).toContain(file);
        expect(home.has(`${file}.tagwright.bak`)).toBe(false);
      }),
      { numRuns: 60 },
    );
  });
  it('keeps what is written after install', async () => {
    await fc.assert(
      fc.asyncProperty(text, async (before) => {
        home.write(file, before);
        await home.install(client);
        // Somebody adds a comment at the end: the way back by the backup is closed.
        const note = `${client === 'codex' ? '#' : '//'} ${randomBytes(4).toString('hex')}\n`;
        home.write(file, `${home.read(file)}\n${note}`);
        expect(await home.uninstall(client)).toMatchObject({ code: 0 });
        const rest = home.read(file);
        expect(rest.endsWith(note)).toBe(true);
        for (const comment of before.match(/(\/\/|#) ["[].*/g) ?? []) expect(rest).toContain(comment);
      }),
      { numRuns: 40 },
    );
  });
});
