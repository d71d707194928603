import type { Manifest } from '@aico/schemas';
import { canonicalJson } from './digest.ts';
import { signPayload } from './dsse.ts';
import { compress } from './gzip.ts';
import { type PackageFiles, SIGNATURE_FILE } from './package-files.ts';
import { readPluginFolder } from './plugin-folder.ts';
import { readPackage } from './read-package.ts';
import type { SigningKey } from './signing-key.ts';
import { createStatement } from './statement.ts';
import { writeTar } from './tar.ts';
import { trustKey } from './trust-store.ts';
import { verifyPackage } from './verify-package.ts';

/** A signed package, ready to be written to `fileName`. */
export interface PackedPlugin {
  readonly manifest: Manifest;
  /** `<id>-<version>.aico.tgz` */
  readonly fileName: string;
  readonly bytes: Uint8Array;
}

/**
 * Packs and signs a built plugin. The same folder and key give the same bytes.
 * @throws AicoError REGISTRY_FOLDER_INVALID, REGISTRY_MANIFEST_INVALID, REGISTRY_ENTRY_UNSAFE, REGISTRY_TOO_LARGE
 */
export async function packPlugin(folder: string, key: SigningKey): Promise<PackedPlugin> {
  const { manifest, files } = await readPluginFolder(folder);
  const fileName = packageFileName(manifest.id, manifest.version);
  const bytes = packFiles(manifest, files, key);
  // Whoever packs learns here, and not from its users, what nobody could install.
  const trust = new Map([[key.keyId, trustKey(key, 'packer', [manifest.tier])]]);
  verifyPackage(readPackage(bytes, fileName), trust, fileName);
  return { manifest, fileName, bytes };
}

/** Signs and archives files that are in memory already. */
export function packFiles(manifest: Manifest, files: PackageFiles, key: SigningKey): Uint8Array {
  const envelope = signPayload(canonicalJson(createStatement(manifest, files)), key);
  return compress(writeTar(new Map([...files, [SIGNATURE_FILE, canonicalJson(envelope)]]), manifest.id));
}

/** The name of a package's file. */
export function packageFileName(id: string, version: string): string {
  return `${id}-${version}.aico.tgz`;
}
