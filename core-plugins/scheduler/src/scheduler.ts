import {
  AicoError,
  type ClockWatch,
  isAicoError,
  type Log,
  type ScheduleDue,
  type ScheduleSet,
  type Undo,
} from '@aico/sdk';
import { dueOf, type KeptSchedule } from './schedule.ts';
import type { ScheduleStore } from './schedule-store.ts';
import { firstTime, isSameTiming, nextAfter, readTiming } from './timing.ts';

export const MOST_SCHEDULES = 64;
/** So much later than asked for, a run counts as missed. */
export const LATE_MS = 60_000;
/** The clock is looked at again after so long at most: it may be set, and a machine may sleep. */
export const LOOK_MS = 30_000;
/** A plugin that is not there is tried again when it comes, and after so long in any case. */
const AWAY_MS = 5 * 60_000;
const BUSY_MS = 10_000;
/** A plugin that goes away over a run so often is not given it again. */
const MOST_TRIES = 3;
/** What nobody could be given for so long is forgotten: its plugin is gone. */
export const FORGET_DAYS = 90;
const DAY_MS = 24 * 60 * 60_000;
/** But not before it was tried so often since the start: AICO may have been off all the while. */
const LEAST_TRIES = 12;
const MOST_DATA = 16_384;

export interface SchedulerPowers {
  /** ms since 1970, as the machine's clock tells it. */
  readonly now: () => number;
  readonly setTimer: (milliseconds: number, handler: () => void) => Undo;
  /** Nothing is forgotten for its age while it believes in no time. */
  readonly clock: Pick<ClockWatch, 'believed'>;
  readonly store: Pick<ScheduleStore, 'all' | 'put' | 'remove'>;
  /** Hands a plugin what is due; resolves when it has handled that. */
  readonly call: (plugin: string, due: ScheduleDue) => Promise<void>;
  readonly log: Pick<Log, 'warn' | 'error'>;
}

interface Running {
  kept: KeptSchedule;
  busy: boolean;
  /** Not before this, ms since 1970. */
  notBefore: number;
  tries: number;
  /** How often its plugin was not there. */
  missed: number;
}

/** Keeps the schedules of all plugins and hands each over when it is due: once at least, and never twice at a time. */
export class Scheduler {
  readonly #powers: SchedulerPowers;
  readonly #schedules = new Map<string, Running>();
  #timer: Undo | undefined;
  /** Later than any time at first: what was kept was kept by another clock. */
  #looked = Number.POSITIVE_INFINITY;
  #closed = false;

  constructor(powers: SchedulerPowers) {
    this.#powers = powers;
  }

  /** Reads what is kept. Nothing is handed over before the first `look`. */
  async load(): Promise<void> {
    for (const kept of await this.#powers.store.all()) this.#schedules.set(keyOf(kept.plugin, kept.name), begun(kept));
  }

  /** A schedule that is set again as it was goes on as it was. @throws AicoError SCHEDULE_… */
  async set(plugin: string, request: ScheduleSet): Promise<KeptSchedule> {
    const { name, catchUp = 'once' } = request;
    const now = this.#powers.now();
    const timing = readTiming(request, now);
    const data = request.data === undefined ? undefined : JSON.stringify(request.data);
    if (data !== undefined && data.length > MOST_DATA)
      throw invalid(name, `its data has more than ${MOST_DATA} characters`);
    const key = keyOf(plugin, name);
    const before = this.#schedules.get(key);
    if (before === undefined && this.of(plugin).length >= MOST_SCHEDULES)
      throw new AicoError('SCHEDULE_TOO_MANY', { subject: plugin, details: { limit: MOST_SCHEDULES } });
    if (before !== undefined && isSameTiming(before.kept.timing, timing)) {
      before.kept = { ...before.kept, catchUp, data };
      await this.#powers.store.put(before.kept);
      return before.kept;
    }
    const next = firstTime(timing, now) ?? now;
    const running = begun({ plugin, name, timing, catchUp, data, setAt: now, next, last: undefined });
    running.busy = true;
    // At once: the end of a run of the old one must not be written down over the new one.
    this.#schedules.set(key, running);
    try {
      await this.#powers.store.put(running.kept);
    } catch (error) {
      if (before === undefined) this.#schedules.delete(key);
      else this.#schedules.set(key, before);
      throw error;
    }
    running.busy = false;
    this.look();
    return running.kept;
  }

  async cancel(plugin: string, name: string): Promise<boolean> {
    const key = keyOf(plugin, name);
    const running = this.#schedules.get(key);
    if (running === undefined) return false;
    // At once: neither the end of its run nor its end on the disk may meet another that is set under its name meanwhile.
    this.#schedules.delete(key);
    try {
      await this.#powers.store.remove({ plugin, name });
    } catch (error) {
      if (!this.#schedules.has(key)) this.#schedules.set(key, running);
      this.look();
      throw error;
    }
    return true;
  }

  /** Those of a plugin, the next one first. */
  of(plugin: string): readonly KeptSchedule[] {
    const own = [...this.#schedules.values()].map(({ kept }) => kept).filter((kept) => kept.plugin === plugin);
    return own.sort((one, other) => one.next - other.next);
  }

  /** Plugins whose schedules carry something of theirs. */
  owners(): string[] {
    const carrying = [...this.#schedules.values()].filter(({ kept }) => kept.data !== undefined);
    return [...new Set(carrying.map(({ kept }) => kept.plugin))].sort();
  }

  /** A plugin runs now: what waited for it is handed over. */
  welcome(plugin: string): void {
    for (const running of this.#schedules.values()) if (running.kept.plugin === plugin) running.notBefore = 0;
    this.look();
  }

  /** Hands over what is due, and looks again when the next one is. */
  look(): void {
    if (this.#closed) return;
    const now = this.#powers.now();
    if (now < this.#looked) for (const running of this.#schedules.values()) followClock(running, now);
    this.#looked = now;
    let wake = Number.POSITIVE_INFINITY;
    for (const running of this.#schedules.values()) {
      if (running.busy) continue;
      const due = Math.max(running.kept.next, running.notBefore);
      if (due <= now) void this.#run(running, now);
      else wake = Math.min(wake, due);
    }
    void this.#timer?.();
    this.#timer = undefined;
    if (wake < Number.POSITIVE_INFINITY)
      this.#timer = this.#powers.setTimer(Math.min(wake - now, LOOK_MS), () => this.look());
  }

  /** Hands nothing over from here on. */
  close(): void {
    this.#closed = true;
  }

  async #run(running: Running, now: number): Promise<void> {
    const { kept } = running;
    running.busy = true;
    const late = now - kept.next > LATE_MS;
    try {
      if (!late || kept.catchUp === 'once') await this.#powers.call(kept.plugin, dueOf(kept, late));
      await this.#goOn(running, kept);
    } catch (error) {
      if (await this.#isPutOff(running, error)) return;
      this.#powers.log.warn('a plugin failed at what it had scheduled', { ...subjectOf(kept), reason: String(error) });
      await this.#goOn(running, kept, isAway(error));
    } finally {
      running.busy = false;
      this.look();
    }
  }

  /** Whether a run that did not arrive is tried again later. */
  async #isPutOff(running: Running, error: unknown): Promise<boolean> {
    const busy = isAicoError(error, 'KERNEL_SERVER_BUSY');
    const gone = isAicoError(error, 'KERNEL_SERVER_GONE');
    if (!busy && !gone && !isAway(error)) return false;
    const now = this.#powers.now();
    if (gone) running.tries += 1;
    else running.missed += 1;
    running.notBefore = now + (busy ? BUSY_MS : AWAY_MS);
    if (running.tries >= MOST_TRIES) return false;
    return running.missed < LEAST_TRIES || !(await this.#isForgotten(running.kept, now));
  }

  async #isForgotten({ next }: KeptSchedule, now: number): Promise<boolean> {
    if (now - next <= FORGET_DAYS * DAY_MS) return false;
    try {
      return (await this.#powers.clock.believed([FORGET_DAYS])) !== undefined;
    } catch {
      // What was seen of it cannot be read now: it is tried again.
      return false;
    }
  }

  /** It is done for this time: what is due once goes, the rest is due again unless it is over. */
  async #goOn(running: Running, done: KeptSchedule, isOver = false): Promise<void> {
    const { plugin, name, timing, setAt } = done;
    const key = keyOf(plugin, name);
    // It was cancelled or replaced while it ran.
    if (this.#schedules.get(key) !== running) return;
    const next = nextAfter(timing, setAt, Math.max(this.#powers.now(), done.next));
    Object.assign(running, { tries: 0, missed: 0, notBefore: 0 });
    try {
      if (next === undefined || 'at' in timing || isOver) {
        this.#schedules.delete(key);
        await this.#powers.store.remove(done);
      } else {
        running.kept = { ...running.kept, next, last: done.next };
        await this.#powers.store.put(running.kept);
      }
    } catch (error) {
      // It goes on in memory; after a restart this run may come again.
      this.#powers.log.error('a schedule could not be written down', { ...subjectOf(done), reason: String(error) });
    }
  }
}

function begun(kept: KeptSchedule): Running {
  return { kept, busy: false, notBefore: 0, tries: 0, missed: 0 };
}

/**
 * After the clock was set back, the next run lies farther away than it should; and a time of day is another moment where the machine
 * is now. A small step back, as of a clock that is corrected, does not bring again what was just run.
 */
function followClock(running: Running, now: number): void {
  const { timing, setAt, next, last = now } = running.kept;
  if ('at' in timing || next <= now) return;
  const nearest = nextAfter(timing, setAt, last - now <= LATE_MS ? Math.max(now, last) : now);
  if (nearest !== undefined && (nearest < next || 'cron' in timing)) running.kept = { ...running.kept, next: nearest };
}

function isAway(error: unknown): boolean {
  return isAicoError(error, 'KERNEL_NO_SERVER');
}

function keyOf(plugin: string, name: string): string {
  return `${plugin} ${name}`;
}

function subjectOf({ plugin, name }: KeptSchedule) {
  return { plugin, schedule: name };
}

function invalid(subject: string, problem: string): AicoError {
  return new AicoError('SCHEDULE_INVALID', { subject, details: { problem } });
}
