/** The entries of a git configuration file, as git reads them. */

/** `section.subsection.key`; sections and keys in lower case. */
export interface Entry {
  readonly section: string;
  readonly subsection: string | undefined;
  readonly key: string;
  readonly value: string;
}

/** `[remote "origin"]`, and what may follow on its line. */
const SECTION = /^\s*\[([\w.-]+)(?:\s+"((?:[^"\\]|\\.)*)")?\](.*)$/s;
const ENTRY = /^\s*([a-z][a-z0-9-]*)\s*=(.*)$/is;
const COMMENT = /^\s*[#;]/;
/** An odd number of backslashes at the end: the value goes on. */
const CONTINUED = /(?:^|[^\\])(?:\\\\)*\\$/;

export function entriesIn(text: string): Entry[] {
  let section = '';
  let subsection: string | undefined;
  return linesOf(text).flatMap((line) => {
    const head = SECTION.exec(line);
    if (head) [section, subsection] = [head[1]?.toLowerCase() ?? '', head[2]?.replace(/\\(.)/gs, '$1')];
    const [, key, raw] = ENTRY.exec(head?.[3] ?? line) ?? [];
    return key && raw !== undefined ? [{ section, subsection, key: key.toLowerCase(), value: valueIn(raw) }] : [];
  });
}

/** With those joined that a backslash continues. */
function linesOf(text: string): string[] {
  const lines: string[] = [];
  let begun = '';
  for (const line of text.split(/\r?\n/)) {
    const isContinued = (begun || !COMMENT.test(line)) && CONTINUED.test(line);
    begun += isContinued ? line.slice(0, -1) : line;
    if (isContinued) continue;
    lines.push(begun);
    begun = '';
  }
  return [...lines, begun];
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', b: '\b' };

/** Without quotes and comments, and without the white space at its ends that stands in no quotes. */
function valueIn(raw: string): string {
  let value = '';
  let kept = 0;
  let isQuoted = false;
  const text = raw.trimStart();
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at] ?? '';
    if (character === '"') isQuoted = !isQuoted;
    else if (!isQuoted && (character === '#' || character === ';')) break;
    else if (character === '\\') {
      at += 1;
      value += ESCAPES[text[at] ?? ''] ?? text[at] ?? '';
      kept = value.length;
    } else {
      value += character;
      if (isQuoted || character.trim()) kept = value.length;
    }
  }
  return value.slice(0, kept);
}
