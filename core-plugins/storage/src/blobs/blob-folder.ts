import { existsSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AicoError, type BlobInfo } from '@aico/sdk';
import { syncFolder } from '@aico/sdk/system';
import { readSize } from './chunk-table.ts';
import { readAt } from './read-at.ts';

const BLOB = '.blob';
const DELETED = '.deleted';
const UNFINISHED = '.tmp';

/** Where blobs lie: a folder for each plugin, in it a file for each blob, named by its id. */
export class BlobFolder {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  pathOf(plugin: string, id: string): string {
    return join(this.#of(plugin), id + BLOB);
  }

  /** A place for a blob that is being written; its folder is there then. */
  async placeFor(plugin: string, name: string): Promise<string> {
    await mkdir(this.#of(plugin), { recursive: true, mode: 0o700 });
    return join(this.#of(plugin), name + UNFINISHED);
  }

  /** Puts a whole file in place under its id; durable when it resolves. */
  async keep(plugin: string, id: string, path: string): Promise<void> {
    await rename(path, this.pathOf(plugin, id));
    await rm(this.#markOf(plugin, id), { force: true });
    syncFolder(this.#of(plugin));
  }

  /** Puts another file with the same content in the place of a blob, unless that is gone meanwhile. Whether it did. */
  replace(plugin: string, id: string, path: string): boolean {
    if (!existsSync(this.pathOf(plugin, id)) || existsSync(this.#markOf(plugin, id))) return false;
    renameSync(path, this.pathOf(plugin, id));
    syncFolder(this.#of(plugin));
    return true;
  }

  /** Plugins that may have blobs. */
  plugins(): string[] {
    return namesAt(this.#folder).filter((name) => idsOf(namesAt(this.#of(name)), BLOB).length > 0);
  }

  /** Blobs of a plugin in the order of their ids, from behind one on. */
  async list(plugin: string, after = ''): Promise<string[]> {
    const names = await namesIn(this.#of(plugin));
    const deleted = new Set(idsOf(names, DELETED));
    return idsOf(names, BLOB)
      .filter((id) => id > after && !deleted.has(id))
      .sort();
  }

  /** A blob as its file says; undefined when there is none. */
  async find(plugin: string, id: string): Promise<BlobInfo | undefined> {
    if (existsSync(this.#markOf(plugin, id))) return undefined;
    const file = await open(this.pathOf(plugin, id), 'r').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
    if (file === undefined) return undefined;
    try {
      const { size: fileBytes } = await file.stat();
      return { id, size: await readSize((position, length) => readAt(file, position, length), fileBytes) };
    } finally {
      await file.close();
    }
  }

  /** Bytes of all files of a plugin's blobs. */
  async bytesOf(plugin: string): Promise<number> {
    const ids = await this.list(plugin);
    const sizes = await Promise.all(ids.map((id) => stat(this.pathOf(plugin, id)).catch(() => undefined)));
    return sizes.reduce((sum, each) => sum + (each?.size ?? 0), 0);
  }

  async remove(plugin: string, id: string): Promise<void> {
    await rm(this.pathOf(plugin, id), { force: true });
    syncFolder(this.#of(plugin));
  }

  /** It is gone for its plugin, and its file goes with `settle`. */
  mark(plugin: string, id: string): void {
    writeFileSync(this.#markOf(plugin, id), '', { mode: 0o600 });
    syncFolder(this.#of(plugin));
  }

  /** Removes what was marked. @param unfinished also what a process that is gone was writing */
  settle(unfinished = false): void {
    for (const plugin of namesAt(this.#folder)) {
      const names = namesAt(this.#of(plugin));
      for (const id of idsOf(names, DELETED)) {
        rmSync(this.pathOf(plugin, id), { force: true });
        rmSync(this.#markOf(plugin, id), { force: true });
      }
      if (!unfinished) continue;
      for (const name of idsOf(names, UNFINISHED)) rmSync(join(this.#of(plugin), name + UNFINISHED), { force: true });
    }
  }

  #markOf(plugin: string, id: string): string {
    return join(this.#of(plugin), id + DELETED);
  }

  #of(plugin: string): string {
    // The kernel stamps it; all the same no id leads elsewhere.
    if (!/^[a-z][a-z0-9-]*$/.test(plugin)) throw new AicoError('STORAGE_LOCKED', { subject: plugin });
    return join(this.#folder, plugin);
  }
}

function idsOf(names: readonly string[], suffix: string): string[] {
  return names.flatMap((name) => (name.endsWith(suffix) ? [name.slice(0, -suffix.length)] : []));
}

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
}

function namesAt(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
