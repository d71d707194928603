import { closeSync, existsSync, openSync, readSync, renameSync, rmSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { AicoError } from '@aico/sdk';
import { openDurably, removeDurably, writeWhole } from '@aico/sdk/system';
import type { DatabaseLocation } from '../open-database.ts';
import { PageSeal } from '../page-seal.ts';
import { storageError } from '../sql-errors.ts';
import { PIECE_BYTES, PiecePacker } from './piece-packer.ts';

/*
 * What a backup gives back of a database, beside its seal: magic 8 · format 1 · pieces, each with its length before it (4, big-endian).
 */
const PACKED_FILE = Buffer.from('AICODBPK\u0001', 'latin1');
export const PACKED_SUFFIX = '-packed';
const UNFINISHED = '-unpacked';
const MOST_PIECE_BYTES = PIECE_BYTES + 1;
const WRITE_BYTES = 4 * 1024 * 1024;

/**
 * Before a database is opened: makes its file of what a backup gave back, if that lies there. A kill at any point leaves that, to be
 * done again. @throws AicoError STORAGE_DAMAGED, STORAGE_KEY_WRONG, STORAGE_FULL, … with the packed file as it was
 */
export async function unpackDatabase(location: DatabaseLocation): Promise<void> {
  const { plugin, path, key, generation } = location;
  const packed = path + PACKED_SUFFIX;
  const unfinished = path + UNFINISHED;
  if (!existsSync(packed)) return;
  const packer = new PiecePacker(key);
  const file = openSync(packed, 'r');
  try {
    if (!(await writeUnpacked(file, unfinished, packer))) {
      // A seal that this key made says that the key is right.
      const seal = new PageSeal(`${path}-seal`, key, generation);
      const isOurs = seal.state === 'closed' || seal.state === 'open';
      seal.dispose();
      throw isOurs
        ? new AicoError('STORAGE_DAMAGED', {
            subject: plugin,
            details: { problem: 'what a backup gave back of it was changed or cut', file: packed },
          })
        : new AicoError('STORAGE_KEY_WRONG', { subject: plugin, details: { file: packed } });
    }
    renameSync(unfinished, path);
    removeDurably(packed);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw storageError(plugin, path, error);
  } finally {
    closeSync(file);
    packer.dispose();
  }
}

/** Whether every piece was whole. */
async function writeUnpacked(file: number, path: string, packer: PiecePacker): Promise<boolean> {
  if (!readExactly(file, 0, PACKED_FILE.length)?.equals(PACKED_FILE)) return false;
  const target = openDurably(path);
  try {
    let [at, waiting, waits]: [number, Buffer[], number] = [PACKED_FILE.length, [], 0];
    const write = (): void => {
      writeWhole(target, Buffer.concat(waiting));
      [waiting, waits] = [[], 0];
    };
    for (let index = 0; ; index += 1) {
      const head = readExactly(file, at, 4);
      if (head === undefined) break;
      if (head.length === 0) {
        write();
        return true;
      }
      const length = head.readUInt32BE(0);
      const piece = length > MOST_PIECE_BYTES || length === 0 ? undefined : readExactly(file, at + 4, length);
      const bytes = piece === undefined ? undefined : packer.unpack(index, piece);
      if (bytes === undefined) break;
      at += 4 + length;
      waiting.push(bytes);
      waits += bytes.length;
      if (waits < WRITE_BYTES) continue;
      write();
      await setImmediate();
    }
    return false;
  } finally {
    closeSync(target);
  }
}

/** So many bytes; none where the file ends; undefined where it ends within. */
function readExactly(file: number, position: number, length: number): Buffer | undefined {
  const bytes = Buffer.alloc(length);
  let done = 0;
  for (let read = -1; done < length && read !== 0; done += read)
    read = readSync(file, bytes, done, length - done, position + done);
  if (done === 0) return bytes.subarray(0, 0);
  return done === length ? bytes : undefined;
}
