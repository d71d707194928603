/** A package in memory: path → bytes. Nothing is unpacked to disk; the bytes that are verified are the bytes that run. */
export type PackageFiles = ReadonlyMap<string, Uint8Array>;

export const MANIFEST_FILE = 'plugin.json';
/** The first entry of every package, and the only one that its signature does not cover. */
export const SIGNATURE_FILE = 'SIGNATURE.json';

/** What a package may cost whoever opens it. */
export interface PackageLimits {
  readonly files: number;
  readonly unpackedBytes: number;
  /** Unpacked bytes for each packed byte, beyond `freeBytes`. */
  readonly ratio: number;
  /** Unpacked bytes that any package may have, however well it compresses. */
  readonly freeBytes: number;
}

export const PACKAGE_LIMITS: PackageLimits = {
  files: 2_000,
  unpackedBytes: 200 * 1024 * 1024,
  ratio: 50,
  freeBytes: 4 * 1024 * 1024,
};
