import { describe, expect, it } from 'vitest';
import type { TagProvider } from '../../../src/core/provider.ts';
import type { Env } from '../../../src/providers/codearts/env.ts';
import { addressOf, iamAddressOf } from '../../../src/providers/codearts/regions.ts';
import { codearts } from '../../../src/providers/index.ts';
import { IAM_ACCOUNT } from '../../sandbox/iam.ts';
import { failureOf, testHost } from '../../support/target.ts';
import { call, workshop } from './workshop.ts';

const connect = (values: Env): TagProvider | undefined => codearts.connect(values, testHost());
const TOKEN = { CODEARTS_TOKEN: 'MIIT-any' };
const LOGIN = { CODEARTS_IAM_DOMAIN: 'acme', CODEARTS_IAM_USER: 'bot', CODEARTS_IAM_PASSWORD: 'any-password' };
const refusal = (values: Env): unknown => {
  try {
    return connect(values);
  } catch (error) {
    return error;
  }
};
const missing = (words: string) => expect.objectContaining({ code: 'not_configured', message: expect.stringContaining(words) });

describe('the region', () => {
  it.each([
    ['cn-north-4', 'https://codehub-ext.cn-north-4.myhuaweicloud.com'],
    ['tr-west-1', 'https://codeartsrepo-ext.tr-west-1.myhuaweicloud.com'],
    ['me-east-1', 'https://repo.me-east-1.myhuaweicloud.com'],
  ])('%s is at %s', (region, address) => expect(addressOf(region)).toBe(address));
  it('has its own IAM', () => expect(iamAddressOf('cn-north-4')).toBe('https://iam.cn-north-4.myhuaweicloud.com'));
  it('must be known, unless an address is given', () => {
    expect(refusal({ ...TOKEN, CODEARTS_REGION: 'mars-1' })).toEqual(missing('known: cn-north-1, cn-north-4'));
    expect(refusal(TOKEN)).toEqual(missing('CODEARTS_REGION is missing'));
    expect(connect({ ...TOKEN, CODEARTS_REGION: 'cn-north-4' })?.address).toContain('cn-north-4');
    expect(connect({ ...TOKEN, CODEARTS_URL: 'https://repo.example.com' })?.address).toBe('https://repo.example.com');
  });
  it('is what IAM is asked for, so that a login needs it beside an address too', () => {
    const CODEARTS_URL = 'https://repo.example.com';
    expect(refusal({ ...LOGIN, CODEARTS_URL })).toEqual(missing('CODEARTS_REGION'));
    expect(refusal({ ...LOGIN, CODEARTS_URL, CODEARTS_REGION: 'evil.example/' })).toEqual(missing('CODEARTS_REGION'));
    expect(connect({ ...LOGIN, CODEARTS_URL, CODEARTS_REGION: 'mars-1' })?.address).toBe(CODEARTS_URL);
  });
  it('gives way to an address, however that ends', async () => {
    const { sandbox, connect, right, repository } = await workshop();
    for (const end of ['/', '/v4', '/v4/']) {
      const provider = connect({ ...right, CODEARTS_URL: sandbox.url + end, CODEARTS_REGION: 'cn-north-1' });
      expect(await provider.resolve(String(repository.id), 'master', call)).toBeTypeOf('string');
    }
  });
});

describe('the credential', () => {
  it('of no way means that CodeArts is not meant', () => {
    expect(connect({ CODEARTS_REGION: 'cn-north-4' })).toBeUndefined();
  });
  it('that is incomplete says what is missing', () => {
    expect(refusal({ HUAWEICLOUD_SDK_AK: 'AK' })).toEqual(missing('HUAWEICLOUD_SDK_SK is missing beside HUAWEICLOUD_SDK_AK'));
    expect(refusal({ CODEARTS_IAM_USER: 'bot' })).toEqual(missing('CODEARTS_IAM_DOMAIN and CODEARTS_IAM_PASSWORD'));
  });
  it('is the first complete one: a token, a key, a login', async () => {
    const { sandbox, iam, connect, right } = await workshop('login');
    const key = { HUAWEICLOUD_SDK_AK: 'AK', HUAWEICLOUD_SDK_SK: 'SK-any' };
    await failureOf(connect({ ...right, ...key, ...TOKEN }).check(call));
    await failureOf(connect({ ...right, ...key }).check(call));
    await connect({ ...right, HUAWEICLOUD_SDK_AK: 'AK' }).check(call);
    const shown = sandbox.seen.map(({ headers }) => headers['x-auth-token']?.slice(0, 6) ?? headers.authorization?.slice(0, 26));
    expect(shown).toEqual(['MIIT-a', 'SDK-HMAC-SHA256 Access=AK,', 'MIIT+/']);
    expect(iam.seen).toHaveLength(1);
  });
  it('is checked by one read', async () => {
    for (const way of ['token', 'key', 'login'] as const) {
      const { sandbox, provider, connect, wrong } = await workshop(way);
      expect((await provider.check(call)).user).toBe(way === 'login' ? IAM_ACCOUNT.user : undefined);
      expect(sandbox.seen).toHaveLength(1);
      expect((await failureOf(connect(wrong).check(call))).code).toBe('unauthenticated');
    }
  });
});

describe('a repository', () => {
  it('is named by its number', async () => {
    const { provider } = await workshop();
    expect(await provider.locate(' 2112015538 ', call)).toBe('2112015538');
    expect(await provider.locate('007', call)).toBe('7');
    expect(await provider.locate('2147483647', call)).toBe('2147483647');
    const others = ['0', '-1', '2147483648', '1.5', '1e3', '', 'acme/repo', 'https://devcloud.example.com/codehub/7/home', '0x10'];
    for (const spelling of others) expect((await failureOf(provider.locate(spelling, call))).code, spelling).toBe('invalid_input');
  });
  it('may have a default', () => {
    const region = { ...TOKEN, CODEARTS_REGION: 'cn-north-4' };
    expect(connect(region)?.defaultRepository).toBeUndefined();
    expect(connect({ ...region, CODEARTS_REPOSITORY: '7' })?.defaultRepository).toBe('7');
  });
});
