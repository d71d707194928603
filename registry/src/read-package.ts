import { AicoError } from '@aico/schemas';
import { decompress } from './gzip.ts';
import { PACKAGE_LIMITS, type PackageFiles, type PackageLimits } from './package-files.ts';
import { readTar } from './tar.ts';

/**
 * Opens a package without believing anything that it says of itself. `subject` names it in errors.
 * @throws AicoError REGISTRY_PACKAGE_MALFORMED, REGISTRY_ENTRY_UNSAFE, REGISTRY_TOO_LARGE
 */
export function readPackage(bytes: Uint8Array, subject: string, limits: PackageLimits = PACKAGE_LIMITS): PackageFiles {
  if (bytes.length > limits.unpackedBytes) {
    throw new AicoError('REGISTRY_TOO_LARGE', { subject, details: { problem: `it has ${bytes.length} bytes` } });
  }
  return readTar(decompress(bytes, limits, subject), limits, subject);
}
