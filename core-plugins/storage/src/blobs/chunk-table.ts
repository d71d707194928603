import {
  BODY_AT,
  CHUNK_BYTES,
  fileBytesOf,
  isCompressed,
  openTable,
  SEALED_CHUNK_BYTES,
  sealTable,
  sizeOf,
  TAG_BYTES,
} from './blob-file.ts';

/*
 * What is behind the chunks in a file of which some are compressed: random bytes · the table, sealed: how long each sealed chunk is, 4 each,
 * tag 16 · the blob's size 8. Numbers are big-endian. Everybody sees the size, as in a file without a table. How well a content compresses
 * tells of it, too, so the random bytes fill a file up to a whole sixteenth of what it would be uncompressed: there are sixteen answers.
 */
const FOOTER_BYTES = 8;
const ENTRY_BYTES = 4;
const STEPS = 16;

/** Reads bytes of a file; fewer where it ends before. */
export type ReadAt = (position: number, length: number) => Promise<Buffer>;

/** Where the sealed chunks of a blob lie in its file. */
export interface ChunkPlaces {
  /** Of a chunk; for the one behind the last, where they end. */
  readonly offsetOf: (index: number) => number;
  /** Whether a chunk that is shorter than its content is that content compressed. */
  readonly mayBeCompressed: boolean;
}

/** What is behind the random bytes. @param lengths of the sealed chunks */
export function encodeTable(key: Buffer, lengths: readonly number[], size: number): Buffer {
  const table = Buffer.alloc(lengths.length * ENTRY_BYTES);
  for (const [index, length] of lengths.entries()) table.writeUInt32BE(length, index * ENTRY_BYTES);
  const footer = Buffer.alloc(FOOTER_BYTES);
  footer.writeBigUInt64BE(BigInt(size));
  return Buffer.concat([sealTable(key, table, footer), footer]);
}

/** How many random bytes fill a file up. @param fileBytes without them @param size of the blob */
export function fillingOf(fileBytes: number, size: number): number {
  const uncompressed = fileBytesOf(size);
  const step = Math.ceil(uncompressed / STEPS);
  return Math.max(0, Math.min(Math.ceil(fileBytes / step) * step, uncompressed) - fileBytes);
}

/** Where the chunks are in a file that begins with this opening; a text says why that cannot be told. */
export async function readPlaces(
  read: ReadAt,
  fileBytes: number,
  opening: Uint8Array,
  { key, size }: { readonly key: Buffer; readonly size: number },
): Promise<ChunkPlaces | string> {
  if (!isCompressed(opening)) {
    if (fileBytes !== fileBytesOf(size)) return 'it was cut or made longer';
    return { offsetOf: (index) => BODY_AT + index * SEALED_CHUNK_BYTES, mayBeCompressed: false };
  }
  const tableAt = fileBytes - tableBytesOf(size) - FOOTER_BYTES;
  if (tableAt < BODY_AT) return 'it was cut';
  const end = await read(tableAt, tableBytesOf(size) + FOOTER_BYTES);
  const table = openTable(key, end.subarray(0, -FOOTER_BYTES), end.subarray(-FOOTER_BYTES));
  if (table === undefined) return 'it was cut or made longer, or what tells where its parts are was changed';
  const offsets = [BODY_AT];
  for (let at = 0; at < table.length; at += ENTRY_BYTES) offsets.push((offsets.at(-1) ?? 0) + table.readUInt32BE(at));
  return { offsetOf: (index) => offsets[index] ?? tableAt, mayBeCompressed: true };
}

/** Bytes of the blob of a file, as the file says to everybody: what is changed in it is found when it is read. */
export async function readSize(read: ReadAt, fileBytes: number): Promise<number> {
  const footer = isCompressed(await read(0, BODY_AT)) ? await read(fileBytes - FOOTER_BYTES, FOOTER_BYTES) : undefined;
  const size = footer?.length === FOOTER_BYTES ? Number(footer.readBigUInt64BE()) : Number.POSITIVE_INFINITY;
  return BODY_AT + tableBytesOf(size) + FOOTER_BYTES <= fileBytes ? size : sizeOf(fileBytes);
}

function tableBytesOf(size: number): number {
  return Math.ceil(size / CHUNK_BYTES) * ENTRY_BYTES + TAG_BYTES;
}
