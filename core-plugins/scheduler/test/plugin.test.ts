import { readFileSync } from 'node:fs';
import { definePlugin, type Manifest, type Permission, type ScheduleDue } from '@aico/sdk';
import { createTestKernel, serveStorage, type TestKernel } from '@aico/sdk-testing';
import { expect, test, vi } from 'vitest';
import definition from '../src/index.ts';

const read = (path: string): Buffer => readFileSync(new URL(`../${path}`, import.meta.url));
const manifest = JSON.parse(read('plugin.json').toString()) as Manifest;
const MIGRATIONS = ['migrations/0001-schedules.sql', 'migrations/0002-clock.sql'];

const startScheduler = (kernel: TestKernel) =>
  kernel.load({ manifest, definition, assets: new Map(MIGRATIONS.map((path) => [path, read(path)])) });

/** A plugin that may schedule itself, and what it was handed. */
async function startUser(kernel: TestKernel, id: string, due: ScheduleDue[] = []) {
  const permission = (verb: Permission['verb'], topic: string): Permission => ({ verb, topic, reason: 'to be called' });
  const { schedule } = await kernel.load({
    manifest: {
      id,
      name: id,
      version: '1.0.0',
      description: 'Wants to be called.',
      author: 'A tester',
      tier: 'isolated',
      main: 'index.js',
      engines: { aico: '*' },
      permissions: [
        permission('serve', `plugin.${id}.schedule.due.v1`),
        ...['set', 'cancel', 'list'].map((verb) => permission('request', `schedule.${verb}.v1`)),
      ],
    },
    definition: definePlugin({ activate: async (ctx) => void (await ctx.schedule.onDue((one) => void due.push(one))) }),
  });
  return { schedule, due };
}

const soon = (): Date => new Date(Date.now() + 40);

test('a plugin is called at its time, with what it said, and nobody else is [PLG-2, PLG-5]', async () => {
  await using kernel = await createTestKernel();
  await serveStorage(kernel);
  await startScheduler(kernel);
  const tea = await startUser(kernel, 'tea');
  const coffee = await startUser(kernel, 'coffee');
  const at = soon();
  await tea.schedule.set('egg', { at }, { data: { minutes: [4, 5] } });
  await vi.waitFor(() => expect(tea.due).toHaveLength(1));
  expect(tea.due).toEqual([{ name: 'egg', at: at.toISOString(), late: false, data: { minutes: [4, 5] } }]);
  expect(coffee.due).toEqual([]);
  expect(kernel.violations).toEqual([]);
});

test('tells whose schedules hold something, and nobody else’s [DATA-7]', async () => {
  await using kernel = await createTestKernel();
  await serveStorage(kernel);
  await startScheduler(kernel);
  const [tea, coffee] = [await startUser(kernel, 'tea'), await startUser(kernel, 'coffee')];
  await tea.schedule.set('egg', { everySeconds: 3600 }, { data: 'mine' });
  await coffee.schedule.set('look', { everySeconds: 3600 });
  const permissions = [{ verb: 'request', topic: 'schedule.owner.list.v1' }] as const;
  const { bus } = await kernel.peer({ id: 'privacy', permissions });
  expect(await bus.request('schedule.owner.list.v1', {})).toEqual({ plugins: ['tea'] });
});

test('the schedules of one plugin are not there for another, not to be seen, ended or replaced [PLG-2]', async () => {
  await using kernel = await createTestKernel();
  await serveStorage(kernel);
  await startScheduler(kernel);
  const tea = await startUser(kernel, 'tea');
  const coffee = await startUser(kernel, 'coffee');
  await tea.schedule.set('egg', { everySeconds: 3600 }, { data: 'mine' });
  expect(await coffee.schedule.list()).toEqual([]);
  expect(await coffee.schedule.cancel('egg')).toBe(false);
  await coffee.schedule.set('egg', { cron: '0 8 * * *', timeZone: 'Europe/Oslo' });
  expect(await tea.schedule.list()).toMatchObject([{ name: 'egg', everySeconds: 3600, catchUp: 'once', data: 'mine' }]);
  expect(await tea.schedule.cancel('egg')).toBe(true);
  expect(await coffee.schedule.list()).toMatchObject([{ cron: '0 8 * * *', timeZone: 'Europe/Oslo' }]);
});

test('only whoever keeps the time calls a plugin, and nobody without the permission schedules anything [PLG-2]', async () => {
  await using kernel = await createTestKernel();
  await serveStorage(kernel);
  await startScheduler(kernel);
  const tea = await startUser(kernel, 'tea');
  const { bus, schedule } = await kernel.peer({ id: 'stranger', permissions: [] });
  const due = { name: 'egg', at: new Date().toISOString(), late: false };
  await expect(bus.request('plugin.tea.schedule.due.v1', due)).rejects.toMatchObject({
    code: 'KERNEL_PERMISSION_DENIED',
  });
  await expect(schedule.set('egg', { at: soon() })).rejects.toMatchObject({ code: 'KERNEL_PERMISSION_DENIED' });
  expect(tea.due).toEqual([]);
});

test('what became due while plugin or scheduler were off is handed over when both are there again [PLG-5] [SVC-7]', async () => {
  await using kernel = await createTestKernel();
  await serveStorage(kernel);
  await startScheduler(kernel);
  const { schedule } = await startUser(kernel, 'tea');
  const at = soon();
  await schedule.set('egg', { at });
  await kernel.unload('scheduler');
  await kernel.unload('tea');
  await vi.waitFor(() => expect(Date.now()).toBeGreaterThan(at.getTime()));
  await startScheduler(kernel);
  const { due } = await startUser(kernel, 'tea');
  await vi.waitFor(() => expect(due).toEqual([{ name: 'egg', at: at.toISOString(), late: false }]));
});
