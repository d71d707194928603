import { join } from 'node:path';
import { AicoError, isAicoError } from '@aico/sdk';
import { readFileIfThere, removeDurably, writeFileAtomic } from '@aico/sdk/system';
import { KDF_LIMITS, type KdfLimits, parseVaultFile, serializeVaultFile, VAULT_FILE } from './parse-vault-file.ts';
import type { VaultFile } from './vault-file.ts';

/** Reads and replaces vault.json in the vault's folder. */
export class VaultStore {
  readonly #path: string;
  readonly #previous: string;
  readonly #limits: KdfLimits;

  constructor(folder: string, limits: KdfLimits = KDF_LIMITS) {
    this.#path = join(folder, VAULT_FILE);
    this.#previous = `${this.#path}.previous`;
    this.#limits = limits;
  }

  /**
   * The vault, or undefined when there is none yet. A copy that an interrupted replacement left behind
   * is taken when the file itself is not whole, and removed when it is: an old password must not open it.
   * @throws AicoError VAULT_DAMAGED, VAULT_NEWER; the files are left as they are
   */
  read(): VaultFile | undefined {
    const previous = readFileIfThere(this.#previous);
    try {
      const bytes = readFileIfThere(this.#path);
      const file = bytes === undefined ? undefined : parseVaultFile(bytes, this.#limits);
      if (file && previous) removeDurably(this.#previous);
      if (file || !previous) return file;
    } catch (error) {
      if (!previous || !isAicoError(error, 'VAULT_DAMAGED')) throw error;
    }
    const file = parseVaultFile(previous, this.#limits);
    writeFileAtomic(this.#path, previous);
    removeDurably(this.#previous);
    return file;
  }

  /** Another vault's file, held to the same limits. @throws AicoError VAULT_DAMAGED, VAULT_NEWER */
  parse(bytes: Uint8Array): VaultFile {
    return parseVaultFile(bytes, this.#limits);
  }

  /** Replaces the vault; the last good file stays beside it until the new one is in place. */
  write(file: VaultFile): void {
    writing(VAULT_FILE, () => {
      const bytes = readFileIfThere(this.#path);
      if (bytes) writeFileAtomic(this.#previous, bytes);
      writeFileAtomic(this.#path, serializeVaultFile(file));
      if (bytes) removeDurably(this.#previous);
    });
  }
}

/** Runs a write; what the disk refuses becomes VAULT_UNWRITABLE. */
export function writing(subject: string, write: () => void): void {
  try {
    write();
  } catch (cause) {
    const problem = (cause as NodeJS.ErrnoException).code ?? 'the disk refused';
    throw new AicoError('VAULT_UNWRITABLE', { subject, details: { problem }, cause });
  }
}
