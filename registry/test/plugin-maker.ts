import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { AicoError, type ErrorCode, type Manifest } from '@aico/schemas';
import { expect, onTestFinished } from 'vitest';
import {
  createSigningKey,
  type PackageFiles,
  packFiles,
  type SigningKey,
  type Tier,
  type TrustStore,
  trustKey,
} from '../src/index.ts';

export const KEY: SigningKey = createSigningKey();
export const TRUST: TrustStore = trusting('isolated', 'trusted');

export function trusting(...tiers: Tier[]): TrustStore {
  return new Map([[KEY.keyId, trustKey(KEY, 'Ada', tiers)]]);
}

export function manifestOf(changes: Partial<Manifest> = {}): Manifest {
  return {
    id: 'demo',
    name: 'Demo',
    version: '1.0.0',
    description: 'Shows how a plugin is packed.',
    author: 'Ada',
    tier: 'isolated',
    main: 'dist/bundle/index.js',
    engines: { aico: '^0.1.0' },
    permissions: [],
    ...changes,
  };
}

/** The files of a small plugin, unsigned. */
export function filesOf(manifest: Manifest = manifestOf(), others: Record<string, string> = {}): PackageFiles {
  const texts = { 'plugin.json': JSON.stringify(manifest), [manifest.main]: 'export default 1;\n', ...others };
  return new Map(Object.entries(texts).map(([name, text]) => [name, bytesOf(text)]));
}

/** A signed package of that small plugin. */
export function packageOf(manifest: Manifest = manifestOf(), others: Record<string, string> = {}): Uint8Array {
  return packFiles(manifest, filesOf(manifest, others), KEY);
}

export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** A folder that goes when the test ends, with these files in it. */
export async function folderOf(files: Record<string, string> = {}): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'aico-registry-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  return folder;
}

/** The error that `action` throws, which has to be this one. */
export async function refusalOf(code: ErrorCode, action: () => unknown): Promise<AicoError> {
  const error = await Promise.resolve()
    .then(action)
    .then(
      () => expect.fail(`expected ${code}, but nothing was refused`),
      (thrown: unknown) => thrown,
    );
  if (!(error instanceof AicoError)) throw error;
  expect(error.code).toBe(code);
  return error;
}
