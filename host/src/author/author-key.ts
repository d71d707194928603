import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { createSigningKey, readSigningKey, type SigningKey, writeSigningKey } from '@aico/registry';
import { AicoError } from '@aico/schemas';
import envPaths from 'env-paths';

/** A key that signs, and what is to be told of it. */
export interface AuthorKey {
  readonly key: SigningKey;
  readonly file: string;
  /** Whether it was made just now. */
  readonly isNew: boolean;
}

/** Where an author's key lies: with the settings of this user, for every plugin the same. */
export function authorKeyFile(): string {
  return join(envPaths('aico', { suffix: '' }).config, 'author-key.json');
}

/**
 * The author's key, made at its first use; a named one has to be there.
 * @throws AicoError REGISTRY_KEY_INSIDE_PLUGIN, REGISTRY_KEY_INVALID, REGISTRY_KEY_EXPOSED
 */
export async function openAuthorKey(named?: string): Promise<AuthorKey> {
  const file = named === undefined ? authorKeyFile() : resolve(named);
  if (liesInPlugin(file)) throw new AicoError('REGISTRY_KEY_INSIDE_PLUGIN', { subject: file });
  const isNew = named === undefined && !existsSync(file);
  if (isNew) {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await writeSigningKey(file, createSigningKey());
  }
  return { key: await readSigningKey(file), file, isNew };
}

/** The author's own key where there is one; looking for it makes none. */
export async function findAuthorKey(): Promise<SigningKey | undefined> {
  const file = authorKeyFile();
  return existsSync(file) ? readSigningKey(file) : undefined;
}

/** A key beside a plugin would be published or committed with it one day. */
function liesInPlugin(file: string): boolean {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'plugin.json'))) return true;
    if (folder === dirname(folder)) return false;
  }
}
