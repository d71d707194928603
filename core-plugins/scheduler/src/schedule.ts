import type { ScheduleDue, ScheduleEntry } from '@aico/sdk';
import type { Timing } from './timing.ts';

/** What is kept of a schedule. Times in ms since 1970. */
export interface KeptSchedule {
  readonly plugin: string;
  readonly name: string;
  readonly timing: Timing;
  readonly catchUp: 'once' | 'skip';
  /** JSON text. */
  readonly data: string | undefined;
  readonly setAt: number;
  readonly next: number;
  readonly last: number | undefined;
}

/** As its plugin sees it. */
export function entryOf({ name, timing, catchUp, data, next, last }: KeptSchedule): ScheduleEntry {
  return {
    name,
    ...timing,
    catchUp,
    ...(data === undefined ? {} : { data: JSON.parse(data) as unknown }),
    next: new Date(next).toISOString(),
    ...(last === undefined ? {} : { last: new Date(last).toISOString() }),
  };
}

/** What its plugin is handed when it is due. */
export function dueOf({ name, data, next }: KeptSchedule, late: boolean): ScheduleDue {
  const at = new Date(next).toISOString();
  return { name, at, late, ...(data === undefined ? {} : { data: JSON.parse(data) as unknown }) };
}
