import { AicoError } from '@aico/sdk';
import { FIRST_GENERATION } from '../key-generation.ts';
import { addressKey, contentKey } from './blob-file.ts';

/** The keys of one plugin's blobs: one that names them, and for each key of its database one that seals them. */
export class BlobKeyring {
  readonly #plugin: string;
  readonly #keyOf: (generation: number) => Promise<string>;
  readonly #keys = new Map<string, Buffer>();
  #forgotten = false;

  /** @param keyOf the key of the plugin's database of a generation, 64 hex digits. @throws AicoError STORAGE_LOCKED */
  constructor(plugin: string, keyOf: (generation: number) => Promise<string>) {
    this.#plugin = plugin;
    this.#keyOf = keyOf;
  }

  /** @throws AicoError STORAGE_LOCKED */
  address(): Promise<Buffer> {
    return this.#key('address', FIRST_GENERATION, addressKey);
  }

  /** @throws AicoError STORAGE_LOCKED */
  content(generation: number): Promise<Buffer> {
    return this.#key(`content ${generation}`, generation, contentKey);
  }

  forget(): void {
    this.#forgotten = true;
    for (const key of this.#keys.values()) key.fill(0);
    this.#keys.clear();
  }

  async #key(name: string, generation: number, derive: (databaseKey: string) => Buffer): Promise<Buffer> {
    const known = this.#keys.get(name);
    if (known !== undefined) return known;
    const databaseKey = await this.#keyOf(generation);
    // What a lock came before is not made any more.
    if (this.#forgotten) throw new AicoError('STORAGE_LOCKED', { subject: this.#plugin });
    const key = this.#keys.get(name) ?? derive(databaseKey);
    this.#keys.set(name, key);
    return key;
  }
}
