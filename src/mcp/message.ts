/** A line of JSON before it is known to be a message. */
import { type JSONRPCMessage, PROTOCOL_VERSION_META_KEY, type RequestId } from '@modelcontextprotocol/server';

type Members = Record<string, unknown>;
const isObject = (value: unknown): value is Members => typeof value === 'object' && value !== null && !Array.isArray(value);
export const isNotification = (json: unknown): boolean => isObject(json) && typeof json.method === 'string' && !('id' in json);
const present = (members: Members): Members => Object.fromEntries(Object.entries(members).filter(([, value]) => value !== null));

/** Some clients send null for what they leave out: params, its members, and at any depth those of initialize. */
export function withoutNulls(json: unknown): unknown {
  if (!isObject(json) || typeof json.method !== 'string' || !('params' in json)) return json;
  const { params, ...rest } = json;
  if (params === null) return rest;
  if (!isObject(params)) return json;
  const isOpening = json.method === 'initialize';
  if (!isOpening && !Object.values(params).includes(null)) return json;
  return { ...rest, params: isOpening ? JSON.parse(JSON.stringify(params, (_, value: unknown) => value ?? undefined)) : present(params) };
}

/** The revision that a request says it speaks. */
export const claimedVersion = (params: unknown): string | undefined => {
  const version = (params as { _meta?: Record<string, unknown> } | undefined)?._meta?.[PROTOCOL_VERSION_META_KEY];
  return typeof version === 'string' ? version : undefined;
};

export const idOf = (json: unknown): RequestId | null => {
  const id = (json as { id?: unknown } | null)?.id;
  return typeof id === 'string' || typeof id === 'number' ? id : null;
};

/** Of what can only be an answer. */
export const answerIdOf = (json: unknown): RequestId | null => (isObject(json) && !('method' in json) ? idOf(json) : null);

const INTERNAL_ERROR = -32_603;
/** In place of an answer that says nothing. */
export const nothing = (id: RequestId): JSONRPCMessage => ({
  jsonrpc: '2.0',
  id,
  error: { code: INTERNAL_ERROR, message: 'The client answered with nothing' },
});
