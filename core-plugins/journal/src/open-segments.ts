import { type FileHandle, mkdir, readdir, readFile, rename, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SealedLogOptions } from './log-options.ts';
import { LogSegment } from './log-segment.ts';
import { openToWrite, readSegment, SEGMENT_HEADER_BYTES, type Segment } from './segment.ts';
import { isWhole, walkBatches } from './walk-batches.ts';

export interface OpenedSegments {
  readonly segments: readonly LogSegment[];
  /** The newest file, to go on writing; undefined when there is none. */
  readonly file: FileHandle | undefined;
  /** Index of the next batch in it. */
  readonly batches: number;
  /** Number of the last record. */
  readonly last: number;
}

/** Reads what a log left in its folder. The end of the newest file is made whole; older ones are looked at when read. */
export async function openSegments(options: SealedLogOptions): Promise<OpenedSegments> {
  const { folder, onDamage } = options;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const found = await readHeaders(options);
  const newest = found.pop();
  const segments: LogSegment[] = [];
  for (const segment of found) segments.push(await LogSegment.closed(segment, onDamage));
  if (newest === undefined) return { segments, file: undefined, batches: 0, last: 0 };
  const { path } = newest;
  const bytes = await readFile(path);
  const { batches, gaps, end } = walkBatches(bytes, SEGMENT_HEADER_BYTES);
  for (const gap of gaps) onDamage(path, gap.at, `${gap.bytes} bytes are no batch`);
  const last = batches.at(-1);
  const keep = last !== undefined && !isWhole(last) ? batches.slice(0, -1) : batches;
  const cut = keep === batches || last === undefined ? end : last.at;
  if (keep !== batches) {
    // All its bytes are there, but not as they were: the disk lost power, or worse. The bytes stay, beside the log.
    await writeFile(`${path}.${cut}.damaged`, bytes.subarray(cut), { mode: 0o600 });
    onDamage(path, cut, 'the last batch does not check out');
  }
  if (cut < bytes.length) await truncate(path, cut);
  segments.push(await LogSegment.walked(newest, keep, cut, onDamage));
  const final = keep.at(-1)?.header;
  return {
    segments,
    file: await openToWrite(path),
    batches: final === undefined ? 0 : final.index + 1,
    last: final === undefined ? newest.first - 1 : final.first + final.count - 1,
  };
}

async function readHeaders({ folder, name, key, onDamage }: SealedLogOptions): Promise<Segment[]> {
  const pattern = new RegExp(`^${name}-\\d{10}\\.log$`);
  const files = (await readdir(folder)).filter((file) => pattern.test(file)).sort();
  const segments: Segment[] = [];
  for (const file of files) {
    const path = join(folder, file);
    const segment = await readSegment(path, key);
    if (segment !== undefined) segments.push(segment);
    else if ((await stat(path)).size <= SEGMENT_HEADER_BYTES) await rm(path);
    else {
      await rename(path, `${path}.damaged`);
      onDamage(path, 0, 'its beginning does not check out');
    }
  }
  return segments;
}
