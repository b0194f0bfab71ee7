/** Tags and their objects, from answers that git gave once: to the letter, without any git. */
import { describe, expect, it } from 'vitest';
import { TagError } from '../../src/core/errors.ts';
import { irreplaceable } from '../../src/core/tag.ts';
import type { Git } from '../../src/git/command.ts';
import { asMade, BATCH, bodyOf, makeTag, objectOf, refuseMessage, taggerAt, toObject } from '../../src/git/objects.ts';
import { readOne, readTags, toDate } from '../../src/git/read-tags.ts';
import { isBroken, noteOf } from '../../src/git/warnings.ts';
import { codeOf, failureOf, quietCall } from '../support/target.ts';

const [C, T, N] = ['c', 'd', 'e'].map((digit) => digit.repeat(40)) as [string, string, string];
const AT = { path: '/repo' };
const call = quietCall();

/** git with its answers told beforehand; what it was asked is kept. */
function told(...answers: (string | { output?: string; words?: string } | Error)[]) {
  const asked: (readonly string[])[] = [];
  const inputs: (string | undefined)[] = [];
  const ask = async (_: unknown, args: readonly string[], __: unknown, input?: string) => {
    asked.push(args);
    inputs.push(input);
    const answer = answers.shift() ?? '';
    if (answer instanceof Error) throw answer;
    return { output: '', words: '', ...(typeof answer === 'string' ? { output: answer } : answer) };
  };
  const git = { ask, run: async (...args: Parameters<typeof ask>) => (await ask(...args)).output, isDated: false };
  return { git: git as Partial<Git> as Git, asked, inputs };
}

const ORDER = [
  'name',
  'type',
  'id',
  '*type',
  '*id',
  'tagger',
  'email',
  'date',
  'author',
  '*author',
  'authored',
  '*authored',
  'committed',
  '*committed',
  'subject',
  '*subject',
  'contents',
  'signature',
] as const;
type Field = (typeof ORDER)[number];
/** A record as the format asks for it. */
const record = (fields: Partial<Record<Field, string>>, isFirst = true) =>
  `${isFirst ? '' : '\n'}${ORDER.map((field) => `${fields[field] ?? ''}\0`).join('')}`;
const lightweight = {
  name: 'v1',
  type: 'commit',
  id: C,
  author: 'Ada',
  authored: '1767225600 +0100',
  committed: '1767225660 +0000',
  subject: 'Fix it',
  contents: 'Fix it\n',
};
const annotated = {
  name: 'v1',
  type: 'tag',
  id: T,
  '*type': 'commit',
  '*id': C,
  tagger: 'Eve',
  email: 'eve@example.com',
  date: '1767225600 -0330',
  '*author': 'Ada',
  '*authored': '1767225600 +0000',
  '*committed': '1767225600 +0000',
  '*subject': 'Fix it',
  subject: 'one',
  contents: 'one\n\ntwo\r\n',
};
const read = async (fields: Partial<Record<Field, string>>, ...more: string[]) =>
  readOne(told(record(fields), ...more).git, AT, 'v1', call);

describe('a tag', () => {
  it('on a commit has no message, and tells of the commit', async () => {
    expect(await read(lightweight)).toEqual({
      name: 'v1',
      commit_id: C,
      annotated: false,
      commit: { title: 'Fix it', author_name: 'Ada', authored_date: '2026-01-01T01:00:00+01:00', committed_date: '2026-01-01T00:01:00Z' },
    });
  });
  it('that is annotated tells who made it, when, and what it says', async () => {
    expect(await read(annotated)).toEqual({
      name: 'v1',
      commit_id: C,
      target_id: T,
      annotated: true,
      message: 'one\n\ntwo',
      tagger: { name: 'Eve', email: 'eve@example.com' },
      created_at: '2025-12-31T20:30:00-03:30',
      commit: { title: 'Fix it', author_name: 'Ada', authored_date: '2026-01-01T00:00:00Z', committed_date: '2026-01-01T00:00:00Z' },
    });
    expect(await read({ ...annotated, tagger: '', email: 'x@y', date: '' })).not.toHaveProperty('tagger');
    expect((await read({ ...annotated, email: '' })).tagger).toEqual({ name: 'Eve' });
  });
  it('that is signed is shown without its signature, and does not come back whole', async () => {
    const signature = '-----BEGIN PGP SIGNATURE-----\nx\n';
    const tag = await read({ ...annotated, contents: `one\n${signature}`, signature });
    expect(tag.message).toBe('one');
    expect(irreplaceable.get(tag)).toBe('Its signature');
    expect((await read({ ...annotated, contents: `${signature}one\n`, signature })).message).toBe(`${signature}one`);
    expect(irreplaceable.get(await read(annotated))).toBeUndefined();
  });
  it('on a tag is followed to its commit, and does not come back whole', async () => {
    const { git, asked, inputs } = told(record({ ...annotated, '*type': 'tag', '*id': N }), `${C} commit\n`);
    const tag = await readOne(git, AT, 'v1', call);
    expect(tag).toMatchObject({ commit_id: C, target_id: T });
    expect(tag).not.toHaveProperty('commit');
    expect(irreplaceable.get(tag)).toBe('The tag that it stood on');
    expect([asked[1], inputs[1]]).toEqual([BATCH, `${T}^{commit}\n`]);
    expect(await read({ ...annotated, '*type': 'tag', '*id': N }, `${T}^{commit} missing\n`)).not.toHaveProperty('commit_id');
  });
  it('on a tree or a blob has no commit', async () => {
    for (const type of ['tree', 'blob']) {
      expect(await read({ ...lightweight, type })).toEqual({ name: 'v1', target_id: C, annotated: false });
      expect(await read({ ...annotated, '*type': type })).toMatchObject({ target_id: T, annotated: true, message: 'one\n\ntwo' });
    }
  });
  it('that is not there is tag_not_found, that is damaged rejected, in git’s words', async () => {
    expect(await failureOf(readOne(told('').git, AT, 'v1', call))).toMatchObject({
      code: 'tag_not_found',
      message: 'There is no tag "v1" in "/repo".',
    });
    const words = 'warning: ignoring broken ref refs/tags/v1\n';
    expect(await failureOf(readOne(told({ words }).git, AT, 'v1', call))).toMatchObject({
      code: 'rejected',
      message: 'The ref of the tag "v1" is damaged.',
      hint: expect.stringContaining('git fsck'),
      upstream: { text: words.trim() },
    });
  });
  it('whose message is too long is read without it, and said not to come back whole', async () => {
    const short = ORDER.slice(0, -4)
      .map((field) => `${(annotated as Partial<Record<Field, string>>)[field] ?? ''}\0`)
      .join('');
    const { git, asked } = told(new TagError('unsupported', 'too long'), short);
    const tag = await readOne(git, AT, 'v1', call);
    expect(tag).toMatchObject({ commit_id: C, target_id: T });
    expect(tag).not.toHaveProperty('message');
    expect(irreplaceable.get(tag)).toBe('Its message');
    expect(asked.map((args) => args.join(' ').includes('%(contents)'))).toEqual([true, false]);
    expect(await codeOf(readOne(told(new TagError('rejected', 'x')).git, AT, 'v1', call))).toBe('rejected');
  });
});

describe('several tags', () => {
  it('are those that were asked for, in one answer, and none below them', async () => {
    const { git, asked } = told(
      record(lightweight) + record({ ...lightweight, name: 'v1/x' }, false) + record({ ...annotated, name: 'v2' }, false),
    );
    const { tags } = await readTags(git, AT, ['v1', 'v2', 'v3'], call);
    expect([...tags.keys()]).toEqual(['v1', 'v2']);
    expect(asked[0]?.slice(0, 2)).toEqual(['for-each-ref', '--count=3']);
    expect(asked[0]?.slice(-3)).toEqual(['refs/tags/v1', 'refs/tags/v2', 'refs/tags/v3']);
    expect(asked[0]?.[2]).toMatch(/^--format=%\(refname:strip=2\)%00%\(objecttype\)%00.*%\(contents:signature\)%00$/);
    const none = told();
    expect(await readTags(none.git, AT, [], call)).toEqual({ tags: new Map(), words: '' });
    expect(none.asked).toEqual([]);
  });
});

it.each([
  ['1767225600 +0000', '2026-01-01T00:00:00Z'],
  ['1767225600 +0100', '2026-01-01T01:00:00+01:00'],
  ['1767225600 -0330', '2025-12-31T20:30:00-03:30'],
  ['-1 +0000', '1969-12-31T23:59:59Z'],
  ['253402300799 +0000', '9999-12-31T23:59:59Z'],
  ['1767225600 +2400', '2026-01-01T00:00:00Z'],
  ['1767225600 +0060', '2026-01-01T00:00:00Z'],
  ['1767225600 +0001', '2026-01-01T00:01:00+00:01'],
  ['1767225600 +2359', '2026-01-01T23:59:00+23:59'],
  ['253402300800 +0000', undefined],
  ['-253402300800 +0000', undefined],
  ['soon', undefined],
  ['x1767225600 +0000', undefined],
  ['1767225600 +0000x', undefined],
  ['', undefined],
  [undefined, undefined],
])('the date %s is %s', (raw, date) => {
  expect(toDate(raw)).toBe(date);
});

describe('an object', () => {
  it('is what a line of git says', () => {
    expect(toObject(`${C} commit`)).toEqual({ id: C, type: 'commit' });
    for (const type of ['tree', 'blob', 'tag']) expect(toObject(`${C} ${type}`)).toEqual({ id: C, type });
    expect(toObject(`${'a'.repeat(64)} commit`)).toEqual({ id: 'a'.repeat(64), type: 'commit' });
    for (const line of ['', 'x missing', `${C} missing`, `${C} commits`, `x${C} commit`, `${C.slice(1)} commit`, `${C}  commit`])
      expect(toObject(line), line).toBeUndefined();
  });
  it('of a tag is what its ref points at', () => {
    expect(objectOf({ name: 'v1', commit_id: C, target_id: T })).toBe(T);
    expect(objectOf({ name: 'v1', commit_id: C })).toBe(C);
    expect(objectOf({ name: 'v1' })).toBe('');
  });
  it('is made of what is known, to the letter', async () => {
    const { git, asked, inputs } = told(`${T}\n`);
    expect(await makeTag(git, AT, 'v1', { id: C, type: 'commit' }, 'one\n# two', 'Eve <e@x> 1 +0000', call)).toBe(T);
    expect([asked[0], inputs[0]]).toEqual([['mktag'], `object ${C}\ntype commit\ntag v1\ntagger Eve <e@x> 1 +0000\n\none\n# two\n`]);
    expect(bodyOf(`object x\ntype commit\n\n\n\nbody\n\nmore`)).toBe('body\n\nmore');
    expect(() => refuseMessage('a\0b')).toThrow(
      expect.objectContaining({ code: 'invalid_input', message: expect.stringContaining('NUL') }),
    );
    for (const message of [undefined, '', 'ab']) expect(() => refuseMessage(message)).not.toThrow();
  });
  it('is told as far as it is known where it cannot be read', () => {
    expect(asMade('v1', { id: C, type: 'commit' }, C, undefined)).toEqual({ name: 'v1', commit_id: C, annotated: false });
    expect(asMade('v1', { id: C, type: 'commit' }, T, 'one')).toEqual({
      name: 'v1',
      commit_id: C,
      target_id: T,
      annotated: true,
      message: 'one',
    });
    expect(asMade('v1', { id: C, type: 'tree' }, C, undefined)).toEqual({ name: 'v1', target_id: C, annotated: false });
    expect(asMade('v1', { id: T, type: 'tag' }, T, 'one')).toEqual({ name: 'v1', target_id: T, annotated: true, message: 'one' });
  });
});

describe('who tags', () => {
  const ident = 'Ada 12 <ada@example.com> 1767225600 +0100\n';
  const at = (moment: number | undefined, isDated = false) => taggerAt({ ...told(ident).git, isDated }, AT, { ...call, moment });
  it('is dated by the call, in the place’s own time, unless the operator has said when', async () => {
    expect(await at(1_760_000_000_999)).toBe('Ada 12 <ada@example.com> 1760000000 +0100');
    expect(await at(undefined)).toBe(ident.trimEnd());
    expect(await at(1_760_000_000_999, true)).toBe(ident.trimEnd());
    const { git, asked } = told(ident);
    await taggerAt(git, AT, call);
    expect(asked).toEqual([['var', 'GIT_COMMITTER_IDENT']]);
  });
});

describe('warnings', () => {
  it('are told, the first in full and how many more', () => {
    expect(noteOf('')).toBeUndefined();
    expect(noteOf('hint: x\nfatal: y\nnot a warning: z')).toBeUndefined();
    expect(noteOf('warning: ignoring broken ref refs/tags/x\n')).toBe('git warns: "ignoring broken ref refs/tags/x".');
    expect(noteOf('warning: a\nerror: b\nwarning: a\nerror: c\n')).toBe('git warns: "a" (and 2 more).');
  });
  it('are about that very ref, or about another', () => {
    const warned = (words: string) => isBroken('refs/tags/v1', words);
    for (const words of [
      'warning: ignoring broken ref refs/tags/v1',
      'error: x refs/tags/v1?',
      'warning: a refs/tags/v1 ? \t',
      'warning: refs/tags/v1 beside refs/tags/v1',
    ])
      expect(warned(words), words).toBe(true);
    for (const words of [
      '',
      'warning: ignoring broken ref refs/tags/v10',
      'warning: ignoring refs/tags/v1/x',
      'warning: xrefs/tags/v1',
      'refs/tags/v1',
      'hint: broken refs/tags/v1',
    ])
      expect(warned(words), words).toBe(false);
  });
});
