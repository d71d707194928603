import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import {
  AicoError,
  type BlobInfo,
  type BlobPage,
  type BlobRead,
  type BlobWrite,
  type BlobWritten,
  isAicoError,
} from '@aico/sdk';
import { FIRST_GENERATION, readGeneration } from '../key-generation.ts';
import { storageError } from '../sql-errors.ts';
import { BlobFolder } from './blob-folder.ts';
import { BlobKeyring } from './blob-keyring.ts';
import { BlobReader } from './blob-reader.ts';
import { type BlobOwner, BlobUploads } from './blob-uploads.ts';
import { BlobWriter } from './blob-writer.ts';
import { type BlobRotation, type BlobsRotated, rotateBlobs } from './rotate-blobs.ts';

/** What blobs need of the world. */
export interface BlobStorePowers {
  /** Where the databases lie; blobs lie in `blobs` there. */
  readonly folder: string;
  /** The key of a plugin's database of a generation, 64 hex digits. @throws AicoError STORAGE_LOCKED */
  readonly keyOf: (plugin: string, generation: number) => Promise<string>;
  /** Milliseconds that only go forward. */
  readonly now: () => number;
}

const MEGABYTE = 1024 * 1024;
const FEW_LISTED = 100;

/** Bytes of any size for each plugin: addressed by their content, encrypted, written and read in pieces. */
export class BlobStore {
  readonly #powers: BlobStorePowers;
  readonly #folder: BlobFolder;
  readonly #uploads: BlobUploads;
  readonly #keys = new Map<string, BlobKeyring>();
  readonly #used = new Map<string, number>();
  /** What changes a plugin's blobs goes one after another: each counts what is there. */
  readonly #turns = new Map<string, Promise<unknown>>();
  /** Plugins whose blobs may be under an earlier key than their database. */
  readonly #behind = new Set<string>();
  /** What goes through many blobs, and stops when the vault locks. */
  readonly #passes = new Set<Promise<unknown>>();
  #lock = new AbortController();
  #held = false;

  constructor(powers: BlobStorePowers) {
    this.#powers = powers;
    this.#folder = new BlobFolder(join(powers.folder, 'blobs'));
    this.#uploads = new BlobUploads(powers.now);
    this.#folder.settle(true);
    // A rotation may have been cut short.
    for (const plugin of this.#folder.plugins()) this.#behind.add(plugin);
  }

  /** Those that have blobs. */
  plugins(): string[] {
    return this.#folder.plugins();
  }

  /** Takes the next piece. @param limitMb what the plugin may store, its database included */
  write(
    owner: BlobOwner,
    { upload, offset, data }: Omit<BlobWrite, 'data'> & { data: Uint8Array },
    limitMb?: number,
  ): Promise<BlobWritten> {
    return this.#open(owner.plugin, async (keys) => {
      const id = upload ?? (await this.#begin(owner, keys));
      const { size } = await this.#uploads.with(
        id,
        owner,
        async (writer) => {
          if (limitMb !== undefined) await this.#assertLimit(owner.plugin, data.length, limitMb);
          await writer.write(data);
          return writer;
        },
        offset,
      );
      return { upload: id, offset: size };
    });
  }

  /** Keeps what was written; content that is there already is there once. */
  finish(owner: BlobOwner, upload: string): Promise<BlobInfo> {
    const { plugin } = owner;
    return this.#open(plugin, (keys, locked) =>
      this.#uploads.with(upload, owner, async (writer) => {
        const info = await writer.finish();
        await this.#inTurn(plugin, async () => {
          if (await this.#isThere(plugin, info, keys, locked)) await writer.discard();
          else await this.#keep(plugin, info, writer);
        });
        // Its database may have got another key since it was begun.
        if (writer.generation < this.#generationOf(plugin)) this.#behind.add(plugin);
        this.#uploads.forget(upload);
        return info;
      }),
    );
  }

  abort(owner: BlobOwner, upload: string): Promise<void> {
    return this.#uploads.with(upload, owner, async (writer) => {
      this.#uploads.forget(upload);
      await writer.discard();
    });
  }

  /** Gives a blob out in pieces, each checked before. @throws AicoError BLOB_UNKNOWN, BLOB_DAMAGED, BLOB_RANGE_WRONG */
  read(
    plugin: string,
    { id, start, end }: BlobRead,
    give: (piece: Uint8Array) => Promise<void>,
    signal: AbortSignal,
  ): Promise<BlobInfo> {
    return this.#open(plugin, async (keys, locked) => {
      if ((await this.#folder.find(plugin, id)) === undefined)
        throw new AicoError('BLOB_UNKNOWN', { subject: plugin, details: { blob: id } });
      const reader = await BlobReader.open({ plugin, id, path: this.#folder.pathOf(plugin, id) }, keys);
      try {
        for await (const piece of reader.read(start, end)) {
          locked.throwIfAborted();
          if (signal.aborted) break;
          await give(piece);
        }
        return reader.info;
      } finally {
        await reader.close();
      }
    });
  }

  stat(plugin: string, id: string): Promise<BlobInfo | undefined> {
    return this.#open(plugin, () => this.#folder.find(plugin, id));
  }

  list(plugin: string, { after, limit = FEW_LISTED }: { after?: string; limit?: number }): Promise<BlobPage> {
    return this.#open(plugin, async () => {
      const ids = await this.#folder.list(plugin, after);
      const found = await Promise.all(ids.slice(0, limit).map((id) => this.#folder.find(plugin, id)));
      const blobs = found.filter((blob) => blob !== undefined);
      const last = ids[limit - 1];
      return ids.length > limit && last !== undefined ? { blobs, next: last } : { blobs };
    });
  }

  /** Whether it was there. */
  delete(plugin: string, id: string): Promise<boolean> {
    return this.#open(plugin, () => this.#inTurn(plugin, () => this.#delete(plugin, id)));
  }

  /** Deletes all blobs of a plugin, also those that are damaged. How many, and the bytes of their files. */
  erase(plugin: string): Promise<{ readonly files: number; readonly bytes: number }> {
    return this.#inTurn(plugin, async () => {
      const bytes = await this.#folder.bytesOf(plugin);
      const ids = await this.#folder.list(plugin);
      for (const id of ids) await this.#remove(plugin, id);
      this.#used.delete(plugin);
      this.#behind.delete(plugin);
      return { files: ids.length, bytes };
    });
  }

  /** Encrypts blobs that are under an earlier key than their plugin's database anew. What is damaged stays, and is told. */
  rotate(
    plugin: string,
    { signal, progress }: { readonly signal?: AbortSignal } & Pick<BlobRotation, 'progress'> = {},
  ): Promise<BlobsRotated> {
    return this.#pass(plugin, async (keys, locked) => {
      const generation = this.#generationOf(plugin);
      const isStopped = () => this.#held || locked.aborted || signal?.aborted === true;
      const told = progress !== undefined && { progress };
      const rotated = await rotateBlobs({ plugin, folder: this.#folder, keys, generation, isStopped, ...told });
      // Files that are written anew may be compressed now.
      this.#used.delete(plugin);
      locked.throwIfAborted();
      if (rotated.done) this.#behind.delete(plugin);
      else this.#behind.add(plugin);
      return rotated;
    });
  }

  /** To be called now and then: goes on where a rotation was cut short. Whose blobs it encrypted anew. */
  async catchUp(): Promise<{ readonly plugin: string; readonly rotated: BlobsRotated }[]> {
    const all: { readonly plugin: string; readonly rotated: BlobsRotated }[] = [];
    for (const plugin of this.#held ? [] : [...this.#behind]) {
      if (this.#generationOf(plugin) === FIRST_GENERATION) this.#behind.delete(plugin);
      else all.push({ plugin, rotated: await this.rotate(plugin) });
    }
    return all.filter(({ rotated }) => rotated.blobs + rotated.damaged.length > 0);
  }

  /** Reads every blob of a plugin from end to end; those that are damaged, or of a newer form, are told. False when something had to come first. */
  check(plugin: string, onDamage: (error: unknown) => void): Promise<boolean> {
    return this.#pass(plugin, async (keys, locked) => {
      const isStopped = () => locked.aborted;
      for (const id of await this.#folder.list(plugin)) {
        if (isStopped()) return false;
        try {
          const reader = await BlobReader.open({ plugin, id, path: this.#folder.pathOf(plugin, id) }, keys);
          const address = await keys.address();
          if (!(await reader.check(address, isStopped).finally(() => reader.close()))) return false;
        } catch (error) {
          if (isStopped()) return false;
          // It may have been deleted meanwhile.
          if (isAicoError(error, 'BLOB_DAMAGED') || isAicoError(error, 'BLOB_NEWER')) onDamage(error);
          else if (!isAicoError(error, 'BLOB_UNKNOWN')) throw error;
        }
      }
      return true;
    });
  }

  /** Keeps a copy of a blob that lies elsewhere, under the keys of another vault perhaps. @throws AicoError BLOB_UNKNOWN, BLOB_DAMAGED */
  take(owner: BlobOwner, id: string, path: string, keys: BlobKeyring, limitMb?: number): Promise<BlobInfo> {
    return this.#pass(owner.plugin, async (_, locked) => {
      const reader = await BlobReader.open({ plugin: owner.plugin, id, path }, keys);
      let written: BlobWritten | undefined;
      try {
        for await (const data of reader.read()) {
          locked.throwIfAborted();
          written = await this.write(owner, { offset: 0, ...written, data }, limitMb);
        }
        written ??= await this.write(owner, { offset: 0, data: new Uint8Array() }, limitMb);
        return await this.finish(owner, written.upload);
      } catch (error) {
        if (written !== undefined) await this.abort(owner, written.upload).catch(() => undefined);
        throw error;
      } finally {
        await reader.close();
      }
    });
  }

  /** Bytes that a plugin's blobs take. */
  async usedBy(plugin: string): Promise<number> {
    const known = this.#used.get(plugin);
    if (known !== undefined) return known;
    const bytes = await this.#folder.bytesOf(plugin);
    // Somebody may have been quicker, and changed it since.
    const used = this.#used.get(plugin) ?? bytes;
    this.#used.set(plugin, used);
    return used;
  }

  /** Keeps every file until its undo is called: what is deleted meanwhile goes then. */
  hold(): () => void {
    this.#held = true;
    return () => {
      this.#held = false;
      this.#folder.settle();
    };
  }

  /** Gives up what nobody goes on writing. */
  tidy(): Promise<void> {
    return this.#uploads.giveUp('idle');
  }

  /** Forgets keys, ends what is being read, and gives up what is being written. */
  async close(): Promise<void> {
    this.#lock.abort();
    this.#lock = new AbortController();
    for (const keys of this.#keys.values()) keys.forget();
    this.#keys.clear();
    await this.#uploads.giveUp('all');
    await Promise.allSettled(this.#passes);
  }

  /** Whether the same content lies there whole: what is damaged is made good by what arrived. */
  async #isThere(plugin: string, { id, size }: BlobInfo, keys: BlobKeyring, locked: AbortSignal): Promise<boolean> {
    if ((await this.#folder.find(plugin, id))?.size !== size) return false;
    try {
      const reader = await BlobReader.open({ plugin, id, path: this.#folder.pathOf(plugin, id) }, keys);
      await reader.check(await keys.address(), () => locked.aborted).finally(() => reader.close());
    } catch (error) {
      if (!locked.aborted && isAicoError(error, 'BLOB_DAMAGED')) return false;
      throw error;
    }
    locked.throwIfAborted();
    return true;
  }

  async #keep(plugin: string, { id }: BlobInfo, writer: BlobWriter): Promise<void> {
    const used = await this.usedBy(plugin);
    const wasThere = existsSync(this.#folder.pathOf(plugin, id));
    await this.#folder.keep(plugin, id, writer.path);
    // Nobody knows what was counted of a damaged one.
    if (wasThere) this.#used.delete(plugin);
    else this.#used.set(plugin, (this.#used.get(plugin) ?? used) + writer.fileBytes);
  }

  async #delete(plugin: string, id: string): Promise<boolean> {
    const used = await this.usedBy(plugin);
    if ((await this.#folder.find(plugin, id)) === undefined) return false;
    const bytes = statSync(this.#folder.pathOf(plugin, id)).size;
    await this.#remove(plugin, id);
    this.#used.set(plugin, (this.#used.get(plugin) ?? used) - bytes);
    return true;
  }

  /** A backup that is being made of this moment still needs the file. */
  async #remove(plugin: string, id: string): Promise<void> {
    if (this.#held) this.#folder.mark(plugin, id);
    else await this.#folder.remove(plugin, id);
  }

  #inTurn<Result>(plugin: string, work: () => Promise<Result>): Promise<Result> {
    const result = (this.#turns.get(plugin) ?? Promise.resolve()).then(work);
    const over = result.then(
      () => undefined,
      () => undefined,
    );
    this.#turns.set(plugin, over);
    return result;
  }

  async #begin(owner: BlobOwner, keys: BlobKeyring): Promise<string> {
    const { plugin } = owner;
    const generation = this.#generationOf(plugin);
    const [address, content] = [await keys.address(), await keys.content(generation)];
    const path = await this.#folder.placeFor(plugin, crypto.randomUUID());
    this.#uploads.assertRoom(owner);
    return this.#uploads.add(owner, new BlobWriter(path, { address, content, generation }));
  }

  #generationOf(plugin: string): number {
    return readGeneration(join(this.#powers.folder, `${plugin}.db-seal`));
  }

  async #assertLimit(plugin: string, more: number, limitMb: number): Promise<void> {
    const database = statSync(join(this.#powers.folder, `${plugin}.db`), { throwIfNoEntry: false })?.size ?? 0;
    const bytes = database + (await this.usedBy(plugin)) + this.#uploads.bytesOf(plugin) + more;
    if (bytes > limitMb * MEGABYTE)
      throw new AicoError('STORAGE_QUOTA_EXCEEDED', {
        subject: plugin,
        details: { limit: limitMb, exceeded: 'storageMb' },
      });
  }

  /** Works with many blobs, which locking waits for. */
  #pass<Result>(plugin: string, work: (keys: BlobKeyring, locked: AbortSignal) => Promise<Result>): Promise<Result> {
    const pass = this.#open(plugin, work);
    this.#passes.add(pass);
    const over = () => void this.#passes.delete(pass);
    pass.then(over, over);
    return pass;
  }

  /** Works with a plugin's keys, while the vault is open. */
  async #open<Result>(
    plugin: string,
    work: (keys: BlobKeyring, locked: AbortSignal) => Promise<Result>,
  ): Promise<Result> {
    const { signal } = this.#lock;
    const keys =
      this.#keys.get(plugin) ?? new BlobKeyring(plugin, (generation) => this.#powers.keyOf(plugin, generation));
    this.#keys.set(plugin, keys);
    try {
      // A vault that is locked is told at once, whatever is asked for.
      await keys.address();
      return await work(keys, signal);
    } catch (error) {
      // What a lock in the middle of it broke is no fault of the disk.
      if (signal.aborted) throw new AicoError('STORAGE_LOCKED', { subject: plugin, cause: error });
      throw diskError(plugin, join(this.#powers.folder, 'blobs', plugin), error);
    }
  }
}

function diskError(plugin: string, file: string, error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (isAicoError(error) || typeof code !== 'string') return error;
  const known = storageError(plugin, file, error);
  if (known.code !== 'STORAGE_SQL_INVALID') return known;
  return new AicoError('STORAGE_DISK_FAILED', { subject: plugin, details: { problem: code }, cause: error });
}
