/** The create_tag arguments that a text of ours tells, to bring a tag back; undefined where it tells none. */
export function restoreIn(text: string): Record<string, unknown> | undefined {
  const json = /create_tag (\{.*?\})(?=\.(?:\s|$))/s.exec(text)?.[1];
  return json === undefined ? undefined : JSON.parse(json);
}
