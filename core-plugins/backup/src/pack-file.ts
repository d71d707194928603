import { createHash, randomBytes } from 'node:crypto';
import type { ReadableFile } from './backup-files.ts';
import { type BackupKeys, NAME_BYTES, openBytes, sealBytes } from './chunk-seal.ts';

/*
 * A pack: magic 8 · format 1 · sealed chunks, one behind the other · the sealed index · footer: length of the sealed
 * index 4 · SHA-256 of it, 16 bytes · magic 8. Numbers are big-endian. The index names each chunk with its place. Between chunks and
 * index are random bytes, which fill them up to a length that many contents have: how well something compressed shows less.
 */
const MAGIC = Buffer.from('AICOPACK');
const END_MAGIC = Buffer.from('AICOPEND');
export const PACK_FORMAT = 1;
const HEAD_BYTES = MAGIC.length + 1;
const SUM_BYTES = 16;
const FOOTER_BYTES = 4 + SUM_BYTES + END_MAGIC.length;
const ENTRY_BYTES = NAME_BYTES + 8;
const INDEX_CONTEXT = Buffer.from('aico backup pack index 1');
const MOST_INDEX_BYTES = 64 * 1024 * 1024;

/** A chunk's place in its pack. */
export interface PackEntry {
  /** In hex. */
  readonly name: string;
  readonly offset: number;
  readonly length: number;
}

/** What came of looking at a pack. `foreign`: another vault's, or damaged in a way that cannot be told from it. */
export type PackLook =
  | { readonly entries: readonly PackEntry[]; readonly bytes: number }
  | 'damaged'
  | 'foreign'
  | { readonly newer: number };

/** Gathers sealed chunks. */
export class PackBuilder {
  readonly #parts: Buffer[] = [Buffer.concat([MAGIC, Buffer.of(PACK_FORMAT)])];
  readonly #entries: PackEntry[] = [];
  #bytes = HEAD_BYTES;

  get bytes(): number {
    return this.#bytes;
  }

  get isEmpty(): boolean {
    return this.#entries.length === 0;
  }

  add(name: string, sealed: Buffer): void {
    this.#entries.push({ name, offset: this.#bytes, length: sealed.length });
    this.#parts.push(sealed);
    this.#bytes += sealed.length;
  }

  /** The bytes of the file, and what is in it. */
  finish(keys: BackupKeys): { bytes: Buffer; entries: readonly PackEntry[] } {
    const index = Buffer.alloc(this.#entries.length * ENTRY_BYTES);
    this.#entries.forEach(({ name, offset, length }, at) => {
      index.write(name, at * ENTRY_BYTES, 'hex');
      index.writeUInt32BE(offset, at * ENTRY_BYTES + NAME_BYTES);
      index.writeUInt32BE(length, at * ENTRY_BYTES + NAME_BYTES + 4);
    });
    const sealed = sealBytes(keys, index, INDEX_CONTEXT);
    const filling = randomBytes(commonLength(this.#bytes) - this.#bytes);
    const footer = Buffer.alloc(FOOTER_BYTES);
    footer.writeUInt32BE(sealed.length, 0);
    sumOf(sealed).copy(footer, 4);
    END_MAGIC.copy(footer, 4 + SUM_BYTES);
    return { bytes: Buffer.concat([...this.#parts, filling, sealed, footer]), entries: this.#entries };
  }
}

/**
 * The next length that is a number of few bits: 12 % more at most, and less the longer it is. Padmé, of Nikitin and others,
 * "Reducing Metadata Leakage from Encrypted Files and Communication with PURBs" (2019).
 */
export function commonLength(length: number): number {
  if (length < 2) return length;
  const exponent = Math.floor(Math.log2(length));
  const step = 2 ** (exponent - Math.floor(Math.log2(exponent)) - 1);
  return Math.ceil(length / Math.max(1, step)) * Math.max(1, step);
}

/** Reads what a pack says is in it. */
export async function lookIntoPack(file: ReadableFile, keys: BackupKeys): Promise<PackLook> {
  const { size } = await file.stat();
  if (size < HEAD_BYTES + FOOTER_BYTES) return 'damaged';
  const head = await readAt(file, 0, HEAD_BYTES);
  if (!head.subarray(0, MAGIC.length).equals(MAGIC)) return 'damaged';
  const found = head.at(-1) ?? 0;
  if (found > PACK_FORMAT) return { newer: found };
  const footer = await readAt(file, size - FOOTER_BYTES, FOOTER_BYTES);
  const length = footer.readUInt32BE(0);
  const isFooter = footer.subarray(4 + SUM_BYTES).equals(END_MAGIC) && length <= size - HEAD_BYTES - FOOTER_BYTES;
  if (!isFooter || found !== PACK_FORMAT) return 'damaged';
  const sealed = await readAt(file, size - FOOTER_BYTES - length, length);
  if (!sumOf(sealed).equals(footer.subarray(4, 4 + SUM_BYTES))) return 'damaged';
  const index = openBytes(keys, sealed, INDEX_CONTEXT, MOST_INDEX_BYTES);
  if (index === undefined || index.length % ENTRY_BYTES !== 0) return 'foreign';
  const entries: PackEntry[] = [];
  for (let at = 0; at < index.length; at += ENTRY_BYTES) {
    const name = index.toString('hex', at, at + NAME_BYTES);
    const [offset, bytes] = [index.readUInt32BE(at + NAME_BYTES), index.readUInt32BE(at + NAME_BYTES + 4)];
    entries.push({ name, offset, length: bytes });
  }
  return { entries, bytes: size };
}

/** Bytes of a file, fewer where it ends before. */
export async function readAt(file: ReadableFile, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  let done = 0;
  while (done < length) {
    const { bytesRead } = await file.read(bytes, done, length - done, position + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return bytes.subarray(0, done);
}

function sumOf(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest().subarray(0, SUM_BYTES);
}
