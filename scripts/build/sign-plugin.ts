import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  createSigningKey,
  formatTrustStore,
  PackageRegistry,
  packPlugin,
  readSigningKey,
  trustKey,
  writeSigningKey,
} from '@aico/registry';
import { GALLERY, KEY_FILE, packageFile, TRUST_FILE } from './plugin-folders.ts';

const SIGNER_NAME = 'This build';

/** Makes the checkout's key where there is none, and writes down that it is trusted. */
export async function prepareKey(root: string): Promise<void> {
  const file = join(root, KEY_FILE);
  await mkdir(dirname(file), { recursive: true });
  if (!existsSync(file)) await writeSigningKey(file, createSigningKey());
  const key = await readSigningKey(file);
  await replace(join(root, TRUST_FILE), formatTrustStore([trustKey(key, SIGNER_NAME, ['trusted', 'isolated'])]));
}

/** Packs and signs the built plugin in `folder`, relative to the root. */
export async function signPlugin(root: string, folder: string): Promise<void> {
  const { bytes } = await packPlugin(join(root, folder), await readSigningKey(join(root, KEY_FILE)));
  const file = join(root, packageFile(root, folder));
  await mkdir(dirname(file), { recursive: true });
  await replace(file, bytes);
}

/** Fills the gallery anew with signed packages, relative to the root. */
export async function fillGallery(root: string, packages: readonly string[]): Promise<void> {
  const folder = join(root, GALLERY);
  const scratch = `${folder}.${process.pid}`;
  const registry = new PackageRegistry(scratch);
  for (const file of packages) await registry.publish(join(root, file));
  await rm(folder, { recursive: true, force: true });
  await rename(scratch, folder);
}

/** Writes a file that others only ever see whole. */
async function replace(file: string, content: string | Uint8Array): Promise<void> {
  const scratch = `${file}.${process.pid}`;
  await writeFile(scratch, content);
  await rename(scratch, file);
}
