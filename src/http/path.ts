import { TagError } from '../core/errors.ts';
import { told } from '../core/told.ts';

declare const made: unique symbol;

/** A path whose values are percent-encoded. Only path`…` makes one. */
export type Path = string & { readonly [made]: true };

/** Percent-encodes all but RFC 3986's unreserved characters, as request signatures want it. Throws `invalid_input`. */
export function encode(value: string | number | boolean): string {
  const text = String(value);
  if (!text.isWellFormed()) throw new TagError('invalid_input', 'A value holds half a character (a lone surrogate).');
  return encodeURIComponent(text).replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);
}

function segment(value: string | number): string {
  const text = String(value);
  if (['', '.', '..'].includes(text)) throw new TagError('invalid_input', told`${text} cannot be part of an address.`);
  return encode(text);
}

/** path`/projects/${id}/tags/${name}`: each value stays inside its segment. Throws `invalid_input`. */
export function path(literals: TemplateStringsArray, ...values: (string | number)[]): Path {
  const whole = literals.reduce((built, literal, at) => built + segment(values[at - 1] ?? '') + literal);
  // Behind a bare host, anything but a slash would name another host.
  if (!whole.startsWith('/')) throw new TypeError(`path must begin with a slash: ${literals[0]}…`);
  return whole as Path;
}
