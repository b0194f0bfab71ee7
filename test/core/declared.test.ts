/** What is declared once and read in many places: variables, arguments, and what makes a tag again. */
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { restoreOf, toldRestore } from '../../src/core/restore.ts';
import { withoutSignature } from '../../src/core/signature.ts';
import { textOf } from '../../src/core/told.ts';
import { atMost, Word } from '../../src/core/tool.ts';
import { declare, offeredOf, secret, variable, variablesOf } from '../../src/core/variable.ts';

describe('variables', () => {
  const env = z.object({
    LAB_LIMIT: declare(z.string().optional(), { role: 'option', description: 'How many' }),
    LAB_PROJECT: variable('repository', 'Where'),
    LAB_TOKEN: secret('Who', 'lab-…'),
    LAB_URL: variable('address', 'Which', 'https://lab.example'),
    LAB_KEY: secret('The same as LAB_TOKEN'),
    CI_TOKEN: secret('Of a job'),
    LAB_FILE: declare(z.string().optional(), { role: 'option', description: 'Read', unasked: true }),
    other: z.string().optional(),
  });

  it('are those that were declared, in their order', () => {
    expect(variablesOf(env).map(([name]) => name)).toEqual(Object.keys(env.shape).slice(0, -1));
    expect(Object.fromEntries(variablesOf(env))).toMatchObject({
      LAB_URL: { role: 'address', description: 'Which', example: 'https://lab.example' },
      LAB_TOKEN: { role: 'credential', description: 'Who', secret: true, example: 'lab-…' },
      LAB_PROJECT: { role: 'repository', description: 'Where' },
    });
    expect(Object.fromEntries(variablesOf(env)).LAB_PROJECT).not.toHaveProperty('example');
  });
  it('are offered by what they are for, without other names, what a job brings, and what is only read', () => {
    expect(offeredOf(env).map(([name]) => name)).toEqual(['LAB_URL', 'LAB_TOKEN', 'LAB_PROJECT', 'LAB_LIMIT']);
  });
});

describe('an argument', () => {
  const reason = (schema: z.ZodType, value: unknown) => schema.safeParse(value).error?.issues.map(({ message }) => message);
  it.each([
    [Word, '', ['must not be empty']],
    [Word, 'x', undefined],
    [Word, 'x'.repeat(4_096), undefined],
    [Word, 'x'.repeat(4_097), ['must be at most 4096 characters long']],
    [atMost(2), '', ['must not be empty']],
    [atMost(2), 'xy', undefined],
    [atMost(2), 'xyz', ['must be at most 2 characters long']],
  ])('is a text of some length (%#)', (schema, value, reasons) => {
    expect(reason(schema, value)).toEqual(reasons);
  });
});

describe('the call that makes a tag again', () => {
  const address = { provider: 'lab', repository: 'r' };
  const at = { name: 'v1', commit_id: 'a'.repeat(40) };
  it.each([
    [{ ...at, annotated: true, message: 'Notes' }, { message: 'Notes' }],
    [{ ...at, message: 'Notes' }, { message: 'Notes' }],
    [{ ...at, annotated: false, message: 'of its commit' }, {}],
    [{ ...at, annotated: true, message: '' }, {}],
    [at, {}],
    [{ ...at, release: { description: 'Notes' } }, { release_notes: 'Notes' }],
    [{ ...at, release: { description: '' } }, {}],
    [{ ...at, release: {} }, {}],
  ])('has the words of %j', (tag, rest) => {
    expect(restoreOf(address, tag)).toEqual({ ...address, name: 'v1', ref: at.commit_id, ...rest });
  });
  it('is told as a call', () => {
    expect(textOf(toldRestore(restoreOf({ repository: 'r' }, at)))).toBe(
      `Restore it with create_tag {"repository":"r","name":"v1","ref":"${at.commit_id}"}.`,
    );
  });
});

describe('a signature', () => {
  it.each(['PGP SIGNATURE', 'PGP MESSAGE', 'SSH SIGNATURE', 'SIGNED MESSAGE'])('is taken off a message: %s', (kind) => {
    const block = `-----BEGIN ${kind}-----\nabc\n-----END ${kind}-----\n`;
    expect(withoutSignature(`Notes\n${block}`)).toBe('Notes');
    expect(withoutSignature(`Notes\n\nmore\n${block}and more\n`)).toBe('Notes\n\nmore');
    expect(withoutSignature(block)).toBe('');
  });
  it.each(['Notes', 'see -----BEGIN PGP SIGNATURE-----', '\n-----BEGIN CERTIFICATE-----\n'])(
    'is not seen where there is none: %j',
    (text) => {
      expect(withoutSignature(text)).toBe(text);
    },
  );
});
