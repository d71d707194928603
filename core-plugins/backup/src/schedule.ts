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
/** A tidying that failed is tried again after so long, twice as long each time, at most as long as a backup. */
const FIRST_PRUNE_WAIT_MS = 5 * 60 * 1000;
/** What waits for nobody still has to be told its progress. */
const NOBODY = async (_: BackupProgress): Promise<void> => {};

type Failure = NonNullable<BackupStatus['failed']>;

/** Makes a backup a day, and removes what is too old. */
export class Schedule {
  readonly #powers: SchedulePowers;
  #last: number | undefined;
  #failed: Failure | undefined;
  /** What is too old was not removed after the last backup: since when, how often it was tried, and what kept it from it. */
  #unpruned: { readonly since: number; readonly tries: number; readonly failed: Failure | undefined } | undefined;

  constructor(powers: SchedulePowers) {
    this.#powers = powers;
  }

  /** What came of the last try, if it failed. */
  get failed(): BackupStatus['failed'] {
    return this.#failed ?? this.#unpruned?.failed;
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
    if (!isWanted() || !isOpen() || backups.running !== undefined) return;
    if ((this.nextAt ?? 0) > now()) {
      if ((this.#pruneAt ?? Number.POSITIVE_INFINITY) <= now()) await this.#prune();
      return;
    }
    try {
      const found = (await backups.list()).backups;
      // Another's holds what that one has.
      const newest = found.find((each) => each.elsewhere !== true && Date.parse(each.createdAt) <= now());
      if (newest !== undefined) this.made(newest.createdAt);
      if ((this.nextAt ?? 0) > now()) return;
      this.made((await backups.create({ progress: NOBODY, signal: signal() })).createdAt);
    } catch (error) {
      this.#failed = this.#tell(error) ?? this.#failed;
      return;
    }
    await this.#prune();
  }

  /** Notes that what is too old is removed. */
  pruned(): void {
    this.#unpruned = undefined;
  }

  /** A backup that was made stays made, whatever becomes of those before. */
  async #prune(): Promise<void> {
    const { backups, now } = this.#powers;
    try {
      await backups.prune();
      this.pruned();
    } catch (error) {
      const { tries = 0, failed } = this.#unpruned ?? {};
      this.#unpruned = { since: now(), tries: tries + 1, failed: this.#tell(error) ?? failed };
    }
  }

  get #pruneAt(): number | undefined {
    if (this.#unpruned === undefined) return undefined;
    const { since, tries } = this.#unpruned;
    // As with a backup, nothing waits for a clock that went wrong.
    return since > this.#powers.now() ? 0 : since + Math.min(RETRY_MS, FIRST_PRUNE_WAIT_MS * 2 ** (tries - 1));
  }

  /** Tells what went wrong; undefined when that is a vault that was locked meanwhile, which is no failure. */
  #tell(error: unknown): Failure | undefined {
    const { now, onFailure, isOpen } = this.#powers;
    if (!isOpen()) return undefined;
    const problem = isAicoError(error)
      ? error
      : new AicoError('BACKUP_INTERRUPTED', { subject: 'backup', details: { problem: String(error) }, cause: error });
    const { code, message, fix } = problem;
    onFailure(problem);
    return { at: new Date(now()).toISOString(), code, message, fix };
  }
}
