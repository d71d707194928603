import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { AicoError, isAicoError } from '@aico/sdk';
import { Database } from './database.ts';
import { readGeneration } from './key-generation.ts';
import type { DatabaseLocation } from './open-database.ts';
import { unpackDatabase } from './packed/packed-file.ts';
import { RestorePoint } from './restore-point.ts';
import { type Rotation, rotateKey, settleRotation } from './rotate-key.ts';
import { logBytes } from './write-ahead-log.ts';

/** What the databases need of the world. */
export interface DatabasesPowers {
  readonly folder: string;
  /** The key of a plugin's database, 64 hex digits. @throws AicoError STORAGE_LOCKED */
  readonly keyOf: (plugin: string, generation: number) => Promise<string>;
  /** Milliseconds that only go forward. */
  readonly now: () => number;
  /** Told of a database that does not open. */
  readonly onFailure: (plugin: string, error: AicoError) => void;
  /** How long one may keep all others waiting, in ms; ten seconds when not given. */
  readonly patienceMs?: number;
}

interface Entry {
  /** Work on one database goes one after another; work on several goes side by side. */
  turn: Promise<unknown>;
  /** Work that only reads goes one after another too, beside that which changes. */
  readTurn: Promise<unknown>;
  database?: Database;
  usedAt: number;
  /** Why it did not open, told again for a while without trying. */
  failure?: { readonly error: AicoError; readonly until: number };
}

/** Databases that are held still. */
export interface HeldDatabases {
  /** Whose files are whole. */
  readonly plugins: readonly string[];
  /** Those that do not open. */
  readonly failures: readonly { readonly plugin: string; readonly error: unknown }[];
  /** Lets work go on, beside the files. */
  resume(): void;
  /** Lets the files change again. */
  release(): void;
}

const IDLE_MS = 10 * 60_000;
const SETTLED_MS = 30_000;
const FAILURE_MS = 10_000;
const PATIENCE_MS = 10_000;
/** So many times as long may it take to open all, while nobody waits for that. */
const OPENING = 4;
const INTERRUPT_EVERY_MS = 20;
const LASTING = new Set(['STORAGE_DAMAGED', 'STORAGE_KEY_WRONG']);

/** One database for each plugin: opened when it is used, closed when it is idle, when the vault locks, and at the end. */
export class Databases {
  readonly #powers: DatabasesPowers;
  readonly #entries = new Map<string, Entry>();

  constructor(powers: DatabasesPowers) {
    this.#powers = powers;
  }

  /** Works on a plugin's database, after all work that was asked for before. */
  use<Result>(plugin: string, work: (database: Database) => Promise<Result>): Promise<Result> {
    return this.#inTurn(this.#entryOf(plugin), (entry) => this.#work(plugin, entry, work));
  }

  /** Reads a plugin's database, after all reading that was asked for before; it waits for no change. */
  async read<Result>(plugin: string, work: (database: Database) => Promise<Result>): Promise<Result> {
    const entry = this.#entryOf(plugin);
    for (;;) {
      if (entry.database === undefined) await this.use(plugin, async () => undefined);
      const reading = entry.readTurn.then(async () =>
        // It may have been closed while this waited.
        entry.database === undefined ? undefined : { result: await this.#work(plugin, entry, work) },
      );
      entry.readTurn = reading.catch(() => undefined);
      const done = await reading;
      if (done !== undefined) return done.result;
    }
  }

  async #work<Result>(plugin: string, entry: Entry, work: (database: Database) => Promise<Result>): Promise<Result> {
    entry.database ??= await this.#open(plugin, entry);
    const { database } = entry;
    try {
      return await work(database);
    } catch (error) {
      if (isAicoError(error, 'STORAGE_DAMAGED') && entry.database === database) {
        database.abandon();
        delete entry.database;
      }
      throw error;
    } finally {
      entry.usedAt = this.#powers.now();
    }
  }

  /** Those that there are. */
  plugins(): string[] {
    return this.#files().sort();
  }

  /** Where a plugin's database lies, and its key. @throws AicoError STORAGE_LOCKED */
  locate(plugin: string): Promise<DatabaseLocation> {
    return this.#locate(plugin);
  }

  /** Looks through all of a database, beside everything else; false when something had to come first. @throws AicoError STORAGE_DAMAGED */
  async check(plugin: string): Promise<boolean> {
    const database = await this.use(plugin, async (own) => own);
    return database.check();
  }

  /** The copy from before the last migration, while it is kept. */
  restorePoint(plugin: string): RestorePoint | undefined {
    return RestorePoint.find(this.#pathOf(plugin));
  }

  /** Lets go of the copy from before the last migration. */
  confirm(plugin: string): Promise<void> {
    return this.#inTurn(this.#entryOf(plugin), async () => this.restorePoint(plugin)?.drop());
  }

  /** Which of its plugin's keys a database is under. */
  generationOf(plugin: string): number {
    return readGeneration(`${this.#pathOf(plugin)}-seal`);
  }

  /** Puts the copy from before the last migration in the place of a database, and tells which it was, if there was one. */
  putBack(plugin: string): Promise<RestorePoint | undefined> {
    return this.#inTurn(this.#entryOf(plugin), async (entry) => {
      const point = this.restorePoint(plugin);
      if (point === undefined) return undefined;
      if (entry.database?.isHeld === true) throw new AicoError('STORAGE_BUSY', { subject: plugin });
      await close(entry);
      // A log that could not be moved still belongs to the connection.
      if (logBytes(`${this.#pathOf(plugin)}-wal`) > 0) throw new AicoError('STORAGE_BUSY', { subject: plugin });
      await point.putBack();
      return point;
    });
  }

  /**
   * Pauses all work at one moment, with everything in the files, and keeps these as they are. Whoever waits for that waits no longer
   * than for the patience that there is: then it is given up.
   * @throws AicoError STORAGE_LOCKED, STORAGE_BUSY
   */
  async hold(): Promise<HeldDatabases> {
    const plugins = this.plugins();
    await this.#prepare(plugins);
    const paused = Promise.withResolvers<void>();
    const tooLate = AbortSignal.timeout(this.#patienceMs);
    const held: Database[] = [];
    const stopped = plugins.map((plugin) => {
      const still = Promise.withResolvers<void>();
      const work = this.use(plugin, async (database) => {
        if (tooLate.aborted) return;
        const moved = await whileNobodyReads(this.#entryOf(plugin), () => database.checkpoint());
        if (!moved || tooLate.aborted) throw new AicoError('STORAGE_BUSY', { subject: plugin });
        database.hold();
        held.push(database);
        still.resolve();
        await paused.promise;
      });
      work.catch(still.reject);
      tooLate.addEventListener('abort', () => still.reject(new AicoError('STORAGE_BUSY', { subject: plugin })));
      return still.promise;
    });
    const release = (): void => {
      paused.resolve();
      for (const database of held) database.release();
    };
    const outcomes = await Promise.allSettled(stopped);
    const failures = outcomes.flatMap((outcome, at) =>
      outcome.status === 'rejected' ? [{ plugin: plugins[at] ?? '', error: outcome.reason as unknown }] : [],
    );
    const passing = failures.find(({ error }) => !isAicoError(error) || !LASTING.has(error.code));
    if (passing !== undefined) {
      release();
      throw passing.error;
    }
    const failed = new Set(failures.map(({ plugin }) => plugin));
    return { plugins: plugins.filter((plugin) => !failed.has(plugin)), failures, resume: paused.resolve, release };
  }

  /**
   * Removes a plugin's database with all that lies beside it, also one that does not open; with the logs and the copy from before a
   * migration. How many bytes they were.
   * @throws AicoError STORAGE_BUSY while it is copied
   */
  erase(plugin: string): Promise<number> {
    return this.#inTurn(this.#entryOf(plugin), async (entry) => {
      if (entry.database?.isHeld === true) throw new AicoError('STORAGE_BUSY', { subject: plugin });
      await close(entry);
      const { folder } = this.#powers;
      const own = existsSync(folder) ? readdirSync(folder).filter((name) => name.startsWith(`${plugin}.db`)) : [];
      let bytes = 0;
      // The database itself first: without it, the others say nothing.
      for (const path of own.sort().map((name) => join(folder, name))) {
        bytes += statSync(path).size;
        rmSync(path, { recursive: true, force: true });
      }
      return bytes;
    });
  }

  /**
   * Encrypts a plugin's database anew, under the next of its keys; work on it waits meanwhile.
   * @param signal ends it before it began, while others are at the database
   * @throws AicoError STORAGE_LOCKED, STORAGE_BUSY, STORAGE_FULL, … with the database as it was
   */
  async rotate(
    plugin: string,
    { progress, signal }: Pick<Rotation, 'progress'> & { readonly signal?: AbortSignal } = {},
  ): Promise<{ generation: number; bytes: number }> {
    if (!this.#files().includes(plugin)) throw new AicoError('STORAGE_UNKNOWN', { subject: plugin });
    // What does not open is not touched.
    await this.use(plugin, (database) => database.checkpoint());
    return this.#inTurn(this.#entryOf(plugin), async (entry) => {
      signal?.throwIfAborted();
      if (entry.database?.isHeld === true) throw new AicoError('STORAGE_BUSY', { subject: plugin });
      await close(entry);
      const location = await this.#locate(plugin);
      const nextGeneration = location.generation + 1;
      const nextKey = await this.#powers.keyOf(plugin, nextGeneration);
      await rotateKey({ location, nextKey, nextGeneration, ...(progress !== undefined && { progress }) });
      return { generation: nextGeneration, bytes: statSync(location.path).size };
    });
  }

  /**
   * Empties the log of every database: what was deleted, and overwritten by that, is then in no file any more. Copies from before a
   * migration go, but for those that are still wanted.
   * @returns those whose log could not be emptied now, because somebody reads or copies
   */
  async settle(isWanted: (plugin: string) => boolean): Promise<{ settled: number; waiting: string[] }> {
    const plugins = this.plugins();
    const settled = await Promise.all(
      plugins.map((plugin) =>
        this.use(plugin, (database) =>
          whileNobodyReads(this.#entryOf(plugin), async () => {
            if (!isWanted(plugin)) this.restorePoint(plugin)?.drop();
            return database.checkpoint();
          }),
        ).catch((error: unknown) => {
          // What does not open holds nothing that could be wiped without its key; it is told elsewhere.
          if (isAicoError(error) && LASTING.has(error.code)) return true;
          throw error;
        }),
      ),
    );
    const waiting = plugins.filter((_, at) => settled[at] !== true);
    return { settled: plugins.length - waiting.length, waiting };
  }

  /**
   * Closes every database after the work that was asked for; what takes too long is interrupted. The next use opens it again, if it
   * may. How many there were.
   */
  async closeAll(): Promise<number> {
    const entries = [...this.#entries.values()];
    const hurry = (): void => {
      for (const { database } of entries) database?.interrupt();
    };
    // Again and again: between two statements an interruption is not heard.
    let again: NodeJS.Timeout | undefined;
    const patience = setTimeout(() => {
      again = setInterval(hurry, INTERRUPT_EVERY_MS);
    }, this.#patienceMs);
    try {
      const closed = await Promise.all(entries.map((entry) => this.#inTurn(entry, close)));
      return closed.filter(Boolean).length;
    } finally {
      clearTimeout(patience);
      clearInterval(again);
    }
  }

  /** To be called now and then: moves settled changes into the files, and closes what is idle. */
  async tidy(): Promise<void> {
    const now = this.#powers.now();
    const idle = [...this.#entries.values()].filter(({ usedAt }) => now - usedAt >= SETTLED_MS);
    await Promise.all(
      idle.map((entry) =>
        this.#inTurn(entry, async () => {
          if (now - entry.usedAt >= IDLE_MS && entry.database?.isHeld !== true) await close(entry);
          else await entry.database?.checkpoint().catch(() => false);
        }),
      ),
    );
  }

  /** Opens databases, which reads all of their files, and empties their logs: then it takes little to hold them. */
  async #prepare(plugins: readonly string[]): Promise<void> {
    const ready = plugins.map((plugin) => this.use(plugin, (database) => database.checkpoint()).catch(() => false));
    await Promise.race([Promise.all(ready), delay(this.#patienceMs * OPENING, undefined, { ref: false })]);
  }

  async #open(plugin: string, entry: Entry): Promise<Database> {
    const now = this.#powers.now();
    if (entry.failure && now < entry.failure.until) throw entry.failure.error;
    delete entry.failure;
    try {
      const path = this.#pathOf(plugin);
      settleRotation(path);
      const point = RestorePoint.find(path);
      if (point?.isReturning === true) await point.putBack();
      const location = await this.#locate(plugin);
      await unpackDatabase(location);
      return await Database.open(location);
    } catch (error) {
      if (isAicoError(error) && LASTING.has(error.code)) {
        entry.failure = { error, until: now + FAILURE_MS };
        this.#powers.onFailure(plugin, error);
      }
      throw error;
    }
  }

  get #patienceMs(): number {
    return this.#powers.patienceMs ?? PATIENCE_MS;
  }

  #pathOf(plugin: string): string {
    return join(this.#powers.folder, `${plugin}.db`);
  }

  async #locate(plugin: string): Promise<DatabaseLocation & { readonly generation: number }> {
    const path = this.#pathOf(plugin);
    settleRotation(path);
    const generation = readGeneration(`${path}-seal`);
    return { plugin, path, generation, key: await this.#powers.keyOf(plugin, generation) };
  }

  #files(): string[] {
    const { folder } = this.#powers;
    const names = existsSync(folder) ? readdirSync(folder) : [];
    // One that a backup gave back may be packed yet.
    return [...new Set(names.flatMap((name) => /^([a-z][a-z0-9-]*)\.db(-packed)?$/.exec(name)?.[1] ?? []))];
  }

  #entryOf(plugin: string): Entry {
    if (!/^[a-z][a-z0-9-]*$/.test(plugin)) throw new AicoError('STORAGE_LOCKED', { subject: plugin });
    const known = this.#entries.get(plugin);
    if (known) return known;
    const entry: Entry = { turn: Promise.resolve(), readTurn: Promise.resolve(), usedAt: this.#powers.now() };
    this.#entries.set(plugin, entry);
    return entry;
  }

  #inTurn<Result>(entry: Entry, work: (entry: Entry) => Promise<Result>): Promise<Result> {
    const result = entry.turn.then(() => work(entry));
    entry.turn = result.catch(() => undefined);
    return result;
  }
}

/** Whether there was one to close. */
function close(entry: Entry): Promise<boolean> {
  return whileNobodyReads(entry, async () => {
    const { database } = entry;
    delete entry.database;
    delete entry.failure;
    await database?.close();
    return database !== undefined;
  });
}

/** Lets reading that was asked for end, and what is asked for later wait. To be called in the turn of changes. */
async function whileNobodyReads<Result>(entry: Entry, work: () => Promise<Result>): Promise<Result> {
  const before = entry.readTurn;
  const done = Promise.withResolvers<void>();
  entry.readTurn = before.then(() => done.promise);
  await Promise.all([before, entry.database?.stopCheck()]);
  try {
    return await work();
  } finally {
    done.resolve();
  }
}
