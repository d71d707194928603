import { randomBytes } from 'node:crypto';
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AicoError } from '@aico/sdk';
import type { BackupFiles, ReadableFile } from './backup-files.ts';
import { type BackupKeys, chunkName, openBytes, sealBytes } from './chunk-seal.ts';
import { folderGone } from './disk-error.ts';
import { writeFileAtomic } from './durable-file.ts';
import { lookIntoPack, PACK_FORMAT, PackBuilder, readAt } from './pack-file.ts';

/** Files are cut into pieces of this size; those that did not change are in the folder already. */
export const CHUNK_BYTES = 64 * 1024;
/** A piece that storage gives out as it lies has a byte before it. */
const MOST_CHUNK_BYTES = CHUNK_BYTES + 1;
const PACK_BYTES = 16 * 1024 * 1024;

export interface KeepOptions {
  /** Whether it is written even if it is there, since it was found damaged. */
  readonly anew?: (name: string) => boolean;
  /** Whether it is encrypted, and does not compress. */
  readonly isNoise?: boolean;
}

interface Place {
  readonly pack: string;
  readonly offset: number;
  readonly length: number;
}

/** Encrypted pieces of files in packs; the same content is there once, whichever backups need it. */
export class ChunkStore {
  readonly #folder: string;
  readonly #files: BackupFiles;
  readonly #keys: BackupKeys;
  /** The same chunk can lie in several places: one written anew stands in for one that was damaged. */
  readonly #places = new Map<string, Place[]>();
  readonly #packs = new Map<string, number>();
  readonly #open = new Map<string, ReadableFile>();
  #building = new PackBuilder();
  #pending = new Set<string>();
  #written = 0;
  /** A pack of a newer form than is known here. */
  #newer: { readonly pack: string; readonly found: number } | undefined;

  private constructor(folder: string, files: BackupFiles, keys: BackupKeys) {
    this.#folder = folder;
    this.#files = files;
    this.#keys = keys;
  }

  /**
   * Reads what all packs of a folder hold; what cannot be read, or is another vault's, is as if it were not there.
   * @param folder of the packs, where they are written
   * @param files what reads the folder of backups around it
   */
  static async open(folder: string, files: BackupFiles, keys: BackupKeys): Promise<ChunkStore> {
    const store = new ChunkStore(folder, files, keys);
    const names = await files.names('packs');
    if (names === undefined) throw folderGone(folder);
    for (const name of names) if (name.endsWith('.pack')) await store.#learn(name);
    return store;
  }

  /** Bytes that were added to the folder so far. */
  get written(): number {
    return this.#written;
  }

  /** Whether a chunk is in the folder. */
  has(name: string): boolean {
    return this.#places.has(name);
  }

  /** Keeps content and tells its name. */
  async keep(content: Uint8Array, { anew = () => false, isNoise = false }: KeepOptions = {}): Promise<string> {
    const bytes = chunkName(this.#keys, content);
    const name = bytes.toString('hex');
    const isThere = this.#places.has(name) && !anew(name);
    if (isThere || this.#pending.has(name)) return name;
    this.#building.add(name, sealBytes(this.#keys, content, bytes, isNoise));
    this.#pending.add(name);
    if (this.#building.bytes >= PACK_BYTES) await this.flush();
    return name;
  }

  /** Writes what waits; everything that was kept is on the disk when it resolves. */
  async flush(): Promise<void> {
    if (this.#building.isEmpty) return;
    const { bytes, entries } = this.#building.finish(this.#keys);
    const pack = `${randomBytes(12).toString('hex')}.pack`;
    await writeFileAtomic(join(this.#folder, pack), bytes);
    for (const { name, ...place } of entries) this.#enter(name, { pack, ...place });
    this.#packs.set(pack, bytes.length);
    this.#written += bytes.length;
    this.#building = new PackBuilder();
    this.#pending = new Set();
  }

  /**
   * The content of a chunk, or why there is none: every place where it lies was tried.
   * @throws AicoError BACKUP_NEWER when it may be in a pack that a newer AICO wrote
   */
  async read(name: string): Promise<Buffer | 'missing' | 'damaged'> {
    const places = this.#places.get(name) ?? [];
    const content = await this.#openOneOf(name, places);
    if (content !== undefined) return content;
    if (this.#newer !== undefined) {
      const { pack, found } = this.#newer;
      throw new AicoError('BACKUP_NEWER', { subject: pack, details: { found, known: PACK_FORMAT } });
    }
    return places.length === 0 ? 'missing' : 'damaged';
  }

  /**
   * Removes packs of which nothing is needed, and writes anew what is needed of those that are mostly not.
   * @param assertAlone throws when another may need them meanwhile
   * @returns freed bytes
   */
  async drop(needed: ReadonlySet<string>, assertAlone: () => Promise<void>): Promise<number> {
    const live = new Map<string, number>();
    for (const [name, places] of this.#places) {
      if (!needed.has(name)) continue;
      for (const { pack, length } of places) live.set(pack, (live.get(pack) ?? 0) + length);
    }
    // Those go first: on a full disk nothing can be written before.
    let freed = 0;
    const remove = async (pack: string): Promise<void> => {
      await assertAlone();
      freed += await this.#remove(pack);
    };
    for (const pack of [...this.#packs.keys()]) if (!live.has(pack)) await remove(pack);
    const sparse = [...this.#packs].filter(([pack, bytes]) => (live.get(pack) ?? 0) * 2 < bytes).map(([pack]) => pack);
    const going = new Set(sparse);
    for (const [name, places] of this.#places) {
      if (!needed.has(name) || (await this.#outlasts(going, name, places))) continue;
      const content = await this.read(name);
      // What cannot be read stays where it lies.
      if (typeof content === 'string') for (const { pack } of places) going.delete(pack);
      else await this.keep(content, { anew: () => true });
    }
    await this.flush();
    for (const pack of going) await remove(pack);
    return freed - this.#written;
  }

  /** Lets go of its files. */
  async close(): Promise<void> {
    const files = [...this.#open.values()];
    this.#open.clear();
    await Promise.all(files.map((file) => file.close()));
  }

  /** Whether a chunk is still there without these packs. A copy is tried before a better one may go for its sake. */
  async #outlasts(going: ReadonlySet<string>, name: string, places: readonly Place[]): Promise<boolean> {
    const staying = places.filter(({ pack }) => !going.has(pack));
    if (staying.length === places.length) return true;
    return (await this.#openOneOf(name, staying)) !== undefined;
  }

  /** The content of a chunk from the first of these places where it is whole. */
  async #openOneOf(name: string, places: readonly Place[]): Promise<Buffer | undefined> {
    for (const { pack, offset, length } of places) {
      const sealed = await readAt(await this.#fileOf(pack), offset, length);
      const content = openBytes(this.#keys, sealed, Buffer.from(name, 'hex'), MOST_CHUNK_BYTES);
      if (content !== undefined && chunkName(this.#keys, content).toString('hex') === name) return content;
    }
    return undefined;
  }

  async #learn(pack: string): Promise<void> {
    const file = await this.#files.open(`packs/${pack}`);
    try {
      const look = await lookIntoPack(file, this.#keys);
      if (typeof look === 'string') return;
      if ('newer' in look) {
        this.#newer = { pack, found: look.newer };
        return;
      }
      this.#packs.set(pack, look.bytes);
      for (const { name, ...place } of look.entries) this.#enter(name, { pack, ...place });
    } finally {
      await file.close();
    }
  }

  #enter(name: string, place: Place): void {
    const places = this.#places.get(name);
    if (places === undefined) this.#places.set(name, [place]);
    else places.push(place);
  }

  async #fileOf(pack: string): Promise<ReadableFile> {
    const known = this.#open.get(pack);
    if (known !== undefined) return known;
    const file = await this.#files.open(`packs/${pack}`);
    this.#open.set(pack, file);
    return file;
  }

  async #remove(pack: string): Promise<number> {
    await this.#open.get(pack)?.close();
    this.#open.delete(pack);
    const path = join(this.#folder, pack);
    const { size } = await stat(path);
    await rm(path);
    this.#packs.delete(pack);
    return size;
  }
}
