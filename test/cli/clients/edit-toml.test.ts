import fc from 'fast-check';
import { stringify } from 'smol-toml';
import { describe, expect, it } from 'vitest';
import { edit } from '../../../src/cli/clients/edit.ts';

const lines = (...all: string[]) => `${all.join('\n')}\n`;
const PATH = ['mcp_servers', 'us'];
const ENTRY = { command: 'node', args: ['C:\\x'], env: { A: '1' } };
const TABLE = ['[mcp_servers.us]', 'command = "node"', 'args = [ "C:\\\\x" ]', '', '[mcp_servers.us.env]', 'A = "1"'];
const add = (text: string, value: unknown = ENTRY) => edit('toml', text, PATH, value);
const take = (text: string) => edit('toml', text, PATH, undefined);

describe('a table is added', () => {
  it.each([
    ['nothing', '', lines(...TABLE)],
    ['a setting', 'model = "o5"\n', lines('model = "o5"', '', ...TABLE)],
    ['a text without a last line end', '# mine\n[a]\nb = 1', lines('# mine', '[a]', 'b = 1', '', ...TABLE)],
    [
      'other servers',
      lines('[mcp_servers]', '', '[mcp_servers.b]', 'url = "x"'),
      lines('[mcp_servers]', '', '[mcp_servers.b]', 'url = "x"', '', ...TABLE),
    ],
  ])('to %s', (_, before, after) => expect(add(before)).toBe(after));

  it('with the line ends and the mark of the file', () => {
    const text = '\uFEFFa = 1\r\n';
    const added = add(text);
    expect(added).toBe(`\uFEFF${lines('a = 1', '', ...TABLE).replaceAll('\n', '\r\n')}`);
    expect(take(added)).toBe(text);
  });
});

describe('a table is replaced', () => {
  it('with its sub-tables, wherever they are, and nothing else', () => {
    const text = lines(
      '# ours',
      '[mcp_servers.us] # here',
      'command = "old" # gone',
      '',
      '# of a',
      '[a]',
      'b = """',
      '[mcp_servers.us.env]',
      '"""',
      '',
      '[mcp_servers.us.env]',
      'A = "0"',
      '',
      '# of c',
      '[[c]]',
      'd = [',
      '  [1],',
      ']',
    );
    expect(add(text)).toBe(
      lines(
        '# ours',
        ...TABLE,
        '',
        '# of a',
        '[a]',
        'b = """',
        '[mcp_servers.us.env]',
        '"""',
        '',
        '# of c',
        '[[c]]',
        'd = [',
        '  [1],',
        ']',
      ),
    );
  });
  it('as if it had been written so at once', () => {
    for (const text of ['', 'a = 1', 'a = 1\r\n[b]\r\n']) expect(add(add(text, { command: 'old', env: { B: '2' } }))).toBe(add(text));
  });
  it('under a quoted name', () => {
    expect(add(lines('[ mcp_servers . "us" ]', 'command = "old"'))).toBe(lines(...TABLE));
  });
});

describe('a table is removed', () => {
  it.each([
    ['the last', lines('a = 1', '', ...TABLE), 'a = 1\n'],
    ['the first', lines(...TABLE, '', '[b]', 'c = 1'), '\n[b]\nc = 1\n'],
    ['one in the middle', lines('[a]', '', ...TABLE, '', '# of b', '[b]'), lines('[a]', '', '# of b', '[b]')],
    ['without a last line end', ['a = 1', '', ...TABLE].join('\n'), 'a = 1\n'],
    ['before comments', lines(...TABLE, '# the end'), '# the end\n'],
  ])('%s', (_, before, after) => expect(take(before)).toBe(after));
});

describe('what is refused', () => {
  it('malformed text, with the place and without the text', () => {
    expect(() => add('a = 1\nb = "glpat-secret\n')).toThrow(
      expect.objectContaining({ code: 'not_configured', message: expect.stringMatching(/^it is malformed at line 2, column \d+$/) }),
    );
  });
  it.each([
    ['servers in a line', 'mcp_servers = { b = { command = "x" } }\n'],
    ['our entry in a line', '[mcp_servers]\nus = { command = "x" }\n'],
    ['our entry by dotted keys', 'mcp_servers.us.command = "x"\n'],
  ])('%s', (_, text) => {
    expect(() => add(text)).toThrow(expect.objectContaining({ code: 'unsupported' }));
  });
});

describe('whatever the text looks like', () => {
  const key = fc.string({ minLength: 1, maxLength: 8 }).filter((text) => text !== '__proto__');
  const scalar = fc.oneof(
    fc.string(),
    fc.integer({ min: -1e6, max: 1e6 }),
    fc.boolean(),
    fc.constantFrom('[mcp_servers.us]', '# x\n[a]\n'),
  );
  const table = fc.dictionary(key, fc.oneof(scalar, fc.array(scalar, { maxLength: 3 }), fc.dictionary(key, scalar, { maxKeys: 3 })), {
    maxKeys: 4,
  });
  const text = fc
    .tuple(
      table,
      fc.dictionary(
        key.filter((name) => name !== 'us'),
        table,
        { maxKeys: 3 },
      ),
      fc.constantFrom('\n', '\r\n'),
      fc.array(fc.nat(40), { maxLength: 4 }),
      fc.boolean(),
    )
    .map(([settings, servers, eol, at, isEnded]) => {
      const { mcp_servers: _, ...others } = settings;
      const written = `${stringify(others)}${stringify({ mcp_servers: servers })}`.split('\n');
      const noted = written.flatMap((line, index) => (at.includes(index) ? ['# [mcp_servers.us]', '', line] : [line])).join(eol);
      return isEnded ? noted : noted.trimEnd();
    });

  it('adding and removing give the same text, but for a last line end', () => {
    fc.assert(
      fc.property(text, (before) => {
        const added = add(before);
        expect(added.startsWith(before)).toBe(true);
        expect(add(add(before, { command: 'old' }))).toBe(added);
        expect(take(added).trimEnd()).toBe(before.trimEnd());
      }),
      { numRuns: 300 },
    );
  });
});
