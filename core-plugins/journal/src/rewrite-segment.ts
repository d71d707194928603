import { randomBytes } from 'node:crypto';
import { readdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { openBatch, sealBatch } from './batch-seal.ts';
import { createSegment, openToWrite, SEGMENT_HEADER_BYTES, type Segment, syncFolder, writeWhole } from './segment.ts';
import { walkBatches } from './walk-batches.ts';

/** What takes the place of a record; undefined leaves it as it is. */
export type Change = (number: number, bytes: Buffer) => Buffer | undefined;

/** A file that was written anew and lies beside the one that it is to replace. */
export interface Rewritten {
  readonly segment: Segment;
  /** Takes the place of the one before, which is destroyed. */
  replace(): Promise<void>;
  discard(): Promise<void>;
}

/** Writes a closed file anew under a key of its own, if there is something to change in it. What was damaged is not in it. */
export async function rewriteSegment(
  { id, path, first, madeAt, key }: Segment,
  masterKey: Uint8Array,
  change: Change,
): Promise<Rewritten | undefined> {
  const bytes = await readFile(path);
  let isChanged = false;
  const batches = walkBatches(bytes, SEGMENT_HEADER_BYTES).batches.flatMap(({ header, sealed }) => {
    const records = openBatch(key, id, header, sealed);
    if (records === undefined) return [];
    const changed = records.map((record, offset) => {
      const other = change(header.first + offset, record);
      isChanged ||= other !== undefined;
      return other ?? record;
    });
    return [{ index: header.index, first: header.first, records: changed }];
  });
  if (!isChanged) return undefined;
  const beside = `${path}.new`;
  await rm(beside, { force: true });
  const { segment, file } = await createSegment(beside, { id, first, madeAt, key: masterKey }, path);
  try {
    let at = SEGMENT_HEADER_BYTES;
    for (const batch of batches) {
      const sealed = sealBatch(segment.key, id, batch.index, batch.first, batch.records);
      await writeWhole(file, sealed, at);
      at += sealed.length;
    }
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  } finally {
    await file.close();
  }
  return {
    segment,
    async replace() {
      // Held open, it can be destroyed when it has no name any more: a kill in between never meets a file that is in use.
      const before = await openToWrite(path);
      try {
        await rename(beside, path);
        await syncFolder(dirname(path));
        // Without the salt in its header none of it can be opened, wherever its bytes still lie.
        await writeWhole(before, randomBytes(SEGMENT_HEADER_BYTES), 0);
      } finally {
        await before.close();
      }
    },
    discard: () => rm(beside, { force: true }),
  };
}

/** What did not check out cannot be read here, but may hold what was forgotten. So may what a kill left beside. */
export async function removeDamaged(folder: string, name: string): Promise<void> {
  for (const file of await readdir(folder)) {
    const isLeft = file.endsWith('.damaged') || file.endsWith('.new');
    if (file.startsWith(`${name}-`) && isLeft) await rm(join(folder, file), { force: true });
  }
}
