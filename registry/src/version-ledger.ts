import { readFile } from 'node:fs/promises';
import { AicoError } from '@aico/schemas';
import semver from 'semver';
import { writeAtomically } from './write-atomically.ts';

/** Remembers the highest version of each plugin that was installed, so that an older one is noticed. */
export interface VersionLedger {
  highest(id: string): Promise<string | undefined>;
  /** Remembers a version, unless a higher one is remembered. */
  record(id: string, version: string): Promise<void>;
  forget(id: string): Promise<void>;
}

/** A ledger in a JSON file. A file that cannot be read stops every answer, rather than to forget what it held. */
export class FileVersionLedger implements VersionLedger {
  readonly #path: string;
  /** Changes wait for each other, so that none is lost. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(path: string) {
    this.#path = path;
  }

  async highest(id: string): Promise<string | undefined> {
    return (await this.#read()).get(id);
  }

  record(id: string, version: string): Promise<void> {
    return this.#change((versions) => {
      const highest = versions.get(id);
      if (highest === undefined || semver.gt(version, highest)) versions.set(id, version);
    });
  }

  forget(id: string): Promise<void> {
    return this.#change((versions) => void versions.delete(id));
  }

  #change(change: (versions: Map<string, string>) => void): Promise<void> {
    const changed = this.#last.then(async () => {
      const versions = await this.#read();
      change(versions);
      await this.#write(versions);
    });
    this.#last = changed.catch(() => undefined);
    return changed;
  }

  async #read(): Promise<Map<string, string>> {
    let text: string;
    try {
      text = await readFile(this.#path, 'utf8');
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return new Map();
      throw this.#invalid('it cannot be opened', cause);
    }
    try {
      const versions = Object.entries(JSON.parse(text).versions as Record<string, string>);
      if (versions.some(([, version]) => semver.valid(version) === null)) throw new Error('not a version');
      return new Map(versions);
    } catch (cause) {
      throw this.#invalid('it is damaged', cause);
    }
  }

  async #write(versions: ReadonlyMap<string, string>): Promise<void> {
    const sorted = [...versions].sort(([one], [other]) => (one < other ? -1 : 1));
    try {
      await writeAtomically(this.#path, `${JSON.stringify({ versions: Object.fromEntries(sorted) }, undefined, 2)}\n`);
    } catch (cause) {
      const problem = cause instanceof Error ? cause.message : String(cause);
      throw new AicoError('REGISTRY_STORE_FAILED', { subject: this.#path, details: { problem }, cause });
    }
  }

  #invalid(problem: string, cause: unknown): AicoError {
    return new AicoError('REGISTRY_LEDGER_INVALID', { subject: this.#path, details: { problem }, cause });
  }
}
