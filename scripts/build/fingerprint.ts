import { createHash } from 'node:crypto';
import { type Dirent, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Folders that hold results, never sources. */
const NOT_SOURCES = new Set(['node_modules', 'dist', 'ui-dist', 'coverage', 'test', '.build', '.git']);

/** Fingerprints files and folders by content, so that a checkout or a touch without a change rebuilds nothing. */
export class Fingerprints {
  readonly #root: string;
  readonly #known = new Map<string, string>();

  constructor(root: string) {
    this.#root = root;
  }

  /** One fingerprint over all `paths` (relative to the root; a path that does not exist counts as absent). */
  of(paths: readonly string[]): string {
    const hash = createHash('sha256');
    for (const path of paths) hash.update(`${path}\0${this.#one(path)}\0`);
    return hash.digest('hex');
  }

  #one(path: string): string {
    const known = this.#known.get(path);
    if (known !== undefined) return known;
    const fingerprint = this.#compute(path);
    this.#known.set(path, fingerprint);
    return fingerprint;
  }

  #compute(path: string): string {
    const absolute = join(this.#root, path);
    if (!existsSync(absolute)) return 'absent';
    if (!statSync(absolute).isDirectory()) return createHash('sha256').update(readFileSync(absolute)).digest('hex');
    const entries = readdirSync(absolute, { withFileTypes: true }).filter(isSource);
    return this.of(entries.map((entry) => `${path}/${entry.name}`).sort());
  }
}

function isSource(entry: Dirent): boolean {
  return !(entry.isDirectory() && NOT_SOURCES.has(entry.name)) && !entry.isSymbolicLink();
}
