import { mkdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import {
  PackageRegistry,
  packUnsigned,
  readPackage,
  readPackageFile,
  signPackage,
  type TrustedKey,
  trustKey,
  verifyPackage,
} from '@aico/registry';
import { bundlePlugin } from '@aico/registry/bundle';
import { AicoError } from '@aico/schemas';
import { findAuthorKey, openAuthorKey } from '../../../author/author-key.ts';
import { pluginRoot } from '../../../author/plugin-root.ts';
import { installFolders } from '../../../install-folders.ts';
import { problemOf } from '../../../problem.ts';
import { readTrust } from '../../../source/open-package-store.ts';
import type { CommandContext } from '../../command-context.ts';
import { EXIT } from '../../exit-codes.ts';
import { shellWord } from '../../shell-word.ts';

export interface PackOptions {
  readonly out?: string;
}

export interface SignOptions {
  readonly key?: string;
}

export interface VerifyOptions {
  readonly signer?: string;
}

export interface PublishOptions {
  readonly registry: string;
}

/** `aico plugin pack [folder]`: one file, not signed yet. */
export async function runPluginPack(context: CommandContext, { out }: PackOptions, named: string): Promise<number> {
  const folder = pluginRoot(named);
  await bundlePlugin(folder);
  const { manifest, fileName, bytes } = await packUnsigned(folder);
  const path = out === undefined ? join(folder, 'dist', fileName) : resolve(out);
  await write(path, bytes);
  const { id, version } = manifest;
  const text = `Packed ${id} ${version}: ${path} (${bytes.length} bytes).\nSign it with: aico plugin sign ${shellWord(path)}`;
  context.answer({ id, version, path, bytes: bytes.length }, text);
  return EXIT.done;
}

/** `aico plugin sign <file>`: with the author's key, which is made at its first use. */
export async function runPluginSign(context: CommandContext, options: SignOptions, named: string): Promise<number> {
  const path = resolve(named);
  const unsigned = await readPackageFile(path);
  const { key, file, isNew } = await openAuthorKey(options.key);
  const { manifest, bytes } = signPackage(unsigned, key, basename(path));
  await write(path, bytes);
  const { id, version } = manifest;
  const made = isNew ? `Made your key. Keep it safe, and a copy elsewhere: ${file}\n` : '';
  const text = `${made}Signed ${id} ${version}: ${path}\nYour key's fingerprint, for those who install it:\n  ${key.keyId}`;
  context.answer({ id, version, path, keyId: key.keyId, keyFile: file, keyIsNew: isNew }, text);
  return EXIT.done;
}

/** `aico plugin verify <file>`: whole, and signed by whom. @throws AicoError REGISTRY_…, naming the file that is wrong */
export async function runPluginVerify(context: CommandContext, options: VerifyOptions, named: string): Promise<number> {
  const path = resolve(named);
  const files = readPackage(await readPackageFile(path), basename(path));
  const known = await readTrust(installFolders().trustFile, context.folders.trustFile);
  const own = await findAuthorKey();
  const trust = own === undefined ? known : new Map<string, TrustedKey>([...known, [own.keyId, yours(own, known)]]);
  const { manifest, signer, digest } = verifyPackage(files, trust, basename(path));
  const wanted = options.signer?.toLowerCase();
  if (wanted !== undefined && wanted !== signer.keyId) {
    const details = { keyId: signer.keyId, wanted };
    throw new AicoError('REGISTRY_SIGNER_OTHER', { subject: basename(path), details });
  }
  const { id, version, tier } = manifest;
  const text = `${id} ${version} is whole: ${files.size - 1} files, signed by ${signer.name}.\n  ${signer.keyId}`;
  context.answer({ id, version, tier, signer, digest, files: files.size - 1 }, text);
  return EXIT.done;
}

/** `aico plugin publish <file> --registry DIR` */
export async function runPluginPublish(
  context: CommandContext,
  options: PublishOptions,
  named: string,
): Promise<number> {
  const registry = resolve(options.registry);
  const published = await new PackageRegistry(registry).publish(resolve(named));
  const { id, version } = published;
  const text = `Published ${id} ${version} to ${registry}.\nInstall it with: aico plugin install ${id} --registry ${shellWord(registry)}`;
  context.answer({ registry, ...published }, text);
  return EXIT.done;
}

/** One's own key is good for both tiers in one's own eyes; a key that was revoked stays so. */
function yours(key: Parameters<typeof trustKey>[0], known: ReadonlyMap<string, TrustedKey>): TrustedKey {
  const entry = known.get(key.keyId);
  return entry?.revoked === true ? entry : trustKey(key, 'you', ['isolated', 'trusted']);
}

async function write(path: string, bytes: Uint8Array): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, bytes);
  } catch (cause) {
    throw new AicoError('REGISTRY_STORE_FAILED', { subject: path, details: { problem: problemOf(cause) }, cause });
  }
}
