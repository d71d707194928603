import { setImmediate } from 'node:timers/promises';
import { isAicoError } from '@aico/sdk';
import { readBlobGeneration } from './blob-file.ts';
import type { BlobFolder } from './blob-folder.ts';
import type { BlobKeyring } from './blob-keyring.ts';
import { BlobReader } from './blob-reader.ts';
import { BlobWriter } from './blob-writer.ts';

/** What bringing blobs under another key needs. */
export interface BlobRotation {
  readonly plugin: string;
  readonly folder: BlobFolder;
  readonly keys: BlobKeyring;
  /** Which of the plugin's keys they are to be under. */
  readonly generation: number;
  /** Whether something else comes first: locking, or a backup that needs the files as they are. */
  readonly isStopped: () => boolean;
  readonly progress?: (done: number, total: number) => Promise<void>;
}

/** What came of it. `damaged`: left as they were, since they cannot be read. */
export interface BlobsRotated {
  readonly blobs: number;
  readonly damaged: readonly unknown[];
  /** False when it was stopped; it goes on where it was. */
  readonly done: boolean;
}

/**
 * Encrypts every blob that is under an earlier key anew, each in a file of its own that then takes the place. Whatever ends it, each
 * blob is whole under one of the keys, and which one its file says.
 */
export async function rotateBlobs(rotation: BlobRotation): Promise<BlobsRotated> {
  const { plugin, folder, generation, isStopped, progress } = rotation;
  const damaged: unknown[] = [];
  let blobs = 0;
  const ids = await folder.list(plugin);
  for (const [at, id] of ids.entries()) {
    await setImmediate();
    await progress?.(at, ids.length);
    if (isStopped()) return { blobs, damaged, done: false };
    // What is unreadable here is so, too, below, and told there.
    const found = readBlobGeneration(folder.pathOf(plugin, id));
    if (found === undefined || found >= generation) continue;
    try {
      if (await rotateBlob(rotation, id)) blobs += 1;
    } catch (error) {
      if (!isAicoError(error, 'BLOB_DAMAGED')) throw error;
      damaged.push(error);
    }
  }
  return { blobs, damaged, done: !isStopped() };
}

/** Whether it took the place. */
async function rotateBlob({ plugin, folder, keys, generation, isStopped }: BlobRotation, id: string): Promise<boolean> {
  const address = await keys.address();
  const content = await keys.content(generation);
  const reader = await BlobReader.open({ plugin, id, path: folder.pathOf(plugin, id) }, keys);
  try {
    const path = await folder.placeFor(plugin, crypto.randomUUID());
    const writer = new BlobWriter(path, { address, content, generation });
    try {
      for await (const piece of reader.read()) {
        if (isStopped()) return false;
        await writer.write(piece);
      }
      const isSame = (await writer.finish()).id === id;
      return isSame && !isStopped() && folder.replace(plugin, id, path);
    } finally {
      await writer.discard();
    }
  } finally {
    await reader.close();
  }
}
