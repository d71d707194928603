import { existsSync } from 'node:fs';
import { combineTrust, readTrustStore, type TrustStore } from '@aico/registry';

/** The keys of this build, and those that the user trusts. @throws AicoError REGISTRY_TRUST_INVALID */
export async function readTrust(buildFile: string, userFile: string): Promise<TrustStore> {
  const build = await readTrustStore(buildFile);
  return existsSync(userFile) ? combineTrust(build.values(), (await readTrustStore(userFile)).values()) : build;
}
