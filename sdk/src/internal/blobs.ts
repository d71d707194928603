import { type BlobInfo, type BlobWritten, isAicoError } from '@aico/schemas';
import type { Bus, RequestOptions } from '../bus.ts';
import type { BlobContent, Blobs } from '../context.ts';
import { decodeBase64, encodeBase64 } from './base64.ts';
import type { StreamOptions } from './outgoing.ts';
import type { Timers } from './timers.ts';

const PIECE_BYTES = 196_608;
/** Pieces that are on their way to a reader: two MiB in base64. */
const READ_CREDIT: StreamOptions = { credit: 8 };
/** Its plugin has sent as many bytes as it may in a second: it goes on when this is over. */
const PAUSE_MS = 500;
const MOST_PAUSES = 60;

/** ctx.blobs: requests to whoever keeps blobs, a piece at a time. */
export function createBlobs(bus: Bus, timers: Timers): Blobs {
  const pause = (): Promise<void> => new Promise((resolve) => void timers.after(PAUSE_MS, resolve));
  const send = async (piece: Uint8Array, before: BlobWritten | undefined, options: RequestOptions) => {
    const data = encodeBase64(piece);
    for (let pauses = 0; ; pauses += 1) {
      try {
        return await bus.request('blob.write.v1', { offset: 0, ...before, data }, options);
      } catch (error) {
        if (!isAicoError(error, 'KERNEL_RATE_EXCEEDED') || pauses === MOST_PAUSES) throw error;
        await pause();
      }
    }
  };
  const write = async (content: BlobContent, options: RequestOptions = {}): Promise<BlobInfo> => {
    let written: BlobWritten | undefined;
    try {
      for await (const piece of piecesOf(content)) written = await send(piece, written, options);
      written ??= await send(new Uint8Array(), undefined, options);
      return await bus.request('blob.finish.v1', { upload: written.upload }, options);
    } catch (error) {
      // It is over already when it was the store that ended it.
      if (written !== undefined) await bus.request('blob.abort.v1', { upload: written.upload }).catch(() => {});
      throw error;
    }
  };
  return {
    write,
    read: async function* (id, options) {
      for await (const { data } of bus.stream('blob.read.v1', { id, ...options }, READ_CREDIT))
        yield decodeBase64(data);
    },
    stat: async (id) => (await bus.request('blob.stat.v1', { id })).blob,
    list: (options = {}) => bus.request('blob.list.v1', options),
    delete: async (id) => (await bus.request('blob.delete.v1', { id })).deleted,
  };
}

/** The same bytes in pieces of one size, the last one smaller. */
async function* piecesOf(content: BlobContent): AsyncGenerator<Uint8Array, void, undefined> {
  const piece = new Uint8Array(PIECE_BYTES);
  let filled = 0;
  for await (const part of content instanceof Uint8Array ? [content] : content) {
    for (let at = 0; at < part.length; ) {
      const taken = part.subarray(at, at + PIECE_BYTES - filled);
      piece.set(taken, filled);
      filled += taken.length;
      at += taken.length;
      if (filled < PIECE_BYTES) continue;
      yield piece;
      filled = 0;
    }
  }
  if (filled > 0) yield piece.subarray(0, filled);
}
