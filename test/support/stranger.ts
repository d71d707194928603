import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createSigningKey, formatTrustStore, packFiles, type Tier, trustKey } from '@aico/registry';
import type { Manifest } from '@aico/schemas';

const KEY = createSigningKey();

/** A stranger whose key the user trusts, for isolated plugins unless more is said. */
export async function trustStranger(home: string, ...tiers: Tier[]): Promise<void> {
  const key = trustKey(KEY, 'A stranger', tiers.length === 0 ? ['isolated'] : tiers);
  await writeFile(join(home, 'trust.json'), formatTrustStore([key]));
}

/** A signed package of one file of code; returns its path. The changes may make its manifest a wrong one. */
export async function packStranger(
  folder: string,
  id: string,
  code: string,
  changes: object = {},
  others: Readonly<Record<string, string>> = {},
): Promise<string> {
  const manifest: Manifest = {
    id,
    name: id,
    version: '1.0.0',
    description: 'Misbehaves.',
    author: 'A stranger',
    tier: 'isolated',
    main: 'index.js',
    engines: { aico: '*' },
    permissions: [{ verb: 'serve', topic: `plugin.${id}.command.run.v1`, reason: 'to answer its command' }],
    ...changes,
  };
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
  const files = new Map([
    ['plugin.json', bytes(JSON.stringify(manifest))],
    [manifest.main, bytes(code)],
    ...Object.entries(others).map(([name, text]): [string, Uint8Array] => [name, bytes(text)]),
  ]);
  const path = join(folder, `${id}.aico.tgz`);
  await writeFile(path, packFiles(manifest, files, KEY));
  return path;
}

/** Flips one bit of a file. */
export async function flipBit(path: string, at: number): Promise<void> {
  const bytes = await readFile(path);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  await writeFile(path, bytes);
}
