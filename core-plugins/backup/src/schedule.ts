import { AicoError, type BackupProgress, type BackupStatus, isAicoError } from '@aico/sdk';
import type { Backups } from './backups.ts';

/** What the schedule needs of the world. */
export interface SchedulePowers {
  readonly backups: Backups;
  readonly isWanted: () => boolean;
  /** Whether the vault is open. */
  readonly isOpen: () => boolean;
  readonly now: () => number;
  readonly signal: () => AbortSignal;
  readonly onFailure: (error: AicoError) => void;
}

const DAY_MS = 24 * 60 * 60 * 1000;
/** After a failure: disks come back. */
const RETRY_MS = 60 * 60 * 1000;
/** What waits for nobody still has to be told its progress. */
const NOBODY = async (_: BackupProgress): Promise<void> => {};

/** Makes a backup a day, and removes what is too old. */
export class Schedule {
  readonly #powers: SchedulePowers;
  #last: number | undefined;
  #failed: NonNullable<BackupStatus['failed']> | undefined;

  constructor(powers: SchedulePowers) {
    this.#powers = powers;
  }

  /** What came of the last try, if it failed. */
  get failed(): BackupStatus['failed'] {
    return this.#failed;
  }

  /** When the next backup is due, ms since 1970; undefined when none is. */
  get nextAt(): number | undefined {
    const { isWanted, now } = this.#powers;
    if (!isWanted()) return undefined;
    const [since, wait] = this.#failed ? [Date.parse(this.#failed.at), RETRY_MS] : [this.#last, DAY_MS];
    // A time that is still to come was told by a clock that went wrong: nothing waits for it.
    return since === undefined || since > now() ? now() : since + wait;
  }

  /** Notes a backup that was made. */
  made(createdAt: string): void {
    this.#last = Date.parse(createdAt);
    this.#failed = undefined;
  }

  /** To be called now and then: makes a backup when it is due. */
  async look(): Promise<void> {
    const { backups, isOpen, now, signal, isWanted } = this.#powers;
    if (!isWanted() || !isOpen() || backups.running !== undefined || (this.nextAt ?? 0) > now()) return;
    try {
      const newest = (await backups.list()).backups.find(({ createdAt }) => Date.parse(createdAt) <= now());
      if (newest !== undefined) this.made(newest.createdAt);
      if ((this.nextAt ?? 0) > now()) return;
      this.made((await backups.create({ progress: NOBODY, signal: signal() })).createdAt);
      await backups.prune();
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    const { now, onFailure, isOpen } = this.#powers;
    // A vault that is locked meanwhile is no failure.
    if (!isOpen()) return;
    const problem = isAicoError(error)
      ? error
      : new AicoError('BACKUP_INTERRUPTED', { subject: 'backup', details: { problem: String(error) }, cause: error });
    const { code, message, fix } = problem;
    this.#failed = { at: new Date(now()).toISOString(), code, message, fix };
    onFailure(problem);
  }
}
