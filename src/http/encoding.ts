/** Bodies that come compressed though nobody asked: gateways do that. */
import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync } from 'node:zlib';

const DECODERS: Readonly<Record<string, (body: Buffer, options: { maxOutputLength: number }) => Buffer>> = {
  gzip: gunzipSync,
  'x-gzip': gunzipSync,
  deflate: inflateEither,
  br: brotliDecompressSync,
};

/** More than one is unheard of, and each may be as large as an answer. */
const MOST_ENCODINGS = 3;

export interface Decoded {
  readonly text: string;
  /** Larger than `most`, or not what it is said to be. */
  readonly cut?: 'oversize' | 'broken';
}

/** The text of a body, of at most `most` bytes. */
export function decode(body: Buffer, encodings: string | undefined, most: number): Decoded {
  if (body.length === 0) return { text: '' };
  let plain = body;
  const names = encodings?.split(',') ?? [];
  if (names.length > MOST_ENCODINGS) return { text: '', cut: 'broken' };
  // In the order they were applied.
  for (const name of names.reverse()) {
    const encoding = name.trim().toLowerCase();
    if (encoding === '' || encoding === 'identity') continue;
    const decoder = DECODERS[encoding];
    if (!decoder) return { text: '', cut: 'broken' };
    try {
      plain = decoder(plain, { maxOutputLength: most });
    } catch (error) {
      return { text: '', cut: (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? 'oversize' : 'broken' };
    }
  }
  return { text: plain.toString('utf8').replace(/^\ufeff/, '') };
}

/** Many send the bare deflate under this name, without zlib's frame. */
function inflateEither(body: Buffer, options: { maxOutputLength: number }): Buffer {
  const isFramed = ((body[0] ?? 0) & 0x0f) === 8 && ((body[0] ?? 0) * 256 + (body[1] ?? 0)) % 31 === 0;
  return isFramed ? inflateSync(body, options) : inflateRawSync(body, options);
}
