import type { Dirent } from 'node:fs';
import { lstat, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AicoError, type Manifest } from '@aico/schemas';
import { parseManifest } from './manifest.ts';
import { MANIFEST_FILE, type PackageFiles } from './package-files.ts';
import { MAX_SOURCE_MAP_BYTES, sourceMapOf } from './source-map-limit.ts';

/** Of the plugin in use, in light and in dark colours. */
const PICTURES = ['screenshot.png', 'screenshot-dark.png'];
/** Files beside plugin.json that go along where they exist. */
const COMPANIONS = ['README.md', 'LICENSE', 'icon.svg', 'icon.png', ...PICTURES];
/** Folders that go along: in the plugin's folder → in the package. */
const FOLDERS = { migrations: 'migrations', 'ui-dist': 'ui' } as const;

/** What a view's file may weigh. */
const MAX_VIEW_BYTES = 256 * 1024;

/** What the picture of a plugin in use may weigh. */
const MAX_PICTURE_BYTES = 150 * 1024;

/** A plugin's folder as it will be packed. */
export interface PluginFolder {
  readonly manifest: Manifest;
  readonly files: PackageFiles;
}

/**
 * Reads what belongs in a package from a built plugin's folder, and nothing else.
 * @throws AicoError REGISTRY_FOLDER_INVALID, REGISTRY_MANIFEST_INVALID, REGISTRY_ENTRY_UNSAFE
 */
export async function readPluginFolder(folder: string): Promise<PluginFolder> {
  const files = new Map<string, Uint8Array>();
  files.set(MANIFEST_FILE, await readRequired(folder, MANIFEST_FILE));
  const manifest = parseManifest(files.get(MANIFEST_FILE) ?? new Uint8Array(), folder);
  if (manifest.main.split('/').includes('..')) throw invalid(folder, `${manifest.main} lies outside of it`);
  files.set(manifest.main, await readRequired(folder, manifest.main));
  await readSourceMap(folder, sourceMapOf(manifest.main), files);
  const present = new Set((await readdir(folder)).filter((name) => COMPANIONS.includes(name)));
  for (const name of present) files.set(name, await readRequired(folder, name));
  const heavy = PICTURES.find((name) => (files.get(name)?.length ?? 0) > MAX_PICTURE_BYTES);
  if (heavy !== undefined) throw invalid(folder, `${heavy} is larger than ${MAX_PICTURE_BYTES / 1024} KiB`);
  for (const { entry } of manifest.contributes?.views ?? []) files.set(entry, await readView(folder, entry));
  for (const [source, target] of Object.entries(FOLDERS)) await readTree(folder, source, target, files);
  return { manifest, files };
}

async function readRequired(folder: string, name: string): Promise<Uint8Array> {
  const path = join(folder, name);
  try {
    if ((await lstat(path)).isFile()) return await readFile(path);
  } catch (cause) {
    throw invalid(folder, `${name} cannot be read`, cause);
  }
  // A link could bring in a file that its author never meant to publish.
  throw unsafe(folder, name);
}

/** Where there is one, and it is small enough to be of use. */
async function readSourceMap(folder: string, name: string, files: Map<string, Uint8Array>): Promise<void> {
  const { size } = (await lstat(join(folder, name)).catch(() => undefined)) ?? {};
  if (size === undefined || size > MAX_SOURCE_MAP_BYTES) return;
  files.set(name, await readRequired(folder, name));
}

async function readView(folder: string, entry: string): Promise<Uint8Array> {
  const bytes = await readRequired(folder, entry);
  if (bytes.length > MAX_VIEW_BYTES) throw invalid(folder, `${entry} is larger than ${MAX_VIEW_BYTES / 1024} KiB`);
  return bytes;
}

async function readTree(folder: string, source: string, target: string, files: Map<string, Uint8Array>): Promise<void> {
  for (const entry of await listFolder(join(folder, source))) {
    const [from, to] = [`${source}/${entry.name}`, `${target}/${entry.name}`];
    if (entry.isDirectory()) await readTree(folder, from, to, files);
    else files.set(to, await readRequired(folder, from));
  }
}

async function listFolder(path: string): Promise<Dirent[]> {
  try {
    return await readdir(path, { withFileTypes: true });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw invalid(path, 'it cannot be listed', cause);
  }
}

function unsafe(folder: string, file: string): AicoError {
  const details = { file, problem: 'is a link or another thing that is no plain file' };
  return new AicoError('REGISTRY_ENTRY_UNSAFE', { subject: folder, details });
}

function invalid(folder: string, problem: string, cause?: unknown): AicoError {
  return new AicoError('REGISTRY_FOLDER_INVALID', { subject: folder, details: { problem }, cause });
}
