import type { MessageAdd, PluginContext, ScheduleDue, ScheduleEntry } from '@aico/sdk';

type Schedule = PluginContext['schedule'];

/** Once, or again and again. */
export type Timing = { readonly at: Date } | { readonly cron: string; readonly timeZone: string };

/** What is handed back when it is time. */
interface Reminder {
  readonly text: string;
  readonly conversation: string;
  /** When it was asked for. RFC 3339, UTC. */
  readonly made: string;
}

export interface Kept extends Reminder {
  readonly number: number;
  readonly next: Date;
  readonly timing: Timing;
}

/** Reminders are schedules: nothing else is kept of them. */
export class Reminders {
  readonly #schedule: Schedule;
  #adding: Promise<unknown> = Promise.resolve();

  constructor(schedule: Schedule) {
    this.#schedule = schedule;
  }

  /** The next one first. */
  async list(): Promise<readonly Kept[]> {
    return (await this.#schedule.list()).map(keptOf);
  }

  /** One after another, so that each takes a number that is free. @throws AicoError SCHEDULE_TOO_MANY */
  add(timing: Timing, reminder: Reminder): Promise<Kept> {
    const added = this.#adding.then(() => this.#add(timing, reminder));
    this.#adding = added.catch(() => undefined);
    return added;
  }

  /** What was dropped. */
  async drop(number: number): Promise<Kept | undefined> {
    const kept = (await this.list()).find((each) => each.number === number);
    return kept !== undefined && (await this.#schedule.cancel(nameOf(number))) ? kept : undefined;
  }

  async #add(timing: Timing, reminder: Reminder): Promise<Kept> {
    const taken = new Set((await this.list()).map(({ number }) => number));
    let number = 1;
    while (taken.has(number)) number += 1;
    return keptOf(await this.#schedule.set(nameOf(number), timing, { data: reminder }));
  }
}

/** What to write where, when it is time. */
export function messageOf({ data, at, late }: ScheduleDue): MessageAdd {
  const { text, conversation } = data as Reminder;
  const missed = late ? ` (it was due at ${at.slice(0, 16).replace('T', ' ')} UTC, when AICO was off)` : '';
  return { conversation, text: `⏰ **${text}**${missed}` };
}

export function isSameTiming(one: Timing, other: Timing): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function nameOf(number: number): string {
  return `reminder-${number}`;
}

function keptOf({ name, data, next, cron, timeZone = 'UTC' }: ScheduleEntry): Kept {
  const { text, conversation, made = next } = data as Omit<Reminder, 'made'> & Partial<Reminder>;
  const timing = cron === undefined ? { at: new Date(next) } : { cron, timeZone };
  return { number: Number(name.split('-')[1]), text, conversation, made, next: new Date(next), timing };
}
