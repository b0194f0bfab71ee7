import type { ErrorCode } from '../core/errors.ts';

/** A failure of the network in words. */
export interface Trouble {
  readonly code: ErrorCode;
  readonly words: string;
  readonly hint?: string;
  /** It will not pass by itself within seconds: not worth a repetition. */
  readonly lasting?: true;
}

const CERTIFICATE = 'set NODE_EXTRA_CA_CERTS to a file (PEM) with the certificate of the authority that signs here, and start again.';
const BROKEN: Trouble = { code: 'unavailable', words: 'the connection broke before an answer came' };

/** By the code of Node's or undici's error; the first match counts. */
const TROUBLES: readonly [RegExp, Trouble][] = [
  [
    /^(ENOTFOUND|EAI_)/,
    { code: 'unavailable', words: 'the name cannot be resolved (DNS)', hint: 'Check the spelling of the address, and the network.' },
  ],
  [
    /^ECONNREFUSED$/,
    { code: 'unavailable', words: 'the connection was refused', hint: 'Check the address, its port, and the proxy where one is set.' },
  ],
  [
    /^(EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL)$/,
    { code: 'unavailable', words: 'cannot be reached from here', hint: 'Check the network, VPN and proxy.' },
  ],
  [
    /^(ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT)$/,
    { code: 'timeout', words: 'the connection timed out', hint: 'Check the address, the network, VPN and proxy.' },
  ],
  [
    /^(UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|CERT_UNTRUSTED)/,
    { code: 'unavailable', words: 'its TLS certificate is not trusted here', hint: `To trust it, ${CERTIFICATE}`, lasting: true },
  ],
  [
    /^(ERR_TLS_CERT_ALTNAME_INVALID|UND_ERR_PRX_TLS)$/,
    {
      code: 'unavailable',
      words: 'its TLS certificate is for another name',
      hint: `Check the address; where a proxy signs for it, ${CERTIFICATE}`,
      lasting: true,
    },
  ],
  [
    /^CERT_/,
    {
      code: 'unavailable',
      words: 'its TLS certificate is not valid (expired, not yet valid, or revoked)',
      hint: `It has to be renewed there; check the clock of this machine too; where a proxy signs for it, ${CERTIFICATE}`,
      lasting: true,
    },
  ],
  [
    /^(ERR_SSL_|ERR_TLS_|EPROTO$)/,
    {
      code: 'unavailable',
      words: 'no TLS connection could be agreed',
      hint: `Check that the address and its port speak https; where a proxy signs for it, ${CERTIFICATE}`,
      lasting: true,
    },
  ],
  [
    /^UND_ERR_ABORTED$/,
    {
      code: 'unavailable',
      words: 'the proxy refused the connection',
      hint: 'Check HTTPS_PROXY with its user and password, or name the host in NO_PROXY.',
      lasting: true,
    },
  ],
  [
    /^UND_ERR_INVALID_ARG$/,
    {
      code: 'not_configured',
      words: 'a header cannot be sent as it is',
      hint: 'Check that the credential holds no line break and no special character.',
      lasting: true,
    },
  ],
  [
    /^(HTTPParserError|HPE_|UND_ERR_HEADERS_OVERFLOW)/,
    { code: 'unexpected_response', words: 'the answer is not proper HTTP', lasting: true },
  ],
];

export function troubleOf(error: Error): Trouble {
  // A parser error of undici has a name only.
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  return TROUBLES.find(([pattern]) => pattern.test(code))?.[1] ?? BROKEN;
}
