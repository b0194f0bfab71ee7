/** The id that lakeFS gives a commit, which has to be known to plant one (pkg/ident/ident.go; Commit.Identity in pkg/graveler/graveler.go). */
import { createHash } from 'node:crypto';

const [BYTES, STRING, INT64, STRINGS, MAP, EMBEDDED] = [0, 1, 2, 3, 4, 5] as const;

function int64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(BigInt(value));
  return Buffer.concat([Buffer.from([INT64, 8]), bytes]);
}
const sized = (type: number, bytes: Buffer) => Buffer.concat([Buffer.from([type]), int64(bytes.length), bytes]);
const string = (text: string) => sized(STRING, Buffer.from(text));
const hashed = (...parts: Buffer[]) => createHash('sha256').update(Buffer.concat(parts));
const list = (type: number, texts: readonly string[]) => Buffer.concat([Buffer.from([type]), int64(texts.length), ...texts.map(string)]);

export interface LakeCommit {
  readonly committer: string;
  readonly message: string;
  readonly metarange_id: string;
  /** Unix seconds. */
  readonly creation_date: number;
  readonly parents: readonly string[];
}

/** Of a commit without metadata. */
export function idOf({ committer, message, metarange_id, creation_date, parents }: LakeCommit): string {
  const family = hashed(list(STRINGS, parents)).digest();
  return hashed(
    ...['commit:v1', committer, message, metarange_id].map(string),
    int64(creation_date),
    list(MAP, []),
    Buffer.from([EMBEDDED]),
    sized(BYTES, family),
  ).digest('hex');
}
