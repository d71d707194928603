import { join } from 'node:path';
import { AicoError } from '@aico/sdk';
import { readFileIfThere, writeFileAtomic } from '@aico/sdk/system';
import { open, seal } from './key-tree.ts';
import { writing } from './vault-store.ts';

export const SECRETS_FILE = 'secrets.bin';
const HEADER = Buffer.from('AICO secrets 1\n');
const MOST_SECRETS_PER_PLUGIN = 200;
const MOST_BYTES_PER_PLUGIN = 1024 * 1024;

type Secrets = Map<string, Map<string, string>>;

/** Secrets of plugins, each readable by its owner alone, in one encrypted file. */
export class SecretStore {
  readonly #path: string;
  readonly #key: Uint8Array;
  #secrets: Secrets | undefined;

  /** @param key Zeroed by `close`. */
  constructor(folder: string, key: Uint8Array) {
    this.#path = join(folder, SECRETS_FILE);
    this.#key = key;
  }

  get(plugin: string, name: string): string | undefined {
    return this.#load().get(plugin)?.get(name);
  }

  /** @throws AicoError VAULT_SECRETS_FULL, VAULT_DAMAGED, VAULT_UNWRITABLE */
  put(plugin: string, name: string, value: string): void {
    const changed = copyOf(this.#load());
    const own = changed.get(plugin) ?? new Map<string, string>();
    changed.set(plugin, own.set(name, value));
    if (own.size > MOST_SECRETS_PER_PLUGIN) throw full(plugin, `${MOST_SECRETS_PER_PLUGIN} secrets`);
    if (Buffer.byteLength(JSON.stringify([...own])) > MOST_BYTES_PER_PLUGIN) throw full(plugin, '1 MiB');
    this.#save(changed);
  }

  delete(plugin: string, name: string): void {
    const changed = copyOf(this.#load());
    if (changed.get(plugin)?.delete(name)) this.#save(changed);
  }

  /** Deletes all of a plugin's. How many there were. */
  deleteAll(plugin: string): number {
    const changed = copyOf(this.#load());
    const count = changed.get(plugin)?.size ?? 0;
    if (changed.delete(plugin)) this.#save(changed);
    return count;
  }

  /** Forgets the key and what was read. */
  close(): void {
    this.#key.fill(0);
    this.#secrets = undefined;
  }

  #load(): Secrets {
    this.#secrets ??= this.#read();
    return this.#secrets;
  }

  #read(): Secrets {
    const bytes = readFileIfThere(this.#path);
    if (bytes === undefined) return new Map();
    if (!bytes.subarray(0, HEADER.length).equals(HEADER)) throw damaged('it has no known format');
    const plain = open(this.#key, bytes.subarray(HEADER.length), HEADER);
    if (!plain) throw damaged('its bytes were changed or cut');
    try {
      const entries = JSON.parse(plain.toString('utf8')) as [string, [string, string][]][];
      return new Map(entries.map(([plugin, own]) => [plugin, new Map(own)]));
    } finally {
      plain.fill(0);
    }
  }

  #save(secrets: Secrets): void {
    const plain = Buffer.from(JSON.stringify([...secrets].map(([plugin, own]) => [plugin, [...own]])));
    try {
      const bytes = Buffer.concat([HEADER, seal(this.#key, plain, HEADER)]);
      writing(SECRETS_FILE, () => writeFileAtomic(this.#path, bytes));
    } finally {
      plain.fill(0);
    }
    this.#secrets = secrets;
  }
}

function copyOf(secrets: Secrets): Secrets {
  return new Map([...secrets].map(([plugin, own]) => [plugin, new Map(own)]));
}

function damaged(problem: string): AicoError {
  return new AicoError('VAULT_DAMAGED', { subject: SECRETS_FILE, details: { problem } });
}

function full(plugin: string, limit: string): AicoError {
  return new AicoError('VAULT_SECRETS_FULL', { subject: plugin, details: { limit } });
}
