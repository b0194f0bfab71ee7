/** The text of what is a text, a part with a text, a list of them, or something else. */
export function textOf(content) {
  if (content === undefined || content === null) return '';
  if (typeof content === 'string') return content;
  if (Array.isArray(content)) return content.map(textOf).join('\n');
  return content.text ?? JSON.stringify(content);
}
