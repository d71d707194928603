import type { Manifest, PackageStatement } from '@aico/schemas';
import { canonicalJson, sha256 } from './digest.ts';
import { type PackageFiles, SIGNATURE_FILE } from './package-files.ts';

/** What a signature of these files has to speak of. */
export function createStatement(manifest: Manifest, files: PackageFiles): PackageStatement {
  const { id, version, tier, permissions, quota, dependencies } = manifest;
  const signed = [...files].filter(([name]) => name !== SIGNATURE_FILE);
  return {
    id,
    version,
    manifestDigest: sha256(canonicalJson(manifest)),
    // Everything that its user consents to: an update with the same digest asks for nothing new.
    permissionDigest: sha256(canonicalJson({ tier, permissions, quota, dependencies, process: manifest.process })),
    files: Object.fromEntries(signed.map(([name, bytes]) => [name, sha256(bytes)])),
  };
}
