import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { VerifiedPackage } from '@aico/kernel/contracts';
import { readPackage, readTrustStore, verifyPackage } from '@aico/registry';

const BUILD = fileURLToPath(new URL('../../.build/', import.meta.url));

/** A package of this build, read and verified anew. */
export async function readBuilt(id: string): Promise<VerifiedPackage> {
  const packages = join(BUILD, 'packages');
  const file = (await readdir(packages)).find((name) => name.startsWith(`${id}-`));
  if (file === undefined) throw new Error(`${id} is not built`);
  const bytes = await readFile(join(packages, file));
  return verifyPackage(readPackage(bytes, file), await readTrustStore(join(BUILD, 'trust.json')), file);
}
