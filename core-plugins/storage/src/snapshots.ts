import { randomBytes } from 'node:crypto';
import { AicoError, isAicoError, type SnapshotBegun, type SnapshotRange } from '@aico/sdk';
import type { Databases } from './databases.ts';
import { PackedReader, type PieceMarks } from './packed/packed-reader.ts';

/** What a snapshot needs of the world. */
export interface SnapshotPowers {
  readonly databases: Databases;
  /** Keeps the files of blobs until its undo is called. */
  readonly holdBlobs: () => () => void;
  /** Calls back after some ms; returns its undo. */
  readonly after: (milliseconds: number, handler: () => void) => () => void;
}

/** The longest that nobody can write, unless whoever copies says that it goes on. */
const PAUSE_MS = 10_000;
/** The longest that files are held still, unless whoever copies says that it still copies. */
const HOLD_MS = 60_000;
/** Pieces that one message takes: 2 MiB and what base64 adds. */
const MOST_PIECES = 32;
const NOTHING = Promise.resolve(undefined);

interface Snapshot {
  readonly id: string;
  readonly held: Awaited<ReturnType<Databases['hold']>>;
  readonly releaseBlobs: () => void;
  readonly reader: PackedReader;
  stopTimer: () => void;
}

/**
 * Holds every database still for a copy: all are paused for a moment with everything moved into their files; then writing
 * goes on in their logs, and the files stay as they are until the end. One snapshot at a time.
 */
export class Snapshots {
  readonly #powers: SnapshotPowers;
  #snapshot: Snapshot | undefined;
  #beginning = false;

  constructor(powers: SnapshotPowers) {
    this.#powers = powers;
  }

  /** @throws AicoError STORAGE_LOCKED, STORAGE_BUSY */
  async begin(): Promise<SnapshotBegun> {
    if (this.#snapshot !== undefined || this.#beginning)
      throw new AicoError('STORAGE_BUSY', { subject: 'the snapshot' });
    this.#beginning = true;
    const id = randomBytes(8).toString('hex');
    // Before the databases: what one of them names at the moment of the snapshot is there until its end.
    const releaseBlobs = this.#powers.holdBlobs();
    const held = await this.#powers.databases
      .hold()
      .catch((error: unknown) => {
        releaseBlobs();
        throw error;
      })
      .finally(() => {
        this.#beginning = false;
      });
    const reader = new PackedReader((plugin) => this.#powers.databases.locate(plugin));
    this.#snapshot = { id, held, releaseBlobs, reader, stopTimer: () => {} };
    this.#endAfter(this.#snapshot, PAUSE_MS);
    const { plugins, failures } = held;
    const leftOut = failures.map(({ plugin, error }) => ({
      plugin,
      code: isAicoError(error) ? error.code : 'STORAGE_DAMAGED',
    }));
    return { snapshot: id, plugins: [...plugins], leftOut };
  }

  /** Lets writing go on. Whether the files are still as they were. */
  resume(id: string): boolean {
    const snapshot = this.#snapshot;
    if (snapshot?.id !== id) return false;
    snapshot.held.resume();
    this.#endAfter(snapshot, HOLD_MS);
    return true;
  }

  /** What pieces of a database are known by; undefined when it is not held. */
  marks({ snapshot, plugin, from, count }: SnapshotRange): Promise<PieceMarks | undefined> {
    return this.#readerOf(snapshot, plugin)?.marks(plugin, from, count) ?? NOTHING;
  }

  /** Pieces of a database; undefined when it is not held. */
  read({ snapshot, plugin, from, count }: SnapshotRange): Promise<Buffer[] | undefined> {
    return this.#readerOf(snapshot, plugin)?.read(plugin, from, Math.min(count, MOST_PIECES)) ?? NOTHING;
  }

  /** Whether the files were as they were until now. */
  end(id: string | undefined = this.#snapshot?.id): boolean {
    const snapshot = this.#snapshot;
    if (snapshot === undefined || snapshot.id !== id) return false;
    this.#snapshot = undefined;
    snapshot.stopTimer();
    snapshot.reader.close();
    snapshot.held.release();
    snapshot.releaseBlobs();
    return true;
  }

  #readerOf(id: string, plugin: string): PackedReader | undefined {
    const snapshot = this.#snapshot;
    return snapshot?.id === id && snapshot.held.plugins.includes(plugin) ? snapshot.reader : undefined;
  }

  #endAfter(snapshot: Snapshot, milliseconds: number): void {
    snapshot.stopTimer();
    snapshot.stopTimer = this.#powers.after(milliseconds, () => this.end(snapshot.id));
  }
}
