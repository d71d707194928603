import { crc32 } from 'node:zlib';
import { BATCH_HEADER_BYTES, BATCH_MAGIC, type BatchHeader, readHeader } from './batch-seal.ts';

/** A batch in a stretch of bytes. */
export interface FoundBatch {
  readonly header: BatchHeader;
  /** Where its header begins. */
  readonly at: number;
  readonly sealed: Buffer;
}

export interface Walk {
  readonly batches: readonly FoundBatch[];
  /** Stretches between batches that are none. */
  readonly gaps: readonly { readonly at: number; readonly bytes: number }[];
  /** After the last batch; what follows is the torn end of a write, or nothing. */
  readonly end: number;
}

/** Finds the batches from a place on, and goes on behind what is damaged. */
export function walkBatches(bytes: Buffer, from: number): Walk {
  const batches: FoundBatch[] = [];
  const gaps: { at: number; bytes: number }[] = [];
  let end = from;
  for (let at: number | undefined = from; at !== undefined; ) {
    const header = wholeHeader(bytes, at);
    if (header === undefined) {
      at = nextHeader(bytes, at + 1);
      if (at !== undefined) gaps.push({ at: end, bytes: at - end });
    } else {
      const begin: number = at + BATCH_HEADER_BYTES;
      end = begin + header.length;
      batches.push({ header, at, sealed: bytes.subarray(begin, end) });
      at = end;
    }
  }
  return { batches, gaps, end };
}

/** Whether a batch's sealed bytes are those that were written. */
export function isWhole({ header, sealed }: FoundBatch): boolean {
  return crc32(sealed) === header.checksum;
}

function wholeHeader(bytes: Buffer, at: number): BatchHeader | undefined {
  const header = readHeader(bytes, at);
  return header !== undefined && at + BATCH_HEADER_BYTES + header.length <= bytes.length ? header : undefined;
}

function nextHeader(bytes: Buffer, from: number): number | undefined {
  for (let at = bytes.indexOf(BATCH_MAGIC, from); at >= 0; at = bytes.indexOf(BATCH_MAGIC, at + 1)) {
    if (wholeHeader(bytes, at) !== undefined) return at;
  }
  return undefined;
}
