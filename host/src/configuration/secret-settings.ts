import { createHash } from 'node:crypto';
import { AicoError, isVaultClosed } from '@aico/schemas';

/** Keeps texts encrypted; every call fails while that is not possible. */
export interface SecretKeeper {
  get(name: string): Promise<string | undefined>;
  put(name: string, value: string): Promise<void>;
  delete(name: string): Promise<void>;
}

type Values = Readonly<Record<string, unknown>>;

/** Values of settings that are secret: in memory while the keeper is open, and on disk with the keeper alone. */
export class SecretSettings {
  readonly #keeper: SecretKeeper;
  readonly #values = new Map<string, Map<string, unknown>>();

  constructor(keeper: SecretKeeper) {
    this.#keeper = keeper;
  }

  /** What is at hand of one plugin. */
  of(id: string): Values {
    return Object.fromEntries(this.#values.get(id) ?? []);
  }

  /** Fetches values that are kept and not at hand. While the keeper is locked there are none. */
  async fetch(id: string, keys: readonly string[]): Promise<void> {
    for (const key of keys) {
      if (this.#values.get(id)?.has(key)) continue;
      const text = await this.#keeper.get(nameOf(id, key)).catch((error: unknown) => {
        if (!isVaultClosed(error)) throw error;
      });
      if (text !== undefined) this.#hold(id, key, JSON.parse(text));
    }
  }

  /** Keeps a value, or forgets it for null. @throws AicoError CONFIG_SECRET_LOCKED, VAULT_… */
  async change(id: string, key: string, value: unknown): Promise<void> {
    try {
      if (value === null) await this.#keeper.delete(nameOf(id, key));
      else await this.#keeper.put(nameOf(id, key), JSON.stringify(value));
    } catch (error) {
      if (!isVaultClosed(error)) throw error;
      throw new AicoError('CONFIG_SECRET_LOCKED', { subject: `plugins.${id}.${key}`, cause: error });
    }
    if (value === null) this.#values.get(id)?.delete(key);
    else this.#hold(id, key, value);
  }

  /** Lets go of everything that is at hand. */
  forget(): void {
    this.#values.clear();
  }

  #hold(id: string, key: string, value: unknown): void {
    this.#values.set(id, (this.#values.get(id) ?? new Map<string, unknown>()).set(key, value));
  }
}

/** Keys of settings may hold any character, names of secrets may not. */
function nameOf(id: string, key: string): string {
  return createHash('sha256').update(`${id}\n${key}`).digest('hex');
}
