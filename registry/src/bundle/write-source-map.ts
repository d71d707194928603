import { rm, writeFile } from 'node:fs/promises';
import { dirname, relative, resolve, sep } from 'node:path';
import type { SourceMap } from 'rolldown';
import { MAX_SOURCE_MAP_BYTES, sourceMapOf } from '../source-map-limit.ts';

export interface SourceMapOptions {
  /** The plugin's folder. */
  readonly folder: string;
  /** A debugger on this machine reads it, however large it is; it stays out of packages all the same. */
  readonly isForDebugger: boolean;
}

/** Writes a bundle's map beside it, without the sources themselves; one that is too large is left out. */
export async function writeSourceMap(
  file: string,
  map: SourceMap,
  { folder, isForDebugger }: SourceMapOptions,
): Promise<void> {
  const sources = map.sources.map((source) => nameOf(resolve(dirname(file), source), folder));
  const text = JSON.stringify({ version: 3, sources, names: [], mappings: map.mappings });
  const path = sourceMapOf(file);
  if (!isForDebugger && Buffer.byteLength(text) > MAX_SOURCE_MAP_BYTES) await rm(path, { force: true });
  else await writeFile(path, text);
}

/** A file as its author knows it. What lies elsewhere is named by its package: where this machine keeps it is nobody's business. */
function nameOf(path: string, folder: string): string {
  const own = relative(folder, path).split(sep);
  if (own[0] !== '..' && !own.includes('node_modules')) return own.join('/');
  const parts = path.split(sep);
  const packages = parts.lastIndexOf('node_modules');
  if (packages >= 0) return parts.slice(packages).join('/');
  const source = parts.lastIndexOf('src');
  return source > 0 ? `@aico/${parts.slice(source - 1).join('/')}` : `other/${parts.at(-1)}`;
}
