import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Connection } from '../../core-plugins/storage/src/connection.ts';
import { readGeneration } from '../../core-plugins/storage/src/key-generation.ts';
import { deriveKey } from '../../core-plugins/vault/src/key-tree.ts';
import { parseVaultFile } from '../../core-plugins/vault/src/parse-vault-file.ts';
import { unwrapDataKey } from '../../core-plugins/vault/src/vault-file.ts';

/** Every database of a stopped home, decrypted: all pages with the log moved in, free ones included, by plugin. */
export async function plainDatabases(home: string, password: string): Promise<Map<string, Buffer>> {
  const dataKey = await unwrapDataKey(parseVaultFile(readFileSync(join(home, 'vault/vault.json'))), password);
  if (dataKey === undefined) throw new Error('the password does not open the vault');
  const folder = join(home, 'data/storage');
  const copies = mkdtempSync(join(tmpdir(), 'aico-plain-'));
  const found = new Map<string, Buffer>();
  try {
    for (const name of readdirSync(folder).filter((each) => each.endsWith('.db'))) {
      const plugin = name.slice(0, -'.db'.length);
      for (const part of ['', '-wal'])
        if (existsSync(join(folder, name + part))) copyFileSync(join(folder, name + part), join(copies, name + part));
      const generation = readGeneration(join(folder, `${name}-seal`));
      const key = deriveKey(dataKey, 'storage', plugin, generation > 1 ? generation : undefined).toString('hex');
      const connection = await Connection.open(join(copies, name), key);
      for (const step of ['wal_checkpoint(TRUNCATE)', 'journal_mode = DELETE', "rekey = ''"])
        await connection.exec(`PRAGMA ${step}`);
      connection.close();
      found.set(plugin, readFileSync(join(copies, name)));
    }
    return found;
  } finally {
    rmSync(copies, { recursive: true, force: true });
  }
}
