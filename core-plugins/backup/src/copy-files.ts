import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { AicoError, type BackupProgress } from '@aico/sdk';
import { askAhead } from './ask-ahead.ts';
import type { BackedFile } from './backup-file.ts';
import { CHUNK_BYTES, type ChunkStore } from './chunk-store.ts';
import { onFolder } from './disk-error.ts';
import { databaseOf, type OpenedFile, openBlob } from './home-files.ts';
import { type KnownFiles, MARK_BYTES } from './known-files.ts';
import { readAt } from './pack-file.ts';

/** Databases that are held still, in pieces of 64 KiB that are compressed, and encrypted for storage alone. */
export interface PackedDatabases {
  /** What pieces are known by, from one on; undefined when they are held no more. */
  marks(
    plugin: string,
    from: number,
    count: number,
  ): Promise<{ readonly bytes: number; readonly marks: Buffer } | undefined>;
  /** Pieces from one on, fewer than asked for perhaps; undefined when they are held no more. */
  pieces(plugin: string, from: number, count: number): Promise<readonly Buffer[] | undefined>;
}

/** What copying needs of the world. */
export interface CopyPowers {
  readonly home: string;
  /** Where chunks go, for errors. */
  readonly folder: string;
  readonly chunks: ChunkStore;
  readonly known: KnownFiles;
  /** Whether a chunk was found damaged, and is to be written once more. */
  readonly isDamaged: (name: string) => boolean;
  /** Files of databases are copied as they lie where there is none. */
  readonly packed: PackedDatabases | undefined;
  /** Says that the files are still needed. Whether they are as they were. */
  readonly renew: () => Promise<boolean>;
  readonly progress: (progress: BackupProgress) => Promise<void>;
  readonly signal: AbortSignal;
}

const RENEW_EVERY_MS = 10_000;
const MEGABYTE = 1024 * 1024;
/** What a blob's file begins with, which no other has: a salt, and sealed under its key the blob's name and size. */
const BLOB_HEAD_BYTES = 97;
const MARKS_AT_ONCE = 16_384;
/** 2 MiB of a database, and what base64 adds. */
const PIECES_AT_ONCE = 32;
/** Answers that are asked for, or wait to be written: storage packs the next while one is. */
const GAPS_AT_ONCE = 3;

/** Copies files into chunks, and reads only what the backup before does not hold. */
export class FileCopier {
  readonly #powers: CopyPowers;
  readonly #total: number;
  #done = 0;
  #told = 0;
  #renewedAt: number = performance.now();

  constructor(powers: CopyPowers, opened: readonly OpenedFile[]) {
    this.#powers = powers;
    this.#total = opened.reduce((sum, { size }) => sum + size, 0);
  }

  /** @throws AicoError BACKUP_… */
  async copy(opened: OpenedFile): Promise<BackedFile> {
    const { home, packed } = this.#powers;
    const { path, file, size } = opened;
    const plugin = databaseOf(path);
    if (plugin !== undefined && packed !== undefined) return this.#copyDatabase(packed, plugin, opened);
    if (file !== undefined) return { path, size, chunks: nameText(await this.#copyAll(path, file, size)) };
    const blob = await openBlob(home, path);
    return this.#copyBlob(path, blob, size).finally(() => blob.close());
  }

  async #copyBlob(path: string, blob: FileHandle, size: number): Promise<BackedFile> {
    const head = await readAt(blob, 0, BLOB_HEAD_BYTES);
    const mark = createHash('sha256').update(head).digest().subarray(0, MARK_BYTES);
    const known = this.#powers.known.file(path, size, mark);
    if (known !== undefined) await this.#passed(size);
    const chunks = known ?? (await this.#copyAll(path, blob, size, true));
    return { path, size, chunks: nameText(chunks), marks: mark.toString('base64') };
  }

  async #copyAll(path: string, file: FileHandle, size: number, isNoise = false): Promise<Buffer> {
    const names: Buffer[] = [];
    for (let at = 0; at < size; at += CHUNK_BYTES) {
      const length = Math.min(CHUNK_BYTES, size - at);
      const content = await readAt(file, at, length);
      if (content.length < length) throw interrupted(`${path} became shorter`);
      names.push(await this.#keep(content, isNoise));
      await this.#passed(length);
    }
    return Buffer.concat(names);
  }

  async #copyDatabase(packed: PackedDatabases, plugin: string, { path, size }: OpenedFile): Promise<BackedFile> {
    const count = Math.ceil(size / CHUNK_BYTES);
    const [names, allMarks]: [Buffer[], Buffer[]] = [[], []];
    for (let from = 0; from < count; from += MARKS_AT_ONCE) {
      const known = held(await packed.marks(plugin, from, MARKS_AT_ONCE));
      if (known.bytes !== size) throw interrupted(`${path} became longer or shorter`);
      const marks = known.marks.subarray(0, Math.min(count - from, MARKS_AT_ONCE) * MARK_BYTES);
      allMarks.push(marks);
      const there = Array.from({ length: Math.min(count - from, MARKS_AT_ONCE) }, (_, at) =>
        this.#powers.known.piece(path, from + at, marks.subarray(at * MARK_BYTES, (at + 1) * MARK_BYTES)),
      );
      await this.#passed(there.filter((name) => name !== undefined).length * CHUNK_BYTES);
      const answers = askAhead(gapsIn(there), GAPS_AT_ONCE, async ({ at, length }) => ({
        at,
        pieces: await readPieces(packed, plugin, from + at, length),
      }));
      for await (const { at, pieces } of answers) {
        for (const [behind, piece] of pieces.entries()) {
          there[at + behind] = await this.#keep(piece, true);
          await this.#passed(CHUNK_BYTES);
        }
      }
      names.push(...there.filter((name) => name !== undefined));
    }
    const marks = Buffer.concat(allMarks).toString('base64');
    return { path, size, chunks: nameText(Buffer.concat(names)), packed: true, marks };
  }

  /** @param isNoise whether it is encrypted */
  async #keep(content: Buffer, isNoise: boolean): Promise<Buffer> {
    const { folder, chunks, isDamaged: anew } = this.#powers;
    return Buffer.from(await onFolder(folder, () => chunks.keep(content, { anew, isNoise })), 'hex');
  }

  /** Notes bytes that are done: tells how far it is, and that it goes on. */
  async #passed(bytes: number): Promise<void> {
    const { progress, signal, renew } = this.#powers;
    signal.throwIfAborted();
    this.#done = Math.min(this.#done + bytes, this.#total);
    if (this.#done - this.#told >= MEGABYTE) {
      this.#told = this.#done;
      await progress({ phase: 'writing', done: this.#done, total: this.#total });
    }
    if (performance.now() - this.#renewedAt < RENEW_EVERY_MS) return;
    this.#renewedAt = performance.now();
    assertHeld(await renew());
  }
}

/** Where pieces are not known, as far each as one answer reaches. */
function* gapsIn(there: readonly (Buffer | undefined)[]): Generator<{ readonly at: number; readonly length: number }> {
  for (let at = 0; at < there.length; at += 1) {
    let length = 0;
    while (length < PIECES_AT_ONCE && at + length < there.length && there[at + length] === undefined) length += 1;
    if (length === 0) continue;
    yield { at, length };
    at += length - 1;
  }
}

/** Exactly so many pieces, in as many answers as it takes. @throws AicoError BACKUP_INTERRUPTED */
async function readPieces(packed: PackedDatabases, plugin: string, from: number, count: number): Promise<Buffer[]> {
  const pieces: Buffer[] = [];
  while (pieces.length < count) {
    const more = held(await packed.pieces(plugin, from + pieces.length, count - pieces.length));
    if (more.length === 0) throw interrupted(`the database of ${plugin} became shorter`);
    pieces.push(...more.slice(0, count - pieces.length));
  }
  return pieces;
}

/** @throws AicoError BACKUP_INTERRUPTED */
export function assertHeld(isHeld: boolean): void {
  if (!isHeld) throw interrupted('the databases were closed or started anew meanwhile');
}

function held<Value>(value: Value | undefined): Value {
  assertHeld(value !== undefined);
  return value as Value;
}

function nameText(names: Buffer): string {
  return names.toString('base64');
}

function interrupted(problem: string): AicoError {
  return new AicoError('BACKUP_INTERRUPTED', { subject: 'backup', details: { problem } });
}
