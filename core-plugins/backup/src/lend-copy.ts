import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { BackupBody, ReadBackup } from './backup-file.ts';
import type { KeyLender, Opener } from './backup-keys.ts';
import type { BackupKeys } from './chunk-seal.ts';
import { blobPath, databasePath } from './home-files.ts';

/** Copies of a plugin's data out of a backup, for as long as some work goes on. */
export interface LentCopy {
  /** The folder of the scratch folder that they lie in. */
  readonly folder: string;
  /** Lays these blobs there, too; what the backup does not hold stays away. */
  readonly fetch: (blobs: readonly string[]) => Promise<void>;
}

/** What lending copies needs of the world. */
export interface LendPowers {
  readonly home: string;
  readonly lender: KeyLender;
  /** Has copies opened that are another vault's, with its password. Returns what has its keys forgotten. */
  readonly unlockCopy: (copy: ForeignCopy) => Promise<() => Promise<void>>;
}

export interface ForeignCopy {
  readonly folder: string;
  readonly plugin: string;
  readonly vault: string;
  readonly password: string;
}

/** Writes some of a backup's files below a folder. */
export type Extract = (body: BackupBody, keys: BackupKeys, target: string) => Promise<unknown>;

/** Lends a copy of a plugin's database to some work; undefined when the backup has none. @throws AicoError BACKUP_…, VAULT_… */
export async function lendCopy<Result>(
  { home, lender, unlockCopy }: LendPowers,
  { backup, plugin, opener }: { readonly backup: ReadBackup; readonly plugin: string; readonly opener: Opener },
  extract: Extract,
  work: (copy: LentCopy) => Promise<Result>,
): Promise<Result | undefined> {
  const { info, vault } = backup;
  return lender.of(backup, opener, async ({ keys, body }) => {
    if (!body.databases.includes(plugin)) return undefined;
    const folder = `lend-${info.id}`;
    const target = join(home, 'scratch', folder);
    const lay = async (paths: readonly string[]): Promise<void> => {
      const wanted = new Set(paths);
      const files = body.files.filter(({ path }) => wanted.has(path));
      if (files.length > 0) await extract({ ...body, files }, keys, target);
    };
    const path = databasePath(plugin);
    let lock = async (): Promise<void> => undefined;
    try {
      await rm(target, { recursive: true, force: true });
      await lay([path, `${path}-seal`]);
      const { password } = opener;
      if (password !== undefined) lock = await unlockCopy({ folder, plugin, vault, password });
      return await work({ folder, fetch: (blobs) => lay(blobs.map((id) => blobPath(plugin, id))) });
    } finally {
      await lock();
      await rm(target, { recursive: true, force: true });
    }
  });
}
