import { readFile, stat } from 'node:fs/promises';
import { AicoError } from '@aico/schemas';
import { PACKAGE_LIMITS } from './package-files.ts';

/** The bytes of a package's file. @throws AicoError REGISTRY_PACKAGE_UNREADABLE, REGISTRY_TOO_LARGE */
export async function readPackageFile(path: string): Promise<Uint8Array> {
  try {
    const file = await stat(path);
    if (!file.isFile()) throw new Error('it is not a file');
    if (file.size <= PACKAGE_LIMITS.unpackedBytes) return await readFile(path);
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause);
    throw new AicoError('REGISTRY_PACKAGE_UNREADABLE', { subject: path, details: { problem }, cause });
  }
  throw new AicoError('REGISTRY_TOO_LARGE', { subject: path, details: { problem: 'no package has so many bytes' } });
}
