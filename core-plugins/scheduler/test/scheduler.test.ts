import { AicoError } from '@aico/sdk';
import { expect, onTestFinished, test, vi } from 'vitest';
import { MOST_SCHEDULES } from '../src/scheduler.ts';
import { FakeMachine, START, settle } from './support/fake-machine.ts';

const away = (): Promise<never> => Promise.reject(new AicoError('KERNEL_NO_SERVER', { subject: 'tea' }));
const gone = (): Promise<never> => Promise.reject(new AicoError('KERNEL_SERVER_GONE', { subject: 'tea' }));

test('what is due once is handed over once, to the second, and forgotten [PLG-5]', async () => {
  const machine = new FakeMachine();
  const scheduler = await machine.boot();
  await scheduler.set('tea', { name: 'egg', at: '2026-11-26T12:04:30Z' });
  await machine.pass(3600);
  expect(machine.handed).toEqual(['12:04:30 tea egg for 12:04:30']);
  expect([scheduler.of('tea'), machine.disk.size]).toEqual([[], 0]);
});

test('what is due again and again is, each time at its time [PLG-5]', async () => {
  const machine = new FakeMachine();
  const scheduler = await machine.boot();
  await scheduler.set('tea', { name: 'sip', everySeconds: 600 });
  await scheduler.set('tea', { name: 'hour', cron: '0 * * * *', timeZone: 'UTC' });
  await machine.pass(3600);
  expect(machine.handed).toEqual([
    '12:10:00 tea sip for 12:10:00',
    '12:20:00 tea sip for 12:20:00',
    '12:30:00 tea sip for 12:30:00',
    '12:40:00 tea sip for 12:40:00',
    '12:50:00 tea sip for 12:50:00',
    '13:00:00 tea sip for 13:00:00',
    '13:00:00 tea hour for 13:00:00',
  ]);
  expect(scheduler.of('tea')[0]).toMatchObject({ name: 'sip', next: Date.parse('2026-11-26T13:10:00Z') });
});

test('runs missed while AICO was off come once at the next start, or not at all, as was asked [PLG-5] [SVC-7]', async () => {
  const machine = new FakeMachine();
  const scheduler = await machine.boot();
  await scheduler.set('tea', { name: 'caught', everySeconds: 60 });
  await scheduler.set('tea', { name: 'skipped', everySeconds: 60, catchUp: 'skip' });
  await scheduler.set('tea', { name: 'once', at: '2026-11-26T12:05:00Z' });
  await scheduler.set('tea', { name: 'never', at: '2026-11-26T12:05:00Z', catchUp: 'skip' });
  // As kill -9 leaves it: nothing was told, nothing was written down.
  machine.setClock(3600 + 30);
  await machine.boot();
  expect(machine.handed).toEqual(['13:00:30 tea caught for 12:01:00, late', '13:00:30 tea once for 12:05:00, late']);
  await machine.pass(30);
  expect(machine.handed.slice(2)).toEqual(['13:01:00 tea caught for 13:01:00', '13:01:00 tea skipped for 13:01:00']);
});

test('a machine that slept, or whose clock was set forward, is noticed within half a minute', async () => {
  const machine = new FakeMachine();
  const scheduler = await machine.boot();
  await scheduler.set('tea', { name: 'egg', at: '2026-11-26T20:00:00Z' });
  await machine.pass(100);
  machine.setClock(9 * 3600);
  await machine.pass(30);
  expect(machine.handed).toEqual(['21:02:00 tea egg for 20:00:00, late']);
});

test('a clock that was set back delays nothing that comes again and again, and repeats nothing', async () => {
  const machine = new FakeMachine();
  const scheduler = await machine.boot();
  await scheduler.set('tea', { name: 'sip', everySeconds: 600 });
  await scheduler.set('tea', { name: 'hour', cron: '0 * * * *', timeZone: 'UTC' });
  await scheduler.set('tea', { name: 'egg', at: '2026-11-26T12:15:00Z' });
  await machine.pass(900);
  machine.setClock(-3600);
  await machine.pass(1800);
  expect(machine.handed).toEqual([
    '12:10:00 tea sip for 12:10:00',
    '12:15:00 tea egg for 12:15:00',
    '11:20:00 tea sip for 11:20:00',
    '11:30:00 tea sip for 11:30:00',
    '11:40:00 tea sip for 11:40:00',
  ]);
  await machine.pass(900);
  expect(machine.handed.slice(5)).toEqual([
    '11:50:00 tea sip for 11:50:00',
    '12:00:00 tea sip for 12:00:00',
    '12:00:00 tea hour for 12:00:00',
  ]);
});

test('a plugin that is not there gets what is due when it comes, and is tried again in any case', async () => {
  const machine = new FakeMachine();
  machine.answer = away;
  const scheduler = await machine.boot();
  await scheduler.set('tea', { name: 'egg', at: '2026-11-26T12:00:10Z' });
  await machine.pass(100);
  expect(machine.handed).toHaveLength(1);
  scheduler.welcome('coffee');
  await settle();
  expect(machine.handed).toHaveLength(1);
  await machine.pass(300);
  expect(machine.handed).toHaveLength(2);
  machine.answer = async () => {};
  scheduler.welcome('tea');
  await settle();
  await machine.pass(3600);
  expect(machine.handed.slice(2)).toEqual(['12:06:40 tea egg for 12:00:10, late']);
});

test('what nobody could be given for months is forgotten', async () => {
  const machine = new FakeMachine();
  machine.answer = away;
  const scheduler = await machine.boot();
  await scheduler.set('tea', { name: 'sip', everySeconds: 60 });
  machine.setClock(89 * 24 * 3600);
  await machine.pass(600);
  expect(scheduler.of('tea')).toHaveLength(1);
  machine.setClock(2 * 24 * 3600);
  await machine.pass(3600);
  expect([scheduler.of('tea'), machine.disk.size]).toEqual([[], 0]);
});

test('a clock that jumped forgets nothing that its plugin is away for, until it went steadily for a week', async () => {
  const machine = new FakeMachine();
  machine.seenClock = { believed: START };
  machine.answer = away;
  const scheduler = await machine.boot();
  await scheduler.set('tea', { name: 'birthday', at: '2026-12-24T08:00:00Z' });
  machine.setClock(400 * 24 * 3600);
  await machine.pass(6 * 24 * 3600);
  expect(scheduler.of('tea')).toHaveLength(1);
  await machine.pass(2 * 24 * 3600);
  expect(scheduler.of('tea')).toEqual([]);
});

test('what was due while AICO was off for months is handed over once its plugin is there', async () => {
  const machine = new FakeMachine();
  await (await machine.boot()).set('tea', { name: 'birthday', at: '2026-12-24T08:00:00Z' });
  machine.setClock(200 * 24 * 3600);
  machine.answer = away;
  const scheduler = await machine.boot();
  machine.answer = async () => {};
  scheduler.welcome('tea');
  await settle();
  expect(machine.handed.at(-1)).toBe('12:00:00 tea birthday for 08:00:00, late');
  expect(machine.handed).toHaveLength(2);
});

test('a clock that is corrected by less than a minute brings nothing again', async () => {
  const machine = new FakeMachine();
  const scheduler = await machine.boot();
  await scheduler.set('tea', { name: 'hour', cron: '0 * * * *', timeZone: 'UTC' });
  await scheduler.set('tea', { name: 'sip', everySeconds: 1800 });
  await machine.pass(3600);
  machine.setClock(-45);
  await machine.pass(600);
  expect(machine.handed).toEqual([
    '12:30:00 tea sip for 12:30:00',
    '13:00:00 tea hour for 13:00:00',
    '13:00:00 tea sip for 13:00:00',
  ]);
});

test('a time of day is that of the place where the machine is now', async () => {
  onTestFinished(() => void vi.unstubAllEnvs());
  const machine = new FakeMachine();
  vi.stubEnv('TZ', 'America/New_York');
  await (await machine.boot()).set('tea', { name: 'breakfast', cron: '0 8 * * *' });
  vi.stubEnv('TZ', 'Europe/Berlin');
  const scheduler = await machine.boot();
  expect(new Date(scheduler.of('tea')[0]?.next ?? 0).toISOString()).toBe('2026-11-27T07:00:00.000Z');
});

test('a plugin that goes away over a run is given it three times at most', async () => {
  const machine = new FakeMachine();
  machine.answer = gone;
  const scheduler = await machine.boot();
  await scheduler.set('tea', { name: 'egg', at: '2026-11-26T12:00:10Z' });
  await machine.pass(10);
  for (let start = 0; start < 5; start += 1) {
    scheduler.welcome('tea');
    await settle();
  }
  expect([machine.handed.length, scheduler.of('tea'), machine.warnings.length]).toEqual([3, [], 1]);
});

test('a handler that throws has had its run', async () => {
  const machine = new FakeMachine();
  machine.answer = () => Promise.reject(new AicoError('SDK_HANDLER_FAILED', { subject: 'tea' }));
  const scheduler = await machine.boot();
  await scheduler.set('tea', { name: 'sip', everySeconds: 60 });
  await machine.pass(120);
  expect(machine.handed).toEqual(['12:01:00 tea sip for 12:01:00', '12:02:00 tea sip for 12:02:00']);
  expect(machine.warnings).toHaveLength(2);
});

test('a run that takes long is not overtaken by the next one of its schedule', async () => {
  const machine = new FakeMachine();
  const over = Promise.withResolvers<void>();
  machine.answer = () => over.promise;
  const scheduler = await machine.boot();
  await scheduler.set('tea', { name: 'sip', everySeconds: 60 });
  await machine.pass(200);
  expect(machine.handed).toHaveLength(1);
  over.resolve();
  await settle();
  await machine.pass(40);
  expect(machine.handed).toEqual(['12:01:00 tea sip for 12:01:00', '12:04:00 tea sip for 12:04:00']);
});

test('a handler may set its own schedule anew, or end it', async () => {
  const machine = new FakeMachine();
  const scheduler = await machine.boot();
  machine.answer = async (plugin, { name }) => {
    if (machine.handed.length === 1) await scheduler.set(plugin, { name, at: '2026-11-26T12:09:00Z' });
    if (name === 'sip') await scheduler.cancel(plugin, name);
  };
  await scheduler.set('tea', { name: 'egg', at: '2026-11-26T12:05:00Z' });
  await scheduler.set('tea', { name: 'sip', everySeconds: 360 });
  await machine.pass(3600);
  expect(machine.handed).toEqual([
    '12:05:00 tea egg for 12:05:00',
    '12:06:00 tea sip for 12:06:00',
    '12:09:00 tea egg for 12:09:00',
  ]);
  expect(machine.disk.size).toBe(0);
});

test('what is cancelled while it runs does not come back, and what is set under its name meanwhile stays', async () => {
  const machine = new FakeMachine();
  const [over, written] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  machine.answer = () => over.promise;
  const scheduler = await machine.boot();
  for (const name of ['sip', 'egg']) await scheduler.set('tea', { name, everySeconds: 60 });
  await machine.pass(60);
  machine.written = written.promise;
  const cancelled = Promise.all(['sip', 'egg'].map((name) => scheduler.cancel('tea', name)));
  const set = scheduler.set('tea', { name: 'egg', everySeconds: 90 });
  over.resolve();
  await settle();
  written.resolve();
  expect(await cancelled).toEqual([true, true]);
  await set;
  expect(scheduler.of('tea')).toMatchObject([{ name: 'egg', timing: { everySeconds: 90 } }]);
  expect([...machine.disk.values()]).toMatchObject([{ name: 'egg', timing: { everySeconds: 90 } }]);
});

test('set again as it was, a schedule goes on as it was; set otherwise, it begins anew', async () => {
  const machine = new FakeMachine();
  const scheduler = await machine.boot();
  await scheduler.set('tea', { name: 'sip', everySeconds: 600 });
  await machine.pass(400);
  const same = await scheduler.set('tea', { name: 'sip', everySeconds: 600, data: 'more', catchUp: 'skip' });
  expect(same).toMatchObject({ next: Date.parse('2026-11-26T12:10:00Z'), data: '"more"', catchUp: 'skip' });
  const other = await scheduler.set('tea', { name: 'sip', everySeconds: 900 });
  expect(other.next).toBe(Date.parse('2026-11-26T12:21:40Z'));
});

test('a plugin has so many schedules and no more, and small data', async () => {
  const machine = new FakeMachine();
  const scheduler = await machine.boot();
  for (let at = 0; at < MOST_SCHEDULES; at += 1) await scheduler.set('tea', { name: `n${at}`, everySeconds: 60 });
  await expect(scheduler.set('tea', { name: 'more', everySeconds: 60 })).rejects.toMatchObject({
    code: 'SCHEDULE_TOO_MANY',
  });
  await scheduler.set('tea', { name: 'n0', everySeconds: 90 });
  await scheduler.set('coffee', { name: 'n0', everySeconds: 60 });
  const data = 'x'.repeat(16_384);
  await expect(scheduler.set('coffee', { name: 'big', everySeconds: 60, data })).rejects.toMatchObject({
    code: 'SCHEDULE_INVALID',
  });
});

test('what cannot be written down is refused, and what was there stays; a run goes on in memory', async () => {
  const machine = new FakeMachine();
  const scheduler = await machine.boot();
  await scheduler.set('tea', { name: 'sip', everySeconds: 60 });
  machine.diskFails = true;
  await expect(scheduler.set('tea', { name: 'sip', everySeconds: 90 })).rejects.toMatchObject({
    code: 'STORAGE_READONLY',
  });
  await expect(scheduler.set('tea', { name: 'new', everySeconds: 90 })).rejects.toThrow();
  await machine.pass(120);
  expect(machine.handed).toEqual(['12:01:00 tea sip for 12:01:00', '12:02:00 tea sip for 12:02:00']);
  expect(scheduler.of('tea').map(({ name }) => name)).toEqual(['sip']);
});

test('after its end a scheduler hands nothing over', async () => {
  const machine = new FakeMachine();
  const scheduler = await machine.boot();
  await scheduler.set('tea', { name: 'sip', everySeconds: 60 });
  scheduler.close();
  await machine.pass(600);
  expect(machine.handed).toEqual([]);
});
