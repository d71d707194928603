import { createHash, randomBytes } from 'node:crypto';
import { onTestFinished } from 'vitest';
import { BlobStore } from '../../src/blobs/blob-store.ts';
import { temporaryFolder } from '../temporary-database.ts';

export const DIARY = { plugin: 'diary', incarnation: 'diary-1' };
const PIECE_BYTES = 196_608;

/** A store in a folder of its own, with a clock that the test moves and a lock that it turns. */
export function temporaryBlobs(folder: string = temporaryFolder()) {
  const world = { now: 0, isLocked: false };
  const store = new BlobStore({
    folder,
    keyOf: async (plugin) => {
      if (world.isLocked) throw Object.assign(new Error('locked'), { code: 'VAULT_LOCKED' });
      return createHash('sha256').update(`key of ${plugin}`).digest('hex');
    },
    now: () => world.now,
  });
  onTestFinished(() => store.close());
  return { folder, world, store };
}

/** Writes content in pieces and tells its id. */
export async function keep(store: BlobStore, content: Uint8Array, owner = DIARY): Promise<string> {
  let { upload } = await store.write(owner, { offset: 0, data: content.subarray(0, PIECE_BYTES) });
  for (let offset = PIECE_BYTES; offset < content.length; offset += PIECE_BYTES)
    ({ upload } = await store.write(owner, { upload, offset, data: content.subarray(offset, offset + PIECE_BYTES) }));
  return (await store.finish(owner, upload)).id;
}

/** All of a blob, or of a part of it. */
export async function contentOf(
  store: BlobStore,
  id: string,
  range: { start?: number; end?: number } = {},
  plugin = DIARY.plugin,
): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  const never = new AbortController().signal;
  await store.read(plugin, { id, ...range }, async (piece) => void pieces.push(piece), never);
  return Buffer.concat(pieces);
}

export const noise = (bytes: number): Buffer => randomBytes(bytes);
