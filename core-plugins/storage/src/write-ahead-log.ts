import { fstatSync, readSync } from 'node:fs';
import { withFile } from './with-file.ts';

// The format is SQLite's: https://sqlite.org/fileformat2.html#the_write_ahead_log
const HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;
const MAGIC_LITTLE_ENDIAN = 0x377f0682;
/** The page size that databases are made with, and keep: nothing here runs VACUUM. */
export const PAGE_BYTES = 4096;
const FRAME_BYTES = FRAME_HEADER_BYTES + PAGE_BYTES;

/** What a write-ahead log holds, seen from outside. */
export interface LogReport {
  /** Pages that committed transactions changed. */
  readonly pages: ReadonlySet<number>;
  /**
   * Whether a transaction that was committed can no longer be read. One that a power cut tore apart is no damage:
   * it was never acknowledged. A later transaction is written only when the one before it is safe on disk, so an
   * unreadable frame with a whole transaction and more behind it was once whole.
   */
  readonly damaged: boolean;
}

interface Frame {
  readonly page: number;
  readonly commits: boolean;
  readonly salts: string;
}

const NOTHING: LogReport = { pages: new Set(), damaged: false };

/** The pages in a log that this process wrote itself: headers alone, without the sums. */
export function readLoggedPages(path: string): ReadonlySet<number> {
  return readLog(path, false).pages;
}

/** Reads a log and checks its sums. A file that is missing or empty holds nothing. */
export function inspectLog(path: string): LogReport {
  return readLog(path, true);
}

/** Bytes of the log; 0 when there is none. */
export function logBytes(path: string): number {
  return withFile(path, (file) => fstatSync(file).size) ?? 0;
}

function readLog(path: string, checked: boolean): LogReport {
  return withFile(path, (file) => readFrames(file, checked)) ?? NOTHING;
}

function readFrames(file: number, checked: boolean): LogReport {
  const size = fstatSync(file).size;
  const header = Buffer.alloc(HEADER_BYTES);
  if (size <= HEADER_BYTES || readSync(file, header, 0, HEADER_BYTES, 0) < HEADER_BYTES) return NOTHING;
  const salts = header.toString('hex', 16, 24);
  // Machines whose bytes are the other way round write another magic number; their logs are taken as they are.
  const summed = checked && header.readUInt32BE(0) !== MAGIC_LITTLE_ENDIAN + 1;
  let sum = summed ? addSum([0, 0], header.subarray(0, 24)) : undefined;
  let readable = sum === undefined || isSum(sum, header, 24);
  const bytes = Buffer.alloc(FRAME_BYTES);
  const length = sum === undefined ? FRAME_HEADER_BYTES : FRAME_BYTES;
  const pages = new Set<number>();
  const lost: Frame[] = [];
  for (let at = HEADER_BYTES; at + FRAME_BYTES <= size; at += FRAME_BYTES) {
    if (readSync(file, bytes, 0, length, at) < length) break;
    const frame = {
      page: bytes.readUInt32BE(0),
      commits: bytes.readUInt32BE(4) > 0,
      salts: bytes.toString('hex', 8, 16),
    };
    if (readable && sum !== undefined && frame.salts === salts) {
      sum = addSum(addSum(sum, bytes.subarray(0, 8)), bytes.subarray(FRAME_HEADER_BYTES));
      readable = isSum(sum, bytes, 16);
    } else if (frame.salts !== salts) readable = false;
    if (readable) pages.add(frame.page);
    else lost.push(frame);
  }
  return { pages, damaged: sum !== undefined && hidesCommitted(lost, salts) };
}

function hidesCommitted(lost: readonly Frame[], salts: string): boolean {
  // With the header itself unreadable, what the frames agree on stands in for it.
  const own = lost.some((frame) => frame.salts === salts) ? salts : lost[1]?.salts;
  const committed = lost.findIndex((frame) => frame.commits && frame.salts === own);
  return committed >= 0 && lost.slice(committed + 1).some((frame) => frame.salts === own);
}

type Sum = readonly [number, number];

function addSum([first, second]: Sum, bytes: Buffer): Sum {
  let [a, b] = [first, second];
  for (let at = 0; at < bytes.length; at += 8) {
    a = (a + bytes.readUInt32LE(at) + b) >>> 0;
    b = (b + bytes.readUInt32LE(at + 4) + a) >>> 0;
  }
  return [a, b];
}

function isSum([first, second]: Sum, bytes: Buffer, at: number): boolean {
  return bytes.readUInt32BE(at) === first && bytes.readUInt32BE(at + 4) === second;
}
