import { statSync } from 'node:fs';
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
import { storageError } from '../sql-errors.ts';
import { type BlobKeys, blobKeys, fileBytesOf, forgetBlobKeys } from './blob-file.ts';
import { BlobFolder } from './blob-folder.ts';
import { BlobReader } from './blob-reader.ts';
import { type BlobOwner, BlobUploads } from './blob-uploads.ts';
import { BlobWriter } from './blob-writer.ts';

/** What blobs need of the world. */
export interface BlobStorePowers {
  /** Where the databases lie; blobs lie in `blobs` there. */
  readonly folder: string;
  /** The key of a plugin's database, 64 hex digits. @throws AicoError STORAGE_LOCKED */
  readonly keyOf: (plugin: string) => Promise<string>;
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
  readonly #keys = new Map<string, BlobKeys>();
  readonly #used = new Map<string, number>();
  #lock = new AbortController();
  #held = false;

  constructor(powers: BlobStorePowers) {
    this.#powers = powers;
    this.#folder = new BlobFolder(join(powers.folder, 'blobs'));
    this.#uploads = new BlobUploads(powers.now);
    this.#folder.settle(true);
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
    return this.#open(plugin, () =>
      this.#uploads.with(upload, owner, async (writer) => {
        const info = await writer.finish();
        if ((await this.#folder.find(plugin, info.id))?.size === info.size) await writer.discard();
        else {
          const used = await this.usedBy(plugin);
          await this.#folder.keep(plugin, info.id, writer.path);
          this.#used.set(plugin, (this.#used.get(plugin) ?? used) + fileBytesOf(info.size));
        }
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
    return this.#open(plugin, async () => {
      const used = await this.usedBy(plugin);
      if ((await this.#folder.find(plugin, id)) === undefined) return false;
      const bytes = statSync(this.#folder.pathOf(plugin, id)).size;
      // A backup that is being made of this moment still needs the file.
      if (this.#held) this.#folder.mark(plugin, id);
      else await this.#folder.remove(plugin, id);
      this.#used.set(plugin, (this.#used.get(plugin) ?? used) - bytes);
      return true;
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
    for (const keys of this.#keys.values()) forgetBlobKeys(keys);
    this.#keys.clear();
    await this.#uploads.giveUp('all');
  }

  async #begin(owner: BlobOwner, keys: BlobKeys): Promise<string> {
    const { plugin } = owner;
    const path = await this.#folder.placeFor(plugin, crypto.randomUUID());
    this.#uploads.assertRoom(owner);
    return this.#uploads.add(owner, new BlobWriter(path, keys));
  }

  async #assertLimit(plugin: string, more: number, limitMb: number): Promise<void> {
    const database = statSync(join(this.#powers.folder, `${plugin}.db`), { throwIfNoEntry: false })?.size ?? 0;
    const bytes = database + (await this.usedBy(plugin)) + this.#uploads.bytesOf(plugin) + more;
    if (bytes > limitMb * MEGABYTE)
      throw new AicoError('STORAGE_QUOTA_EXCEEDED', { subject: plugin, details: { limit: limitMb } });
  }

  /** Works with a plugin's keys, while the vault is open. */
  async #open<Result>(plugin: string, work: (keys: BlobKeys, locked: AbortSignal) => Promise<Result>): Promise<Result> {
    const { signal } = this.#lock;
    try {
      const keys = this.#keys.get(plugin) ?? blobKeys(await this.#powers.keyOf(plugin));
      if (signal.aborted) forgetBlobKeys(keys);
      else this.#keys.set(plugin, this.#keys.get(plugin) ?? keys);
      signal.throwIfAborted();
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
