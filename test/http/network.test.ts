import { expect, test } from 'vitest';
import { troubleOf } from '../../src/http/network.ts';

const trouble = (code: string) => troubleOf(Object.assign(new Error('raw'), { code }));

test.each([
  ['ENOTFOUND', 'unavailable', /DNS/, undefined],
  ['EAI_AGAIN', 'unavailable', /DNS/, undefined],
  ['ECONNREFUSED', 'unavailable', /refused/, undefined],
  ['EHOSTUNREACH', 'unavailable', /reached/, undefined],
  ['ETIMEDOUT', 'timeout', /timed out/, undefined],
  ['UND_ERR_CONNECT_TIMEOUT', 'timeout', /timed out/, undefined],
  ['ECONNRESET', 'unavailable', /broke/, undefined],
  ['UND_ERR_SOCKET', 'unavailable', /broke/, undefined],
  ['UND_ERR_ABORTED', 'unavailable', /proxy/, true],
  ['HPE_INVALID_CONSTANT', 'unexpected_response', /HTTP/, true],
] as const)('%s is %s in words', (code, expected, words, lasting) => {
  expect(trouble(code)).toMatchObject({ code: expected, words: expect.stringMatching(words) });
  expect(trouble(code).lasting).toBe(lasting);
});

test.each([
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'CERT_HAS_EXPIRED',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'UND_ERR_PRX_TLS',
  'ERR_SSL_WRONG_VERSION_NUMBER',
  'EPROTO',
])('%s is a matter of TLS: it names the variable that mends it, and is not repeated', (code) => {
  expect(trouble(code)).toMatchObject({ code: 'unavailable', words: expect.stringContaining('TLS'), lasting: true });
  expect(trouble(code).hint).toContain('NODE_EXTRA_CA_CERTS');
});

test('an error without a code is a broken connection', () => {
  expect(troubleOf(new Error('?')).words).toContain('broke');
});
