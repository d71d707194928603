import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { BlobKeyring } from './blob-keyring.ts';
import { BlobReader } from './blob-reader.ts';

/** Reads copies of a plugin's blobs from end to end. @throws AicoError BLOB_DAMAGED */
export async function checkBlobs(
  plugin: string,
  folder: string,
  keys: BlobKeyring,
): Promise<{ blobs: number; bytes: number }> {
  let [blobs, bytes] = [0, 0];
  try {
    for (const name of readdirSync(folder).filter((each) => each.endsWith('.blob'))) {
      const path = join(folder, name);
      const reader = await BlobReader.open({ plugin, id: name.replace(/\.blob$/, ''), path }, keys);
      try {
        await reader.check(await keys.address());
      } finally {
        await reader.close();
      }
      bytes += reader.size;
      blobs += 1;
    }
    return { blobs, bytes };
  } finally {
    keys.forget();
  }
}
