import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { blobKeys, forgetBlobKeys } from './blob-file.ts';
import { BlobReader } from './blob-reader.ts';

/** Reads copies of a plugin's blobs from end to end. @throws AicoError BLOB_DAMAGED */
export async function checkBlobs(
  plugin: string,
  folder: string,
  databaseKey: string,
): Promise<{ blobs: number; bytes: number }> {
  const keys = blobKeys(databaseKey);
  let [blobs, bytes] = [0, 0];
  try {
    for (const name of readdirSync(folder).filter((each) => each.endsWith('.blob'))) {
      const path = join(folder, name);
      const reader = await BlobReader.open({ plugin, id: name.replace(/\.blob$/, ''), path }, keys);
      try {
        for await (const piece of reader.read()) bytes += piece.length;
      } finally {
        await reader.close();
      }
      blobs += 1;
    }
    return { blobs, bytes };
  } finally {
    forgetBlobKeys(keys);
  }
}
