const NEWLINE = 0x0a;

/** Cuts a stream of bytes into lines; one that is too long is passed over, and told once. */
export function lineSplitter(longest: number, onLine: (line: string) => void, onTooLong: () => void): (chunk: Buffer) => void {
  let parts: Buffer[] = [];
  let length = 0;
  let skipping = false;
  const take = (part: Buffer) => {
    length += part.length;
    if (length > longest && !skipping) {
      skipping = true;
      parts = [];
      onTooLong();
    }
    if (!skipping) parts.push(part);
  };
  return (chunk) => {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      take(chunk.subarray(start, end));
      const [whole, ...more] = parts;
      const line = (more.length > 0 ? Buffer.concat(parts) : whole)?.toString('utf8').trim();
      parts = [];
      length = 0;
      skipping = false;
      start = end + 1;
      if (line) onLine(line);
    }
    if (start < chunk.length) take(chunk.subarray(start));
  };
}
