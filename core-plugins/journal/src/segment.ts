import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';
import { AicoError } from '@aico/sdk';
import { headerProof, segmentKey } from './batch-seal.ts';

/*
 * A segment's header: magic 8 · id 6 · number of its first record 6 · made at (ms) 6 · salt 16 · proof of the key 16 ·
 * CRC-32 of all before 4 · two zeros; then the same once more, so that no single flaw costs the whole segment its salt.
 */
const MAGIC = Buffer.from('AICOJNL1');
const COPY_BYTES = 64;
export const SEGMENT_HEADER_BYTES: number = 2 * COPY_BYTES;
/** Node's permission model has no fsync: each write returns when it is on the disk. Windows has no such flag. */
const { O_RDWR, O_CREAT, O_EXCL, O_DSYNC = 0 } = constants;

/** What is known of one file of a log. */
export interface Segment {
  readonly id: number;
  readonly path: string;
  /** Number of its first record. */
  readonly first: number;
  /** When it was begun, ms since 1970. */
  readonly madeAt: number;
  readonly key: Buffer;
}

export function segmentPath(folder: string, name: string, id: number): string {
  return join(folder, `${name}-${String(id).padStart(10, '0')}.log`);
}

/**
 * Begins a file; its name is on the disk when this resolves.
 * @param final where it will lie in the end, if that is elsewhere
 */
export async function createSegment(
  path: string,
  made: { readonly id: number; readonly first: number; readonly madeAt: number; readonly key: Uint8Array },
  final: string = path,
): Promise<{ segment: Segment; file: FileHandle }> {
  const header = Buffer.alloc(COPY_BYTES);
  MAGIC.copy(header);
  header.writeUIntBE(made.id, 8, 6);
  header.writeUIntBE(made.first, 14, 6);
  header.writeUIntBE(made.madeAt, 20, 6);
  randomBytes(16).copy(header, 26);
  const key = segmentKey(made.key, header.subarray(26, 42), basename(final));
  headerProof(key, header.subarray(0, 42)).copy(header, 42);
  header.writeUInt32BE(crc32(header.subarray(0, 58)), 58);
  const file = await open(path, O_RDWR | O_CREAT | O_EXCL | O_DSYNC, 0o600);
  try {
    await writeWhole(file, Buffer.concat([header, header]), 0);
    await syncFolder(dirname(path));
    return { segment: { ...made, path: final, key }, file };
  } catch (error) {
    await file.close();
    await rm(path, { force: true });
    throw error;
  }
}

/** Reads a segment's header; undefined when it is not whole. @throws AicoError JOURNAL_KEY_WRONG */
export async function readSegment(path: string, masterKey: Uint8Array): Promise<Segment | undefined> {
  const file = await open(path, 'r');
  try {
    const bytes = Buffer.alloc(SEGMENT_HEADER_BYTES);
    await file.read(bytes, 0, SEGMENT_HEADER_BYTES, 0);
    const copies = [bytes.subarray(0, COPY_BYTES), bytes.subarray(COPY_BYTES)];
    const header = copies.find((copy) => crc32(copy.subarray(0, 58)) === copy.readUInt32BE(58));
    if (header === undefined || !header.subarray(0, 8).equals(MAGIC)) return undefined;
    const key = segmentKey(masterKey, header.subarray(26, 42), basename(path));
    if (!headerProof(key, header.subarray(0, 42)).equals(header.subarray(42, 58)))
      throw new AicoError('JOURNAL_KEY_WRONG', { subject: 'journal', details: { file: path } });
    const [id, first, madeAt] = [header.readUIntBE(8, 6), header.readUIntBE(14, 6), header.readUIntBE(20, 6)];
    return { id, first, madeAt, path, key };
  } finally {
    await file.close();
  }
}

/** Opens the newest segment to go on writing. */
export function openToWrite(path: string): Promise<FileHandle> {
  return open(path, O_RDWR | O_DSYNC);
}

/** Writes all bytes at a place, or throws. */
export async function writeWhole(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}

/** Without fsync of the folder, a new file written through to the disk commits the folder's changes before it. */
export async function syncFolder(folder: string): Promise<void> {
  const path = join(folder, '.sync');
  const marker = await open(path, O_RDWR | O_CREAT | (constants.O_SYNC ?? 0), 0o600);
  await marker.write(Buffer.of(1)).finally(() => marker.close());
  await rm(path, { force: true });
}
