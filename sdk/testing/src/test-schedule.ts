import type { ScheduleEntry, ScheduleSet } from '@aico/schemas';
import { AicoError } from '@aico/schemas';
import type { PluginContext } from '@aico/sdk';
import { Cron } from 'croner';
import type { TestKernel } from './test-kernel.ts';

/** The time of a test: it stands still until it is moved on. */
export interface TestSchedule {
  /** What time it is. */
  now(): Date;
  /** Lets time pass; resolves when everything that was due meanwhile was handled, in its order. */
  advance(milliseconds: number): Promise<void>;
  /** Lets time pass as if AICO had been off: what was missed is caught up with once, or skipped, as it was set. */
  sleep(milliseconds: number): Promise<void>;
}

interface Kept {
  readonly plugin: string;
  readonly entry: ScheduleEntry;
  readonly setAt: number;
}

const TOPICS = ['schedule.set.v1', 'schedule.cancel.v1', 'schedule.list.v1'] as const;
const MOST = 64;
const FIRST = '2026-11-23T09:00:00.000Z';

/** Serves `ctx.schedule` for the plugins of a test, by a clock that the test moves on. It begins on a Monday at nine, UTC. */
export async function serveSchedule(kernel: TestKernel, start: Date = new Date(FIRST)): Promise<TestSchedule> {
  let now = start.getTime();
  const schedules = new Map<string, Kept>();
  const { bus } = await kernel.peer({
    id: 'scheduler',
    permissions: [
      ...TOPICS.map((topic) => ({ verb: 'serve', topic }) as const),
      { verb: 'request', topic: 'plugin.*.schedule.due.v1' },
    ],
  });
  const inOrder = (): [string, Kept][] =>
    [...schedules].sort(([, one], [, other]) => Date.parse(one.entry.next) - Date.parse(other.entry.next));

  await bus.serve('schedule.set.v1', ({ sender, data }) => {
    const { catchUp = 'once', ...rest } = data;
    const key = `${sender} ${data.name}`;
    const before = schedules.get(key)?.entry;
    const own = [...schedules.values()].filter(({ plugin }) => plugin === sender);
    if (before === undefined && own.length >= MOST)
      throw new AicoError('SCHEDULE_TOO_MANY', { subject: sender, details: { limit: MOST } });
    const isSame = before !== undefined && timingOf(before) === timingOf(data);
    const next = isSame ? Date.parse(before.next) : (nextOf(data, now, now) ?? now);
    const entry = { ...rest, catchUp, next: new Date(next).toISOString() };
    schedules.set(key, { plugin: sender, entry, setAt: now });
    return entry;
  });
  await bus.serve('schedule.cancel.v1', ({ sender, data }) => ({
    cancelled: schedules.delete(`${sender} ${data.name}`),
  }));
  await bus.serve('schedule.list.v1', ({ sender }) => ({
    schedules: inOrder().flatMap(([, { plugin, entry }]) => (plugin === sender ? [entry] : [])),
  }));

  const handOver = async (key: string, kept: Kept, late: boolean): Promise<void> => {
    const { plugin, entry, setAt } = kept;
    const { name, next: at, catchUp, data } = entry;
    if (!late || catchUp === 'once')
      await call(bus, plugin, { name, at, late, ...(data === undefined ? {} : { data }) });
    if (schedules.get(key) !== kept) return;
    const next = entry.at === undefined ? nextOf(entry, setAt, now) : undefined;
    if (next === undefined) schedules.delete(key);
    else schedules.set(key, { plugin, setAt, entry: { ...entry, next: new Date(next).toISOString(), last: at } });
  };
  const pass = async (until: number, late: boolean): Promise<void> => {
    for (;;) {
      const [first] = inOrder();
      if (first === undefined || Date.parse(first[1].entry.next) > until) break;
      now = late ? until : Math.max(now, Date.parse(first[1].entry.next));
      await handOver(...first, late);
    }
    now = until;
  };
  return {
    now: () => new Date(now),
    advance: (milliseconds) => pass(now + milliseconds, false),
    sleep: (milliseconds) => pass(now + milliseconds, true),
  };
}

function timingOf({ at, everySeconds, cron, timeZone }: ScheduleSet): string {
  return JSON.stringify([at, everySeconds, cron, timeZone]);
}

/** The first time, at or after `setAt` for what is due once, and after `after` else; ms since 1970. @throws AicoError */
function nextOf(timing: ScheduleSet, setAt: number, after: number): number | undefined {
  const { name, at, everySeconds, cron, timeZone } = timing;
  if (at !== undefined) return Math.max(Date.parse(at), setAt);
  if (everySeconds !== undefined) {
    const period = everySeconds * 1000;
    return setAt + (Math.floor((after - setAt) / period) + 1) * period;
  }
  try {
    const options = { paused: true, mode: '5-part', timezone: timeZone ?? 'UTC' } as const;
    return new Cron(cron ?? '', options).nextRun(new Date(after))?.getTime();
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw new AicoError('SCHEDULE_INVALID', { subject: name, details: { problem } });
  }
}

/** A handler that fails has had its run, as in the product. */
async function call(
  bus: PluginContext['bus'],
  plugin: string,
  due: { readonly name: string; readonly at: string; readonly late: boolean; readonly data?: unknown },
): Promise<void> {
  await bus.request(`plugin.${plugin}.schedule.due.v1`, due).catch(() => undefined);
}
