export { PAYLOAD_TYPE, preAuthenticationEncoding } from './dsse.ts';
export { GalleryFolder, type GalleryFolderOptions } from './gallery-folder.ts';
export { findManifestProblems, isReservedId, parseManifest } from './manifest.ts';
export { type PackedPlugin, packageFileName, packFiles, packPlugin, packUnsigned, signPackage } from './pack-plugin.ts';
export { readPackageFile } from './package-file.ts';
export {
  MANIFEST_FILE,
  PACKAGE_LIMITS,
  type PackageFiles,
  type PackageLimits,
  SIGNATURE_FILE,
} from './package-files.ts';
export { PackageRegistry, type PublishedPackage } from './package-registry.ts';
export { PackageStore, type PackageStoreOptions } from './package-store.ts';
export { type PluginFolder, readPluginFolder } from './plugin-folder.ts';
export { readPackage } from './read-package.ts';
export { createSigningKey, keyIdOf, readSigningKey, type SigningKey, writeSigningKey } from './signing-key.ts';
export { findThemeErrors } from './theme/find-theme-problems.ts';
export {
  combineTrust,
  formatTrustStore,
  parseTrustStore,
  readTrustStore,
  type Tier,
  type TrustedKey,
  type TrustStore,
  trustKey,
} from './trust-store.ts';
export { offeredKeys, verifyPackage } from './verify-package.ts';
export { FileVersionLedger, type VersionLedger } from './version-ledger.ts';
