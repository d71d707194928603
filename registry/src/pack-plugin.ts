import { AicoError, type Manifest } from '@aico/schemas';
import { canonicalJson } from './digest.ts';
import { signPayload } from './dsse.ts';
import { compress } from './gzip.ts';
import { parseManifest } from './manifest.ts';
import { MANIFEST_FILE, type PackageFiles, SIGNATURE_FILE } from './package-files.ts';
import { readPluginFolder } from './plugin-folder.ts';
import { readPackage } from './read-package.ts';
import type { SigningKey } from './signing-key.ts';
import { createStatement } from './statement.ts';
import { writeTar } from './tar.ts';
import { trustKey } from './trust-store.ts';
import { verifyPackage } from './verify-package.ts';

/** A package, ready to be written to `fileName`. */
export interface PackedPlugin {
  readonly manifest: Manifest;
  /** `<id>-<version>.aico.tgz` */
  readonly fileName: string;
  readonly bytes: Uint8Array;
}

/**
 * Packs a built plugin without a signature; nobody installs it before it is signed.
 * @throws AicoError REGISTRY_FOLDER_INVALID, REGISTRY_MANIFEST_INVALID, REGISTRY_ENTRY_UNSAFE, REGISTRY_TOO_LARGE
 */
export async function packUnsigned(folder: string): Promise<PackedPlugin> {
  const { manifest, files } = await readPluginFolder(folder);
  const fileName = packageFileName(manifest.id, manifest.version);
  const bytes = compress(writeTar(files, manifest.id));
  readPackage(bytes, fileName);
  return { manifest, fileName, bytes };
}

/**
 * Signs a package, in place of any signature that it has. `subject` names it in errors.
 * @throws AicoError REGISTRY_PACKAGE_MALFORMED, REGISTRY_ENTRY_UNSAFE, REGISTRY_TOO_LARGE, REGISTRY_FILE_MISSING, REGISTRY_MANIFEST_INVALID
 */
export function signPackage(bytes: Uint8Array, key: SigningKey, subject: string): PackedPlugin {
  const files = new Map(readPackage(bytes, subject));
  files.delete(SIGNATURE_FILE);
  const text = files.get(MANIFEST_FILE);
  if (text === undefined) throw new AicoError('REGISTRY_FILE_MISSING', { subject, details: { file: MANIFEST_FILE } });
  const manifest = parseManifest(text, subject);
  const signed = packFiles(manifest, files, key);
  assertInstallable(signed, manifest, key, subject);
  return { manifest, fileName: packageFileName(manifest.id, manifest.version), bytes: signed };
}

/**
 * Packs and signs a built plugin. The same folder and key give the same bytes.
 * @throws AicoError REGISTRY_FOLDER_INVALID, REGISTRY_MANIFEST_INVALID, REGISTRY_ENTRY_UNSAFE, REGISTRY_TOO_LARGE
 */
export async function packPlugin(folder: string, key: SigningKey): Promise<PackedPlugin> {
  const { manifest, files } = await readPluginFolder(folder);
  const fileName = packageFileName(manifest.id, manifest.version);
  const bytes = packFiles(manifest, files, key);
  assertInstallable(bytes, manifest, key, fileName);
  return { manifest, fileName, bytes };
}

/** Whoever packs learns here, and not from its users, what nobody could install. */
function assertInstallable(bytes: Uint8Array, manifest: Manifest, key: SigningKey, subject: string): void {
  const trust = new Map([[key.keyId, trustKey(key, 'packer', [manifest.tier])]]);
  verifyPackage(readPackage(bytes, subject), trust, subject);
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
