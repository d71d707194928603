import { createHash } from 'node:crypto';
import type { ExportFile } from '@aico/sdk';
import type { Reader } from './reader.ts';

/** A file while its pieces come. */
export class IncomingFile {
  readonly reader: Reader;
  readonly #listed: ExportFile;
  readonly #hash = createHash('sha256');
  #bytes = 0;

  constructor(listed: ExportFile, reader: Reader) {
    this.#listed = listed;
    this.reader = reader;
  }

  /** Bytes that came. */
  get bytes(): number {
    return this.#bytes;
  }

  async take(bytes: Uint8Array): Promise<void> {
    this.#hash.update(bytes);
    this.#bytes += bytes.length;
    await this.reader.take(bytes);
  }

  /** Whether all that came is what the manifest lists. To be asked once, at its end. */
  isAsListed(): boolean {
    const { size, sha256 } = this.#listed;
    return this.#hash.digest('hex') === sha256 && this.#bytes === size;
  }
}
