/** A field of a JSON answer that holds text; undefined where it is anything else, or the body no object. */
export function textField(body: unknown, name: string): string | undefined {
  const value: unknown = typeof body === 'object' && body !== null ? Reflect.get(body, name) : undefined;
  return typeof value === 'string' ? value : undefined;
}
