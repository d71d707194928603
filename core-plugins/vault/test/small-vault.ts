import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createVault, type VaultOptions } from '../src/create-vault.ts';
import type { Keyring } from '../src/keyring.ts';
import type { Vault } from '../src/vault.ts';
import { SMALL, SMALL_LIMITS } from './small-parameters.ts';

export { PASSWORD, SMALL, SMALL_LIMITS } from './small-parameters.ts';

/** A folder that goes with its test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'aico-vault-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function smallVault(folder: string, options: VaultOptions = {}): Vault {
  return createVault(folder, { parameters: SMALL, limits: SMALL_LIMITS, keyring: new MemoryKeyring(), ...options });
}

/** A keyring that lasts as long as its test. */
export class MemoryKeyring implements Keyring {
  readonly keys = new Map<string, Buffer>();

  async get(account: string): Promise<Buffer | undefined> {
    const key = this.keys.get(account);
    return key && Buffer.from(key);
  }

  async put(account: string, key: Uint8Array): Promise<void> {
    this.keys.set(account, Buffer.from(key));
  }

  async remove(account: string): Promise<void> {
    this.keys.delete(account);
  }
}

/** The code of the typed error that a call ends with, or what it returned. */
export async function codeOf(call: () => unknown): Promise<unknown> {
  try {
    return await call();
  } catch (error) {
    return (error as { code?: string }).code ?? error;
  }
}
