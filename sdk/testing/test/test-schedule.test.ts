import { definePlugin, type Manifest, type PluginContext, type ScheduleDue } from '@aico/sdk';
import { createTestKernel, serveSchedule, type TestKernel } from '@aico/sdk-testing';
import { expect, test } from 'vitest';

const manifest: Manifest = {
  id: 'egg',
  name: 'Egg',
  version: '1.0.0',
  description: 'Rings.',
  author: 'A tester',
  tier: 'isolated',
  main: 'index.js',
  engines: { aico: '*' },
  permissions: [
    { verb: 'serve', topic: 'plugin.egg.schedule.due.v1', reason: 'to be called' },
    { verb: 'request', topic: 'schedule.set.v1', reason: 'to ask for that' },
    { verb: 'request', topic: 'schedule.list.v1', reason: 'to know when' },
  ],
};
const MINUTE_MS = 60_000;

async function load(kernel: TestKernel, onDue: (due: ScheduleDue, ctx: PluginContext) => unknown) {
  const definition = definePlugin({
    activate: async (ctx) => void (await ctx.schedule.onDue(async (due) => void (await onDue(due, ctx)))),
  });
  return (await kernel.load({ manifest, definition })).schedule;
}

test('time passes as a test says, and everything due meanwhile is handled before it goes on [PLG-9]', async () => {
  await using kernel = await createTestKernel();
  const time = await serveSchedule(kernel);
  const rung: string[] = [];
  const schedule = await load(kernel, ({ name, at, late, data }) =>
    rung.push([name, at.slice(11, 16), late, data, time.now().toISOString().slice(11, 16)].join(' ')),
  );
  await schedule.set('soft', { at: new Date(time.now().getTime() + 4 * MINUTE_MS) }, { data: 'S' });
  await schedule.set('turn', { everySeconds: 180 });
  await schedule.set('turn', { everySeconds: 180 });
  await schedule.set('noon', { cron: '0 12 * * *', timeZone: 'Europe/Oslo' });
  await time.advance(7 * MINUTE_MS);
  expect(rung).toEqual(['turn 09:03 false  09:03', 'soft 09:04 false S 09:04', 'turn 09:06 false  09:06']);
  expect((await schedule.list()).map(({ name, next }) => [name, next.slice(11, 16)])).toEqual([
    ['turn', '09:09'],
    ['noon', '11:00'],
  ]);
});

test('what was missed is caught up with once, or skipped, as it was set [PLG-9]', async () => {
  await using kernel = await createTestKernel();
  const time = await serveSchedule(kernel);
  const rung: string[] = [];
  const schedule = await load(kernel, ({ name, late }) => rung.push(`${name} ${late}`));
  await schedule.set('caught', { everySeconds: 60 });
  await schedule.set('skipped', { everySeconds: 60 }, { catchUp: 'skip' });
  await time.sleep(10 * MINUTE_MS + 30_000);
  expect(rung).toEqual(['caught true']);
});

test('a handler that fails has had its run, and one may set its schedule anew [PLG-9]', async () => {
  await using kernel = await createTestKernel();
  const time = await serveSchedule(kernel);
  let rung = 0;
  const schedule = await load(kernel, async ({ name }, ctx) => {
    rung += 1;
    if (rung === 1) await ctx.schedule.set(name, { at: new Date(time.now().getTime() + MINUTE_MS) });
    throw new Error('no');
  });
  await schedule.set('snooze', { at: time.now() });
  await time.advance(10 * MINUTE_MS);
  expect([rung, await schedule.list()]).toEqual([2, []]);
  await expect(schedule.set('bad', { cron: 'a b c d e' })).rejects.toMatchObject({ code: 'SCHEDULE_INVALID' });
});
