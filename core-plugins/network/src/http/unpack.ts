import type { IncomingMessage } from 'node:http';
import type { Readable, Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate, type Zlib } from 'node:zlib';
import { type Exchanged, invalid } from './failure.ts';

/** What is asked for, and understood. */
export const ENCODINGS = 'gzip, deflate, br';

const UNPACKERS: Readonly<Record<string, () => Transform & Zlib>> = {
  br: () => createBrotliDecompress(),
  deflate: () => createInflate(),
  gzip: () => createGunzip(),
  'x-gzip': () => createGunzip(),
};

/** The body as it was before it was packed; it grows no faster than it is read. @throws AicoError NET_RESPONSE_INVALID */
export function unpacked(response: IncomingMessage, method: string, about: Exchanged): Readable {
  const { statusCode: status = 0, headers } = response;
  const encoding = (headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  const isEmpty = method === 'HEAD' || status === 204 || status === 304;
  if (isEmpty || encoding === 'identity' || encoding === '') return response;
  const unpack = Object.hasOwn(UNPACKERS, encoding) ? UNPACKERS[encoding] : undefined;
  if (unpack === undefined) throw invalid(about, 'it is packed in a way that was not asked for');
  const unpacker = unpack();
  response.on('error', (error) => unpacker.destroy(error));
  response.on('end', () => {
    // Some say how they pack, and then send nothing.
    if (unpacker.bytesWritten + unpacker.writableLength === 0) unpacker.push(null);
    else unpacker.end();
  });
  return response.pipe(unpacker, { end: false });
}
