import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { AicoError } from '@aico/sdk';
import type { Connection } from './connection.ts';
import { PAGE_BYTES } from './write-ahead-log.ts';

const BYTES_PER_MB = 1024 * 1024;

/** Keeps one database within what its plugin may store. What it has no more room for is refused whole; deleting makes room. */
export class SizeLimit {
  readonly #connection: Connection;
  #limitMb: number | undefined;
  #elsewhereMb = 0;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** From now on it holds so much at most, less what lies elsewhere; what is there already stays. */
  async set(limitMb: number, elsewhereMb = 0): Promise<void> {
    if (limitMb === this.#limitMb && elsewhereMb === this.#elsewhereMb) return;
    const pages = Math.max(1, Math.floor(((limitMb - elsewhereMb) * BYTES_PER_MB) / PAGE_BYTES));
    await this.#connection.rows(`PRAGMA max_page_count = ${pages}`);
    this.#limitMb = limitMb;
    this.#elsewhereMb = elsewhereMb;
  }

  /** Says of a database that is full whether its limit is the reason: the disk would then have taken all that the limit leaves. */
  async explain(error: AicoError, plugin: string, path: string): Promise<AicoError> {
    if (error.code !== 'STORAGE_FULL' || this.#limitMb === undefined) return error;
    const [row] = await this.#connection.rows('PRAGMA page_count');
    const left = (this.#limitMb - this.#elsewhereMb) * BYTES_PER_MB - Number(row?.[0] ?? 0) * PAGE_BYTES;
    const { bavail, bsize } = statfsSync(dirname(path));
    if (bavail * bsize <= left) return error;
    return new AicoError('STORAGE_QUOTA_EXCEEDED', {
      subject: plugin,
      details: { limit: this.#limitMb, exceeded: 'storageMb' },
    });
  }
}
