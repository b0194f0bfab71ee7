import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { createAddressing } from '../../src/mcp/address.ts';
import { toJsonSchema } from '../../src/mcp/schema.ts';
import { createMemory } from '../support/memory-provider.ts';
import { codeOf, failureOf, quietCall } from '../support/target.ts';

const system = (name: string, defaultRepository?: string) => ({
  name,
  title: name.toUpperCase(),
  provider: createMemory({ defaultRepository }).provider,
});
const call = quietCall();
const schemaOf = (shape: z.ZodRawShape) =>
  toJsonSchema(z.strictObject(shape), 'input') as { required?: string[]; properties: Record<string, Record<string, unknown>> };

describe('the only system', () => {
  const { one, find, defaults } = createAddressing([system('git', 'Here')], undefined, []);

  it('need not be named, nor its default repository', async () => {
    expect(schemaOf(one).required).toBeUndefined();
    expect(await find({}, call)).toMatchObject({ instance: { name: 'git' }, repository: 'here' });
    expect(await find({ provider: 'git', repository: 'There' }, call)).toMatchObject({ repository: 'there' });
    expect(await defaults(call)).toEqual([{ provider: 'git' }]);
  });

  it('is described with how a repository is spelled there', () => {
    expect(schemaOf(one).properties).toMatchObject({
      provider: { enum: ['git'], description: 'Default git' },
      repository: { description: 'git any word' },
    });
  });

  it('wants a repository where it has no default one', async () => {
    const addressing = createAddressing([system('git')], undefined, []);
    expect(schemaOf(addressing.one).required).toEqual(['repository']);
    await expect(addressing.find({}, call)).rejects.toMatchObject({
      code: 'invalid_input',
      message: 'repository is missing: git has no default one.',
      hint: 'Name one (any word).',
    });
    expect(await addressing.defaults(call)).toEqual([]);
  });
});

describe('several systems', () => {
  const systems = [system('git', 'here'), system('lab')];

  it('have to be named where there is no default', () => {
    const { one } = createAddressing(systems, undefined, []);
    expect(schemaOf(one).required).toEqual(['provider']);
    expect(schemaOf(one).properties.provider).toMatchObject({ enum: ['git', 'lab'] });
  });

  it('need not be named where the operator has chosen a default', async () => {
    const { one, find } = createAddressing(systems, 'lab', []);
    expect(schemaOf(one).required).toBeUndefined();
    expect(schemaOf(one).properties.provider).toMatchObject({ description: 'Default lab' });
    expect(await find({ repository: 'x' }, call)).toMatchObject({ instance: { name: 'lab' } });
    expect(await codeOf(find({}, call))).toBe('invalid_input');
    expect(await find({ provider: 'git' }, call)).toMatchObject({ instance: { name: 'git' }, repository: 'here' });
  });

  it('are never used in place of a default that is not available', () => {
    const { one } = createAddressing([system('git', 'here')], 'lab', ['lab is not available: LAB_URL is no URL.']);
    expect(schemaOf(one).required).toEqual(['provider']);
  });
});

describe("a system that a stranger's .env configures", () => {
  const untrusted = (name: string, repository = 'there') => ({
    ...system(name, repository),
    untrusted: { redact: (text: string) => text },
  });

  it('is never a default target, nor the default where there is another, whatever the operator has said', async () => {
    const { one, find, defaults } = createAddressing([system('git', 'here'), untrusted('lab-z')], 'lab-z', []);
    expect(await defaults(call)).toEqual([{ provider: 'git' }]);
    expect(schemaOf(one).required).toEqual(['provider']);
    expect(await codeOf(find({ repository: 'x' }, call))).toBe('not_configured');
    expect(await find({ provider: 'lab-z' }, call)).toMatchObject({ repository: 'there' });
  });
  it.each([
    ['one of them', [untrusted('lab-z'), system('git', 'here')], 'git'],
    ['several of them', [system('git', 'here'), untrusted('lab-y'), untrusted('lab-z')], 'git'],
    ['one of them, where the operator has two', [system('git', 'here'), system('hub', 'x'), untrusted('lab-z')], undefined],
    ['two of them alone', [untrusted('lab-y'), untrusted('lab-z')], undefined],
  ])('%s: the default stays what it would be without', async (_, enabled, name) => {
    const { one, find } = createAddressing(enabled, undefined, []);
    expect(schemaOf(one).required).toEqual(name ? undefined : ['provider']);
    if (name) expect(await find({}, call)).toMatchObject({ instance: { name }, repository: 'here' });
    else expect(await codeOf(find({}, call))).toBe('not_configured');
  });
  it('is the default where it is the only one, and still no target that nobody named', async () => {
    const { find, defaults } = createAddressing([untrusted('lab-z')], undefined, []);
    expect(await find({}, call)).toMatchObject({ instance: { name: 'lab-z' } });
    expect(await defaults(call)).toEqual([]);
  });
  it('keeps the default of the operator as it is', () => {
    const { one } = createAddressing([system('git', 'here'), untrusted('lab-z')], 'git', []);
    expect(schemaOf(one).properties.provider).toMatchObject({ description: 'Default git' });
  });
  it('is named in quotes where the name is theirs', () => {
    const { one } = createAddressing([untrusted('lab-z')], undefined, []);
    expect(schemaOf(one).properties).toMatchObject({
      provider: { enum: ['lab-z'], description: 'Default "lab-z"' },
      repository: { description: '"lab-z" any word' },
    });
    expect(z.strictObject(one).safeParse({ provider: 'x' }).error?.issues[0]?.message).toBe('must be "lab-z"');
    expect(schemaOf(createAddressing([untrusted('lab')], undefined, []).one).properties.provider).toMatchObject({
      description: 'Default lab',
    });
  });
});

describe('a system that is not there', () => {
  const reason = 'lab is not available: y.';
  const refusal = (systems: ReturnType<typeof system>[], unavailable: string[]) =>
    z
      .strictObject(createAddressing(systems, undefined, ['TAGWRIGHT_TIMEOUT_MS is ignored: x.', reason], unavailable).one)
      .safeParse({ provider: 'lab' }).error?.issues[0]?.message;

  it('is told with those that are, and why it is not, and nothing else', () => {
    expect(refusal([system('git'), system('hub')], [reason])).toBe('must be one of git, hub. lab is not available: y');
    expect(refusal([system('git')], [reason])).toBe('must be git. lab is not available: y');
    expect(refusal([system('git')], [])).toBe('must be git');
  });
});

describe('no system', () => {
  it('is not_configured, with every reason, whatever is asked', async () => {
    const { one, find, many, defaults } = createAddressing([], undefined, ['lab is not available: LAB_URL is no URL.', 'x is wrong.']);
    expect(schemaOf(one).required).toBeUndefined();
    expect(z.strictObject(many(true)).parse({ targets: [{ provider: 'lab', ref: 'main' }] })).toBeTruthy();
    expect(await codeOf(defaults(call))).toBe('not_configured');
    for (const named of [{}, { provider: 'lab', repository: 'r' }])
      await expect(find(named, call)).rejects.toMatchObject({
        code: 'not_configured',
        message: 'No system is configured. lab is not available: LAB_URL is no URL. x is wrong.',
      });
  });
});

describe('the targets of a release', () => {
  const { many } = createAddressing([system('git', 'here'), system('lab')], undefined, []);
  const takes = (withRef: boolean, targets: unknown) => z.strictObject(many(withRef)).safeParse({ targets }).success;

  it('each name their system, and a ref only where one is wanted', () => {
    expect(takes(true, [{ provider: 'git', repository: 'r', ref: 'main' }, { provider: 'lab' }])).toBe(true);
    expect(takes(false, [{ provider: 'git', ref: 'main' }])).toBe(false);
    expect(takes(true, [{ repository: 'r' }])).toBe(false);
    expect(takes(true, [{ provider: 'hub' }])).toBe(false);
    expect(takes(true, [{ provider: 'git', branch: 'main' }])).toBe(false);
  });

  it('are 1 to 20, or left out', () => {
    expect(takes(true, undefined)).toBe(true);
    expect(takes(true, [])).toBe(false);
    expect(
      takes(
        true,
        Array.from({ length: 20 }, () => ({ provider: 'git' })),
      ),
    ).toBe(true);
    expect(
      takes(
        true,
        Array.from({ length: 21 }, () => ({ provider: 'git' })),
      ),
    ).toBe(false);
  });
});

it('what several systems lead to is a default target once, of the first', async () => {
  const at = (name: string, place: string) => {
    const one = system(name, 'here');
    return { ...one, provider: { ...one.provider, onHost: async () => place } };
  };
  const { defaults } = createAddressing([at('lab', 'h/a'), at('remote', 'h/a'), at('other', 'h/b'), at('disk', '')], undefined, []);
  expect(await defaults(call)).toEqual([{ provider: 'lab' }, { provider: 'other' }, { provider: 'disk' }]);
});

it('no default is asked for its name where no other could lead to the same', async () => {
  const asked: string[] = [];
  const onHost = (name: string) => {
    const one = system(name, 'here');
    return { ...one, provider: { ...one.provider, onHost: async () => String(asked.push(name)) } };
  };
  await createAddressing([onHost('lab'), system('disk', 'here')], undefined, []).defaults(call);
  expect(asked).toEqual([]);
  await createAddressing([onHost('lab'), system('disk', 'here'), onHost('remote')], undefined, []).defaults(call);
  expect(asked).toEqual(['lab', 'remote']);
});

it('a release without targets is none while a system that was set up cannot be used', async () => {
  const why = 'lab is not available: LAB_URL is no URL.';
  const { defaults } = createAddressing([system('git', 'here')], undefined, [why], [why]);
  expect(await failureOf(defaults(call))).toMatchObject({
    code: 'not_configured',
    message: why,
    hint: expect.stringContaining('Name the targets'),
  });
  expect(await createAddressing([system('git', 'here')], undefined, [why]).defaults(call)).toEqual([{ provider: 'git' }]);
});
