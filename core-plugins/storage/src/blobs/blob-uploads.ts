import { randomBytes } from 'node:crypto';
import { AicoError } from '@aico/sdk';
import type { BlobWriter } from './blob-writer.ts';

/** Whose upload it is: a plugin that was started anew goes on with none. */
export interface BlobOwner {
  readonly plugin: string;
  readonly incarnation: string;
}

interface Upload {
  readonly owner: BlobOwner;
  readonly writer: BlobWriter;
  /** Something is done with it just now. */
  busy: boolean;
  usedAt: number;
}

const MOST_UPLOADS = 8;
const IDLE_MS = 60_000;

/** Blobs that are being written. */
export class BlobUploads {
  readonly #now: () => number;
  readonly #uploads = new Map<string, Upload>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Bytes of a plugin's that are no blob yet. */
  bytesOf(plugin: string): number {
    return this.#of(plugin).reduce((sum, { writer }) => sum + writer.size, 0);
  }

  /** @throws AicoError BLOB_UPLOADS_FULL */
  assertRoom({ plugin }: BlobOwner): void {
    if (this.#of(plugin).length < MOST_UPLOADS) return;
    throw new AicoError('BLOB_UPLOADS_FULL', { subject: plugin, details: { limit: MOST_UPLOADS } });
  }

  add(owner: BlobOwner, writer: BlobWriter): string {
    const id = randomBytes(16).toString('hex');
    this.#uploads.set(id, { owner, writer, busy: false, usedAt: this.#now() });
    return id;
  }

  /** Does one thing with an upload; if that fails the upload is over. @throws AicoError BLOB_UPLOAD_UNKNOWN, BLOB_OFFSET_WRONG */
  async with<Result>(
    id: string,
    owner: BlobOwner,
    work: (writer: BlobWriter) => Promise<Result>,
    offset?: number,
  ): Promise<Result> {
    const { plugin } = owner;
    const upload = this.#uploads.get(id);
    if (upload?.owner.plugin !== plugin || upload.owner.incarnation !== owner.incarnation)
      throw new AicoError('BLOB_UPLOAD_UNKNOWN', { subject: plugin, details: { upload: id } });
    const expected = upload.writer.size;
    if (upload.busy || (offset !== undefined && offset !== expected))
      throw new AicoError('BLOB_OFFSET_WRONG', { subject: plugin, details: { offset: offset ?? expected, expected } });
    upload.busy = true;
    try {
      return await work(upload.writer);
    } catch (error) {
      await this.#drop(id, upload);
      throw error;
    } finally {
      upload.busy = false;
      upload.usedAt = this.#now();
    }
  }

  /** It became a blob, or is none any more. */
  forget(id: string): void {
    this.#uploads.delete(id);
  }

  /** Gives up what nobody goes on with, or everything. */
  async giveUp(which: 'idle' | 'all'): Promise<void> {
    const before = which === 'all' ? Number.POSITIVE_INFINITY : this.#now() - IDLE_MS;
    const over = [...this.#uploads].filter(([, { usedAt, busy }]) => usedAt < before && (which === 'all' || !busy));
    await Promise.all(over.map(([id, upload]) => this.#drop(id, upload)));
  }

  #of(plugin: string): Upload[] {
    return [...this.#uploads.values()].filter(({ owner }) => owner.plugin === plugin);
  }

  async #drop(id: string, { writer }: Upload): Promise<void> {
    this.#uploads.delete(id);
    await writer.discard();
  }
}
