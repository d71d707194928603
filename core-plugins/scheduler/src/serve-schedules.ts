import { ClockWatch, clockTable, type PluginContext, readMigrations } from '@aico/sdk';
import { entryOf } from './schedule.ts';
import { ScheduleStore } from './schedule-store.ts';
import { FORGET_DAYS, Scheduler } from './scheduler.ts';

/** Longer than a plugin should take over a run; its handler goes on after that. */
const RUN_MS = 5 * 60_000;
/** So often it is looked how the clock goes: a jump is told from a time that passed by that alone. */
const LOOK_MS = 60 * 60_000;

/** Serves the schedules. Whose they are is what the kernel stamped on the request. */
export async function serveSchedules(ctx: PluginContext, now: () => number): Promise<void> {
  const { bus, log, storage } = ctx;
  await storage.migrate(readMigrations(ctx.assets));
  const clock = new ClockWatch({
    ...clockTable(storage),
    now,
    onWait: ({ believed }) =>
      log.warn('The clock is far from where it was: no schedule is forgotten for its age for now.', {
        seen: new Date(believed).toISOString(),
      }),
  });
  const lookAtClock = async (): Promise<void> => {
    await clock
      .believed([FORGET_DAYS])
      .catch((error: unknown) => log.warn('the clock was not looked at', { err: error }));
    ctx.setTimer(LOOK_MS, lookAtClock);
  };
  await lookAtClock();
  const scheduler = new Scheduler({
    now,
    log,
    clock,
    store: new ScheduleStore(storage),
    setTimer: (milliseconds, handler) => ctx.setTimer(milliseconds, handler),
    call: async (plugin, due) => {
      await bus.request(`plugin.${plugin}.schedule.due.v1`, due, { timeoutMs: RUN_MS });
    },
  });
  ctx.effect(() => () => scheduler.close());
  // What is set anew is compared with what was kept.
  await scheduler.load();
  await bus.subscribe('kernel.plugin.changed.v1', ({ data: { id, to } }) => {
    if (to === 'active') scheduler.welcome(id);
  });
  await bus.serve('schedule.set.v1', async ({ sender, data }) => entryOf(await scheduler.set(sender, data)));
  await bus.serve('schedule.cancel.v1', async ({ sender, data }) => ({
    cancelled: await scheduler.cancel(sender, data.name),
  }));
  await bus.serve('schedule.list.v1', ({ sender }) => ({ schedules: scheduler.of(sender).map(entryOf) }));
  await bus.serve('schedule.owner.list.v1', () => ({ plugins: scheduler.owners() }));
  await bus.serve('schedule.owner.erase.v1', async ({ data: { plugin } }) => {
    const own = scheduler.of(plugin);
    for (const { name } of own) await scheduler.cancel(plugin, name);
    return { cancelled: own.length };
  });
  scheduler.look();
}
