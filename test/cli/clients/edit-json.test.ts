import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { edit, read } from '../../../src/cli/clients/edit.ts';

const lines = (...all: string[]) => `${all.join('\n')}\n`;
const add = (text: string, value: unknown = { command: 'x' }, path: (string | number)[] = ['servers', 'us']) =>
  edit('jsonc', text, path, value);
const take = (text: string) => edit('jsonc', text, ['servers', 'us'], undefined);

describe('a value is added', () => {
  it.each([
    ['nothing', '', lines('{', '  "servers": {', '    "us": {', '      "command": "x"', '    }', '  }', '}')],
    ['an empty object', '{}', lines('{', '  "servers": {', '    "us": {', '      "command": "x"', '    }', '  }', '}').trimEnd()],
    ['a comment alone', '// mine\n', lines('// mine', '{', '  "servers": {', '    "us": {', '      "command": "x"', '    }', '  }', '}')],
    ['one line', '{"a":1}', '{"a":1,"servers":{"us":{"command":"x"}}}'],
    ['one airy line', '{ "a": 1 }', '{ "a": 1, "servers": {"us":{"command":"x"}} }'],
    ['one line with an empty container', '{"servers":{}}', '{"servers":{"us":{"command":"x"}}}'],
    [
      'tabs',
      lines('{', '\t"servers": {', '\t\t"a": {}', '\t}', '}'),
      lines('{', '\t"servers": {', '\t\t"a": {},', '\t\t"us": {', '\t\t\t"command": "x"', '\t\t}', '\t}', '}'),
    ],
    [
      'four blanks',
      lines('{', '    "servers": {}', '}'),
      lines('{', '    "servers": {', '        "us": {', '            "command": "x"', '        }', '    }', '}'),
    ],
    [
      'a trailing comma and comments',
      lines('{', '  // all of them', '  "servers": {', '    "a": {}, // the first', '    // the end', '  },', '}'),
      lines(
        '{',
        '  // all of them',
        '  "servers": {',
        '    "a": {}, // the first',
        '    // the end',
        '    "us": {',
        '      "command": "x"',
        '    },',
        '  },',
        '}',
      ),
    ],
    [
      'a comment behind the last member',
      lines('{', '  "servers": {', '    "a": {} // the first', '  }', '}'),
      lines('{', '  "servers": {', '    "a": {}, // the first', '    "us": {', '      "command": "x"', '    }', '  }', '}'),
    ],
  ])('to %s', (_, before, after) => expect(add(before)).toBe(after));

  it('with the line ends and the mark of the file', () => {
    const text = '\uFEFF{\r\n  "servers": {\r\n    "a": {}\r\n  }\r\n}\r\n';
    const added = add(text);
    expect(added).toBe('\uFEFF{\r\n  "servers": {\r\n    "a": {},\r\n    "us": {\r\n      "command": "x"\r\n    }\r\n  }\r\n}\r\n');
    expect(take(added)).toBe(text);
  });
  it('to a list', () => {
    expect(add('{ "inputs": [1] }', 2, ['inputs', 1])).toBe('{ "inputs": [1,2] }');
    expect(add('{}', 2, ['inputs', 0])).toBe(lines('{', '  "inputs": [', '    2', '  ]', '}').trimEnd());
  });
});

describe('a value is replaced', () => {
  it('as if it had been written so at once', () => {
    for (const text of ['', '{}', '{"a":1}', '{ "a": 1 }', '{\n\t"servers": {\n\t\t"b": 1\n\t}\n}\n'])
      expect(add(add(text, { command: 'old', args: [1] }))).toBe(add(text));
  });
  it('and its neighbours keep their bytes', () => {
    expect(add('{"servers":{ "us" : 1 , "b":  2}}', 3)).toBe('{"servers":{ "us" : 3 , "b":  2}}');
  });
});

describe('a value is removed', () => {
  it.each([
    ['the only one', '{"servers": { "us": 1 }}', '{"servers": {}}'],
    ['the first', '{"servers": { "us": 1, "b": 2 }}', '{"servers": { "b": 2 }}'],
    ['the last', '{"servers": { "a": 1, "us": 1 }}', '{"servers": { "a": 1 }}'],
    ['one of several lines', '{"servers": {\n "a": 1, // a\n "us": {\n  },\n "b": 2\n}}', '{"servers": {\n "a": 1, // a\n "b": 2\n}}'],
    ['the last behind a comment', '{"servers": {\n "a": 1, // a\n "us": 1 }}', '{"servers": {\n "a": 1 // a\n  }}'],
    ['the last with a trailing comma', '{"servers": {\n "a": 1,\n "us": 1,\n}}', '{"servers": {\n "a": 1,\n}}'],
    ['one between comments', '{"servers": {\n // ours\n "us": 1\n // end\n}}', '{"servers": {\n // ours\n // end\n}}'],
  ])('%s', (_, before, after) => expect(take(before)).toBe(after));
});

describe('what is refused', () => {
  it.each(['json', 'jsonc'] as const)('%s that is malformed, with the place and without the text', (format) => {
    const text = '{\n  "servers": {\n    "a": "glpat-secret" "b"\n  }\n}\n';
    expect(() => edit(format, text, ['servers', 'us'], 1)).toThrow(
      expect.objectContaining({ code: 'not_configured', message: 'it is malformed at line 3, column 25' }),
    );
  });
  it('comments and trailing commas where the client knows none', () => {
    for (const text of ['{} // no', '{"a": 1,}', '/* no */ {}']) {
      expect(() => read('json', text)).toThrow(expect.objectContaining({ code: 'not_configured' }));
      expect(read('jsonc', text)).toBeDefined();
    }
  });
  it.each(['[]', '1', 'null', '"text"'])('a document that is %s', (text) => {
    expect(() => add(text)).toThrow(expect.objectContaining({ code: 'not_configured' }));
  });
  it('a container of another kind', () => {
    for (const text of ['{"servers": []}', '{"servers": null}', '{"servers": 1}'])
      expect(() => add(text)).toThrow(expect.objectContaining({ code: 'not_configured', message: 'its servers is not an object' }));
  });
  it('the removal of a member that is there twice', () => {
    const text = '{"servers": {"us": 1, "us": 2}}';
    expect(add(text, 3)).toBe('{"servers": {"us": 1, "us": 3}}');
    expect(() => take(text)).toThrow(expect.objectContaining({ code: 'unsupported' }));
  });
});

describe('whatever the text looks like', () => {
  const gap = fc.constantFrom('', '', ' ', '\n', '\n  ', '\r\n\t', ' // note, "a": {\n', '/* b ] */', '\n  // line\n  ');
  const scalar = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null)).map((value) => JSON.stringify(value));
  const key = fc.string().filter((text) => text !== '__proto__' && text !== 'us');
  const { object } = fc.letrec<{ value: string; object: string }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      scalar,
      tie('object'),
      fc.tuple(gap, fc.array(scalar, { maxLength: 3 })).map(([g, all]) => `[${all.join(`${g},`)}${g}]`),
    ),
    object: fc
      .tuple(
        fc.uniqueArray(key, { maxLength: 4 }),
        fc.array(tie('value'), { minLength: 4, maxLength: 4 }),
        fc.array(gap, { minLength: 9, maxLength: 9 }),
        fc.boolean(),
      )
      .map(([keys, values, gaps, hasComma]) => {
        const members = keys.map(
          (name, index) => `${gaps[index]}${JSON.stringify(name)}${gaps[index + 1]}:${gaps[index + 4]}${values[index]}${gaps[index + 2]}`,
        );
        return `{${members.join(',')}${hasComma && members.length > 0 ? `,${gaps[8]}` : ''}${gaps[7]}}`;
      }),
  }));
  const document = fc.tuple(object, object, gap, fc.nat(2)).map(([outer, inner, space, kind]) => {
    if (kind === 0) return outer;
    const others = /^\{[^"]*"/.test(outer) ? ',' : '';
    return outer.replace(/^\{/, () => `{${space}"servers":${space}${kind === 1 ? inner : '{}'}${others}`);
  });
  const comments = (text: string) => text.match(/\/\/ (note|line)|\/\* b \] \*\//g) ?? [];
  const entry = { command: 'node', args: ['a\nb'], env: { A: '1' } };

  it('adding, replacing and removing change nothing else, and lose no comment', () => {
    fc.assert(
      fc.property(document, (text) => {
        const added = add(text, entry);
        expect(comments(added)).toEqual(comments(text));
        expect(add(add(text, { command: 'old' }), entry)).toBe(added);
        const removed = take(added);
        expect(comments(removed)).toEqual(comments(text));
        const had = read('jsonc', text);
        expect(read('jsonc', removed)).toEqual({ ...had, servers: had.servers ?? {} });
      }),
      { numRuns: 500 },
    );
  });
});
