import { join } from 'node:path';
import { AicoError, type CopyUnlock } from '@aico/sdk';
import { BlobKeyring } from './blobs/blob-keyring.ts';
import { readGeneration } from './key-generation.ts';
import type { DatabaseLocation } from './open-database.ts';
import { unpackDatabase } from './packed/packed-file.ts';

/** What copies need of the world. */
export interface CopiesPowers {
  /** The folder that holds the folders of copies. */
  readonly scratch: string;
  /** A key of the vault in use. @throws AicoError STORAGE_LOCKED */
  readonly keyOf: (plugin: string, generation: number) => Promise<string>;
  /** A key of another vault. @throws AicoError VAULT_PASSWORD_WRONG, … */
  readonly recover: (vault: ForeignVault, plugin: string, generation: number) => Promise<string>;
}

/** What opens another vault. */
export type ForeignVault = Pick<CopyUnlock, 'vault' | 'password'>;

/** Copies of plugins' data that were taken out of backups, each in a folder of the scratch folder. */
export class Copies {
  readonly #powers: CopiesPowers;
  readonly #foreign = new Map<string, ForeignVault>();
  /** Keys of other vaults: each takes the work that a password takes. */
  readonly #keys = new Map<string, Promise<string>>();

  constructor(powers: CopiesPowers) {
    this.#powers = powers;
  }

  /** A copy of a plugin's database, ready to be opened. @throws AicoError STORAGE_LOCKED, STORAGE_DAMAGED, STORAGE_KEY_WRONG */
  async database(folder: string, plugin: string): Promise<DatabaseLocation> {
    const path = join(this.#of(folder), `${plugin}.db`);
    const generation = readGeneration(`${path}-seal`);
    const location = { plugin, path, generation, key: await this.#keyOf(folder, plugin, generation) };
    await unpackDatabase(location);
    return location;
  }

  /** Where copies of a plugin's blobs lie. */
  blobs(folder: string, plugin: string): string {
    return join(this.#of(folder), 'blobs', plugin);
  }

  /** The keys of those blobs; to be forgotten afterwards. */
  keyring(folder: string, plugin: string): BlobKeyring {
    return new BlobKeyring(plugin, (generation) => this.#keyOf(folder, plugin, generation));
  }

  /** From now on what lies in a folder is another vault's. @throws AicoError VAULT_PASSWORD_WRONG, … */
  async unlock({ folder, plugin, vault, password }: CopyUnlock): Promise<void> {
    // Nobody needs two at a time, and a password that was forgotten here would stay.
    this.lock();
    this.#foreign.set(folder, { vault, password });
    try {
      await this.#keyOf(folder, plugin, readGeneration(join(this.#of(folder), `${plugin}.db-seal`)));
    } catch (error) {
      this.lock(folder);
      throw error;
    }
  }

  /** Forgets what opens a folder, or every one. */
  lock(folder?: string): void {
    const gone = folder === undefined ? [...this.#foreign.keys()] : [folder];
    for (const each of gone) {
      this.#foreign.delete(each);
      for (const name of [...this.#keys.keys()]) if (name.startsWith(`${each}/`)) this.#keys.delete(name);
    }
  }

  #keyOf(folder: string, plugin: string, generation: number): Promise<string> {
    const foreign = this.#foreign.get(folder);
    if (foreign === undefined) return this.#powers.keyOf(plugin, generation);
    const name = `${folder}/${plugin}/${generation}`;
    const key = this.#keys.get(name) ?? this.#powers.recover(foreign, plugin, generation);
    this.#keys.set(name, key);
    return key;
  }

  #of(folder: string): string {
    // The schemas say so, too.
    if (!/^[A-Za-z0-9][A-Za-z0-9-]*$/.test(folder)) throw new AicoError('STORAGE_UNKNOWN', { subject: 'copy' });
    return join(this.#powers.scratch, folder, 'data', 'storage');
  }
}
