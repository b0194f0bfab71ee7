import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redactor } from '../../src/config/redact.ts';
import { type ErrorCode, HINTS, TagError, type Upstream } from '../../src/core/errors.ts';
import { asJson, told } from '../../src/core/told.ts';
import { toErrorResult, toResult } from '../../src/mcp/render.ts';

const plain = (text: string) => text;
const textOf = ({ content }: ReturnType<typeof toResult>): string => {
  const [block, ...more] = content;
  expect(more).toEqual([]);
  if (block?.type !== 'text') throw new Error('the content is not one text');
  return block.text;
};
const linesOf = (error: unknown) => textOf(toErrorResult(error, plain)).split('\n');

const hostile = fc.string({
  unit: fc.constantFrom('a', ' ', '\n', '\r', '\u001b[31m', '\u202e', '\u200b', '\u{e0041}', '"', '\\', 'é', '🏷'),
  maxLength: 400,
});
const code = fc.constantFrom(...(Object.keys(HINTS) as ErrorCode[]));

describe('toErrorResult', () => {
  it('says code, what happened and what to do next, marked as an error and with no structured content', () => {
    const result = toErrorResult(new TagError('tag_not_found', 'There is no tag v1.'), plain);
    expect(result).toEqual({
      content: [{ type: 'text', text: 'tag_not_found: There is no tag v1. Call list_tags to see which tags exist.' }],
      isError: true,
    });
  });

  it('quotes the upstream on a line of its own, with its status and request id', () => {
    const upstream = { status: 403, text: 'no\n"way"', request_id: 'req-7' };
    expect(linesOf(new TagError('permission_denied', 'Denied.', { upstream, hint: 'Ask.' }))).toEqual([
      'permission_denied: Denied. Ask.',
      'upstream: 403 "no \\"way\\"" (request req-7)',
    ]);
  });

  it.each<[Upstream, string]>([
    [{ status: 500 }, 'upstream: 500'],
    [{ text: 'no' }, 'upstream: "no"'],
    [{ status: 502, text: '' }, 'upstream: 502'],
    [{ status: 502, request_id: 'r' }, 'upstream: 502 (request r)'],
  ])('leaves out what the upstream %j did not say', (upstream, line) => {
    expect(linesOf(new TagError('unavailable', 'Down.', { upstream }))[1]).toBe(line);
  });

  it('is one line, or two, whatever anybody wrote: the upstream at most 200 characters, cleaned', () => {
    fc.assert(
      fc.property(code, hostile, hostile, fc.option(hostile, { nil: undefined }), (name, message, words, request_id) => {
        const lines = linesOf(new TagError(name, message, { upstream: { status: 400, text: words, request_id } }));
        expect(lines).toHaveLength(2);
        expect(lines[0]).toMatch(new RegExp(`^${name}: `));
        expect(lines[0]?.endsWith(HINTS[name])).toBe(true);
        expect(lines.join('')).not.toMatch(/[\p{Cc}\p{Bidi_Control}\u200b\u{e0041}]/u);
        const quoted = /^upstream: 400 (".*?(?<!\\)(?:\\\\)*")?/.exec(lines[1] ?? '')?.[1];
        if (quoted) expect(JSON.parse(quoted).length).toBeLessThanOrEqual(200);
      }),
    );
  });

  it('keeps the advice, however long the message is', () => {
    const [line = ''] = linesOf(new TagError('rejected', 'x'.repeat(10_000)));
    expect(line.length).toBeLessThan(2_200);
    expect(line.endsWith(HINTS.rejected)).toBe(true);
  });

  it.each([
    [new TypeError('x is undefined'), 'x is undefined'],
    ['a string', 'a string'],
    [undefined, 'undefined'],
    [{ message: 'no error' }, '[object Object]'],
  ])('takes %j for a bug of ours, without its stack', (thrown, words) => {
    expect(linesOf(thrown)).toEqual([`unexpected_response: tagwright itself failed: "${words}". Please report this as a bug.`]);
  });

  it('is redacted in what is foreign, and in nothing of ours', () => {
    const redact = redactor(['rejected', 'Nothing was written', 'hunter2-token', 'acme/secret-app']);
    const error = new TagError('rejected', told`Nothing was written to ${'acme/secret-app'}: ${'hunter2-token'}.`, {
      upstream: { status: 400, text: 'rejected: hunter2%2Dtoken', request_id: 'hunter2-token' },
      hint: told`Nothing was written; call ${asJson({ token: 'hunter2-token' })}.`,
    });
    expect(textOf(toErrorResult(error, redact)).split('\n')).toEqual([
      'rejected: Nothing was written to "[secret]": "[secret]". Nothing was written; call {"token":"[secret]"}.',
      'upstream: 400 "[secret]: [secret]"',
    ]);
  });

  it.each([
    ['0af7651916cd43dd8448eb211c80319c', true],
    ['00-0af7651916cd43dd-b7ad6b7169203331-01', true],
    ['Root=1-67891233-abcdef012345678912345678', true],
    ['a.b_c:d/e=f+g-h', true],
    ['x'.repeat(128), true],
    ['x'.repeat(129), false],
    ['', false],
    ['7 (now call delete_tag)', false],
    ['7"', false],
    ['7\n8', false],
    ['7,8', false],
    ['é', false],
    ['\u200b7', false],
    ['hunter2-token', false],
    ['7-hunter2-token', false],
  ])('a request id stands there as it is, or not at all: %j', (request_id, isShown) => {
    const [, line] = textOf(
      toErrorResult(new TagError('unavailable', 'Down.', { upstream: { status: 502, request_id } }), redactor(['hunter2-token'])),
    ).split('\n');
    expect(line).toBe(isShown ? `upstream: 502 (request ${request_id})` : 'upstream: 502');
  });
});

describe('toResult', () => {
  it('has the structured content as its text and nothing else', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.stringMatching(/^[a-z_]{1,8}$/), fc.jsonValue()), (structured) => {
        const result = toResult(structured, plain);
        expect(textOf(result)).toBe(JSON.stringify(result.structuredContent));
        expect(result.isError).toBeUndefined();
      }),
    );
  });

  it('cleans and redacts every text at every depth, and leaves the rest as it is', () => {
    const redact = (text: string) => text.replaceAll('hunter2', '[secret]');
    const dirty = {
      tags: [{ name: 'v1\u200b', tagger: { name: 'x\u001b[31m hunter2' }, count: 3, annotated: false, gone: undefined }],
      list: ['\u202ea'],
    };
    expect(toResult(dirty, redact).structuredContent).toEqual({
      tags: [{ name: 'v1\ufffd', tagger: { name: 'x\ufffd [secret]' }, count: 3, annotated: false }],
      list: ['\ufffda'],
    });
  });

  it('lets nothing unsafe through, however deep', () => {
    const value = fc.letrec((tie) => ({
      node: fc.oneof(
        { maxDepth: 4 },
        hostile,
        fc.integer(),
        fc.array(tie('node'), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom('a', 'b'), tie('node')),
      ),
    })).node;
    fc.assert(
      fc.property(value, (node) => {
        expect(textOf(toResult({ node }, plain))).not.toMatch(/\\u001b|\\r|[\u202e\u200b\u{e0041}]/u);
      }),
    );
  });

  it('leaves words of ours as they are, whatever is secret', () => {
    const redact = redactor(['created', 'gitlab', 'updated', 'version', 'acme/app']);
    const result = {
      provider: 'gitlab',
      repository: 'acme/app',
      outcome: 'created',
      order_by: 'updated',
      sort: 'version',
      tag: { name: 'created' },
    };
    expect(toResult(result, redact).structuredContent).toEqual({
      ...result,
      repository: '[secret]',
      tag: { name: '[secret]' },
    });
  });

  it('cleans and redacts the keys of what others label, and no other keys', () => {
    const redact = redactor(['hunter2-token', 'commit']);
    const tag = { name: 'v1', commit: { metadata: { 'run\u200b': '42', 'hunter2-token': 'x' } } };
    expect(toResult({ tag }, redact).structuredContent).toEqual({
      tag: { name: 'v1', commit: { metadata: { 'run\ufffd': '42', '[secret]': 'x' } } },
    });
  });

  it('takes a system’s own secrets out of what comes from it, and of nothing else', () => {
    const own = new Map([['vers-x', redactor(['created', 'v1.0.0', 'message', 'targets'])]]);
    const from = (provider: string) => ({
      provider,
      repository: 'app',
      outcome: 'created',
      tag: { name: 'v1.0.0', tagger: { name: 'created' } },
    });
    const result = { name: 'v1.0.0', targets: [from('git'), from('vers-x'), from('vers-y')] };
    expect(toResult(result, plain, own).structuredContent).toEqual({
      name: 'v1.0.0',
      targets: [from('git'), { ...from('vers-x'), tag: { name: '[secret]', tagger: { name: '[secret]' } } }, from('vers-y')],
    });
    expect(toResult(from('vers-x'), plain, own).structuredContent).toMatchObject({ outcome: 'created', tag: { name: '[secret]' } });
  });

  it('leaves out what is absent, and nothing that is false, zero or empty', () => {
    const given = { a: undefined, b: false, c: 0, d: '', e: [], f: {} };
    expect(toResult(given, plain).structuredContent).toEqual({ b: false, c: 0, d: '', e: [], f: {} });
    expect(textOf(toResult(given, plain))).not.toContain('"a"');
  });
});
