import { closeSync, openSync, readSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import type { DatabaseLocation } from '../open-database.ts';
import { PageSeal } from '../page-seal.ts';
import { PIECE_BYTES, PiecePacker } from './piece-packer.ts';

interface OpenFile {
  readonly file: number;
  readonly packer: PiecePacker;
  readonly location: DatabaseLocation;
}

/** What the pieces of a database are known by. */
export interface PieceMarks {
  /** Bytes of its file. */
  readonly bytes: number;
  /** 16 bytes for each piece: a keyed sum of it and its place. */
  readonly marks: Buffer;
}

/** Gives out pieces of databases that are held still. */
export class PackedReader {
  readonly #locate: (plugin: string) => Promise<DatabaseLocation>;
  readonly #files = new Map<string, OpenFile>();
  #closed = false;

  constructor(locate: (plugin: string) => Promise<DatabaseLocation>) {
    this.#locate = locate;
  }

  /** Marks of pieces from one on; fewer than asked for at the end. Undefined once it is closed. */
  async marks(plugin: string, from: number, count: number): Promise<PieceMarks | undefined> {
    const location = (await this.#open(plugin))?.location;
    if (location === undefined) return undefined;
    const seal = new PageSeal(`${location.path}-seal`, location.key, location.generation);
    try {
      const known = seal.marks(from, from + count);
      return known && { bytes: known.fileBytes, marks: known.marks };
    } finally {
      seal.dispose();
    }
  }

  /** Pieces from one on; fewer than asked for at the end. Undefined once it is closed. */
  async read(plugin: string, from: number, count: number): Promise<Buffer[] | undefined> {
    const pieces: Buffer[] = [];
    for (let index = from; index < from + count; index += 1) {
      // Others get their turn; it may be closed meanwhile.
      await setImmediate();
      const open = await this.#open(plugin);
      if (open === undefined) return undefined;
      const bytes = Buffer.alloc(PIECE_BYTES);
      const length = readSync(open.file, bytes, 0, PIECE_BYTES, index * PIECE_BYTES);
      if (length > 0) pieces.push(open.packer.pack(index, bytes.subarray(0, length)));
      if (length < PIECE_BYTES) break;
    }
    return pieces;
  }

  /** Lets go of files and keys. */
  close(): void {
    this.#closed = true;
    for (const { file, packer } of this.#files.values()) {
      closeSync(file);
      packer.dispose();
    }
    this.#files.clear();
  }

  async #open(plugin: string): Promise<OpenFile | undefined> {
    const known = this.#files.get(plugin);
    if (known !== undefined || this.#closed) return known;
    const location = await this.#locate(plugin);
    const opened = this.#files.get(plugin);
    if (opened !== undefined || this.#closed) return opened;
    const open = { file: openSync(location.path, 'r'), packer: new PiecePacker(location.key), location };
    this.#files.set(plugin, open);
    return open;
  }
}
