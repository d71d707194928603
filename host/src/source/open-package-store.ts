import { existsSync } from 'node:fs';
import { combineTrust, FileVersionLedger, PackageStore, readTrustStore, type TrustStore } from '@aico/registry';
import type { HomeFolders } from '../home/home-folders.ts';
import type { InstallFolders } from '../install-folders.ts';

/** The packages of this build and those that the user installed. */
export function openPackageStore(install: InstallFolders, folders: HomeFolders): PackageStore {
  return new PackageStore({
    folder: folders.packages,
    shipped: install.packages,
    trust: () => readTrust(install.trustFile, folders.trustFile),
    ledger: new FileVersionLedger(folders.versionsFile),
  });
}

/** The keys of this build, and those that the user trusts. @throws AicoError REGISTRY_TRUST_INVALID */
export async function readTrust(buildFile: string, userFile: string): Promise<TrustStore> {
  const build = await readTrustStore(buildFile);
  return existsSync(userFile) ? combineTrust(build.values(), (await readTrustStore(userFile)).values()) : build;
}
