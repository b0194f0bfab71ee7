/** A zip archive of a directory, the same bytes for the same files: what an .mcpb is. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { crc32, deflateRawSync } from 'node:zlib';

/** 1 January 1980, the first day that a zip knows, so that no clock is in the archive. */
const DATE = (1 << 5) | 1;
const UTF_8 = 0x0800;
const DEFLATED = 8;
/** Made on Unix, a regular file that everybody may read. */
const MADE_BY = (3 << 8) | 20;
const MODE = 0o100644 * 0x10000;

export function zip(directory) {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const [locals, centrals] = [[], []];
  let offset = 0;
  for (const file of files) {
    const name = Buffer.from(relative(directory, file).replaceAll('\\', '/'));
    const content = readFileSync(file);
    const packed = deflateRawSync(content, { level: 9 });
    const about = record(
      [20, 2],
      [UTF_8, 2],
      [DEFLATED, 2],
      [0, 2],
      [DATE, 2],
      [crc32(content), 4],
      [packed.length, 4],
      [content.length, 4],
      [name.length, 2],
      [0, 2],
    );
    locals.push(record([0x04034b50, 4]), about, name, packed);
    centrals.push(record([0x02014b50, 4], [MADE_BY, 2]), about, record([0, 2], [0, 2], [0, 2], [MODE, 4], [offset, 4]), name);
    offset += 4 + about.length + name.length + packed.length;
  }
  const central = Buffer.concat(centrals);
  const end = record([0x06054b50, 4], [0, 2], [0, 2], [files.length, 2], [files.length, 2], [central.length, 4], [offset, 4], [0, 2]);
  return Buffer.concat([...locals, central, end]);
}

function record(...fields) {
  return Buffer.concat(
    fields.map(([value, bytes]) => {
      const field = Buffer.alloc(bytes);
      field.writeUIntLE(value, 0, bytes);
      return field;
    }),
  );
}
