import { join } from 'node:path';
import type { Bus } from '@aico/sdk';
import type { BlobStore } from './blobs/blob-store.ts';
import { checkBlobs } from './blobs/check-blobs.ts';
import { checkCopy } from './check-copy.ts';
import type { Copies } from './copies.ts';
import { queryCopy } from './query-copy.ts';
import type { Snapshots } from './snapshots.ts';

/** Answers whoever makes backups, tests them, and takes something out of them. */
export async function serveCopies(bus: Bus, snapshots: Snapshots, copies: Copies, blobs: BlobStore): Promise<void> {
  await bus.serve('storage.snapshot.begin.v1', () => snapshots.begin());
  await bus.serve('storage.snapshot.resume.v1', ({ data }) => ({ held: snapshots.resume(data.snapshot) }));
  await bus.serve('storage.snapshot.end.v1', ({ data }) => ({ held: snapshots.end(data.snapshot) }));
  await bus.serve('storage.snapshot.mark.v1', async ({ data }) => {
    const known = await snapshots.marks(data);
    if (known === undefined) return { held: false, bytes: 0, marks: '' };
    return { held: true, bytes: known.bytes, marks: known.marks.toString('base64') };
  });
  await bus.serve('storage.snapshot.read.v1', async ({ data }) => {
    const pieces = await snapshots.read(data);
    return { held: pieces !== undefined, pieces: (pieces ?? []).map((piece) => piece.toString('base64')) };
  });
  await bus.serve('storage.database.check.v1', async ({ data: { folder, plugin } }) => ({
    plugin,
    bytes: await checkCopy(await copies.database(folder, plugin)),
  }));
  await bus.serve('storage.copy.query.v1', async ({ sender, data: { folder, statements } }) => ({
    results: await queryCopy(await copies.database(folder, sender), statements),
  }));
  await bus.serve('storage.copy.unlock.v1', async ({ data }) => {
    await copies.unlock(data);
    return {};
  });
  await bus.serve('storage.copy.lock.v1', ({ data }) => {
    copies.lock(data.folder);
    return {};
  });
  await bus.serve('blob.check.v1', async ({ data: { folder, plugin } }) => ({
    plugin,
    ...(await checkBlobs(plugin, copies.blobs(folder, plugin), copies.keyring(folder, plugin))),
  }));
  await bus.serve('blob.copy.take.v1', async ({ sender: plugin, incarnation, quota, data: { folder, id } }) => {
    const keys = copies.keyring(folder, plugin);
    const path = join(copies.blobs(folder, plugin), `${id}.blob`);
    try {
      return await blobs.take({ plugin, incarnation }, id, path, keys, quota?.['storageMb']);
    } finally {
      keys.forget();
    }
  });
}
