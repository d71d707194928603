import type { PluginContext, ScheduleDue, ScheduleEntry } from '@aico/sdk';

type Schedule = PluginContext['schedule'];
type Timing = Parameters<Schedule['set']>[1];

/** What is handed back when it is time. */
interface Reminder {
  readonly text: string;
  readonly conversation: string;
}

export interface Kept {
  readonly number: number;
  readonly text: string;
  readonly next: Date;
  readonly again: boolean;
}

/** Reminders are schedules: nothing else is kept of them. */
export class Reminders {
  readonly #schedule: Schedule;

  constructor(schedule: Schedule) {
    this.#schedule = schedule;
  }

  /** The next one first. */
  async list(): Promise<readonly Kept[]> {
    return (await this.#schedule.list()).map(keptOf);
  }

  /** @throws AicoError SCHEDULE_TOO_MANY */
  async add(timing: Timing, reminder: Reminder): Promise<Kept> {
    const taken = new Set((await this.list()).map(({ number }) => number));
    let number = 1;
    while (taken.has(number)) number += 1;
    return keptOf(await this.#schedule.set(nameOf(number), timing, { data: reminder }));
  }

  /** What was dropped. */
  async drop(number: number): Promise<Kept | undefined> {
    const kept = (await this.list()).find((each) => each.number === number);
    return kept !== undefined && (await this.#schedule.cancel(nameOf(number))) ? kept : undefined;
  }
}

/** What to write where, when it is time. */
export function messageOf({ data, at, late }: ScheduleDue): Reminder {
  const { text, conversation } = data as Reminder;
  const missed = late ? ` (it was due at ${at.slice(0, 16).replace('T', ' ')} UTC, when AICO was off)` : '';
  return { conversation, text: `⏰ **${text}**${missed}` };
}

function nameOf(number: number): string {
  return `reminder-${number}`;
}

function keptOf({ name, data, next, cron }: ScheduleEntry): Kept {
  const { text } = data as Reminder;
  return { number: Number(name.split('-')[1]), text, next: new Date(next), again: cron !== undefined };
}
