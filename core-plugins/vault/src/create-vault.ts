import { mkdirSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { join } from 'node:path';
import { readFileIfThere, writeFileAtomic } from '@aico/sdk/system';
import { type Keyring, systemKeyring } from './keyring.ts';
import type { KdfLimits } from './parse-vault-file.ts';
import { type KdfParameters, tuneParameters } from './password-key.ts';
import { parseThrottleState, Throttle } from './throttle.ts';
import { Vault } from './vault.ts';
import { VaultStore, writing } from './vault-store.ts';

/** What tests may put in place of the machine's own: no setting reaches these. */
export interface VaultOptions {
  readonly parameters?: KdfParameters;
  readonly limits?: KdfLimits;
  readonly now?: () => number;
  readonly keyring?: Keyring;
}

/** A vault that keeps its files in a folder. */
export function createVault(folder: string, options: VaultOptions = {}): Vault {
  writing("The vault's folder", () => mkdirSync(folder, { recursive: true, mode: 0o700 }));
  const now = options.now ?? Date.now;
  const throttleFile = join(folder, 'throttle.json');
  const kept = parseThrottleState(readFileIfThere(throttleFile), now());
  return new Vault({
    folder,
    store: new VaultStore(folder, options.limits),
    throttle: new Throttle(kept, now, (state) => keep(throttleFile, state)),
    keyring: options.keyring ?? systemKeyring,
    tune: async () =>
      options.parameters ?? tuneParameters({ memoryBytes: totalmem(), processors: availableParallelism() }),
    now: () => new Date(now()),
  });
}

function keep(path: string, state: object): void {
  try {
    writeFileAtomic(path, Buffer.from(`${JSON.stringify(state)}\n`));
  } catch {
    // A full disk must not keep its owner out; the wait holds until the next start.
  }
}
