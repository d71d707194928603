import { existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { writeFileAtomic } from '@aico/sdk/system';
import { copyDurably } from './copy-durably.ts';
import { logBytes } from './write-ahead-log.ts';

/** What a database consists of, by the ending of the names. */
const PARTS = ['', '-wal', '-seal'] as const;
/** Of these a copy consists. */
const SETTLED = ['', '-seal'] as const;
const COPY = 'copy.db';
const RETURNING = 'returning';

/**
 * A copy of a database, encrypted as it is, from before its migration: in a folder beside it until the plugin that migrated it
 * runs, or until the one before wants it back.
 */
export class RestorePoint {
  /** The last step that was applied in it. */
  readonly version: number;
  readonly #path: string;
  readonly #folder: string;

  private constructor(path: string, version: number) {
    this.#path = path;
    this.version = version;
    this.#folder = `${path}-before-${version}`;
  }

  /** The one that there is for a database. */
  static find(path: string): RestorePoint | undefined {
    const prefix = `${basename(path)}-before-`;
    const names = existsSync(dirname(path)) ? readdirSync(dirname(path)) : [];
    const versions = names.flatMap((name) => (name.startsWith(prefix) ? [Number(name.slice(prefix.length))] : []));
    const version = versions.find(Number.isSafeInteger);
    return version === undefined ? undefined : new RestorePoint(path, version);
  }

  /**
   * Copies a database that nobody writes to; it takes the place of an earlier copy.
   * @param settle moves the log of a copy into its file
   * @throws what the disk says
   */
  static async make(path: string, version: number, settle: (copy: string) => Promise<void>): Promise<RestorePoint> {
    RestorePoint.find(path)?.drop();
    const point = new RestorePoint(path, version);
    const unfinished = `${point.#folder}.new`;
    rmSync(unfinished, { recursive: true, force: true });
    try {
      await mkdir(unfinished, { mode: 0o700 });
      for (const part of PARTS)
        if (existsSync(path + part)) await copyDurably(path + part, join(unfinished, COPY + part));
      await settle(join(unfinished, COPY));
      renameSync(unfinished, point.#folder);
    } catch (error) {
      rmSync(unfinished, { recursive: true, force: true });
      throw error;
    }
    return point;
  }

  /** When it was made, ms since 1970. */
  get madeAt(): number {
    return statSync(join(this.#folder, COPY)).mtimeMs;
  }

  /** Whether it was being put back when something cut that short. */
  get isReturning(): boolean {
    return existsSync(join(this.#folder, RETURNING));
  }

  /**
   * Puts it in the place of the database, which must be closed, with an empty log. Cut short, it is to be done again before the
   * next opening. The file stays the same one: SQLite knows it by that as long as this process has not let go of it.
   */
  async putBack(): Promise<void> {
    writeFileAtomic(join(this.#folder, RETURNING), Buffer.of(1));
    if (logBytes(`${this.#path}-wal`) > 0) rmSync(`${this.#path}-wal`);
    for (const part of SETTLED) await copyDurably(join(this.#folder, COPY + part), this.#path + part);
    this.drop();
  }

  drop(): void {
    // What is half gone must not be taken for a whole one.
    const going = `${this.#folder}.new`;
    rmSync(going, { recursive: true, force: true });
    renameSync(this.#folder, going);
    rmSync(going, { recursive: true, force: true });
  }
}
