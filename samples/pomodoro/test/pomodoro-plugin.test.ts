import { readFileSync } from 'node:fs';
import type { Manifest } from '@aico/sdk';
import { createTestKernel, recordsOf, serveSchedule, serveStorage, type TestKernel } from '@aico/sdk-testing';
import { expect, test } from 'vitest';
import definition from '../src/index.ts';
import { parsePomodoro } from '../src/rounds.ts';

const manifest = JSON.parse(readFileSync(new URL('../plugin.json', import.meta.url), 'utf8')) as Manifest;
const MINUTE_MS = 60_000;

async function prepare(kernel: TestKernel) {
  await serveStorage(kernel);
  const time = await serveSchedule(kernel);
  const told: string[] = [];
  await kernel.load({ manifest, definition });
  const { bus } = await kernel.peer({
    id: 'chat',
    permissions: [
      { verb: 'request', topic: 'plugin.*.command.run.v1' },
      { verb: 'serve', topic: 'chat.message.add.v1' },
    ],
  });
  await bus.serve('chat.message.add.v1', ({ data: { conversation, text }, sender: plugin }) => {
    told.push(`${time.now().toISOString().slice(11, 16)} ${text}`);
    const about = { id: crypto.randomUUID(), createdAt: time.now().toISOString() };
    return { message: { ...about, conversation, text, role: 'plugin' as const, plugin, status: 'complete' as const } };
  });
  const type = async (typed = ''): Promise<string> => {
    const about = { name: 'pomodoro', conversation: crypto.randomUUID(), time: time.now().toISOString() };
    const payload = { ...about, arguments: typed, timezone: 'Europe/Oslo' };
    return (await bus.request('plugin.pomodoro.command.run.v1', payload)).text;
  };
  return { time, told, type };
}

test('goes from work to break and on, until it is stopped [PLG-9]', async () => {
  await using kernel = await createTestKernel();
  const { time, told, type } = await prepare(kernel);
  expect(await type()).toBe('🍅 Round 1: 25 minutes. I will tell you when it is time for a break.');
  await time.advance(20 * MINUTE_MS);
  expect(await type()).toBe('Round 1 takes 5 more minutes.');
  await time.advance(7 * MINUTE_MS);
  expect(await type('status')).toBe('The break after round 1 takes 3 more minutes.');
  await time.advance(38 * MINUTE_MS);
  expect(told).toEqual([
    '09:25 ☕ Round 1 is done, 1 today. Take 5 minutes off. `/pomodoro stop` ends it.',
    '09:30 🍅 Round 2: 25 minutes.',
    '09:55 ☕ Round 2 is done, 2 today. Take 5 minutes off. `/pomodoro stop` ends it.',
    '10:00 🍅 Round 3: 25 minutes.',
  ]);
  expect(await type('stop')).toBe('Stopped. Well done.');
  expect(await type('stop')).toBe('There is nothing to stop.');
  await time.advance(60 * MINUTE_MS);
  expect(told).toHaveLength(4);
});

test('gives a long break after four rounds, and begins the next day anew [PLG-9]', async () => {
  await using kernel = await createTestKernel();
  const { time, told, type } = await prepare(kernel);
  await type('10 2');
  await time.advance(46 * MINUTE_MS);
  expect(told.at(-1)).toBe('09:46 ☕ Round 4 is done, 4 today. Take 6 minutes off. `/pomodoro stop` ends it.');
  await type('stop');
  await time.advance(24 * 60 * MINUTE_MS);
  await type('10');
  await time.advance(10 * MINUTE_MS);
  expect(told.at(-1)).toContain('Round 1 is done, 1 today. Take 5 minutes');
});

test('does not go on by itself after AICO was off over its end [PLG-9]', async () => {
  await using kernel = await createTestKernel();
  const { time, told, type } = await prepare(kernel);
  await type();
  await time.sleep(12 * 60 * MINUTE_MS);
  expect([told, await type('status')]).toEqual([[], 'Nothing runs. `/pomodoro` starts a round.']);
});

test('takes part in forgetting and in export: days with their rounds, and the round of a talk [DATA-7]', async () => {
  await using kernel = await createTestKernel();
  const { time, type } = await prepare(kernel);
  await type('10 2');
  await time.advance(23 * MINUTE_MS);
  const { find, forget, exported, imported } = await recordsOf(kernel, 'pomodoro');
  const kept = await exported();
  expect(kept).toMatchObject([
    { kind: 'days', data: { id: '2026-11-23', when: '2026-11-23T12:00:00.000Z', text: '2 rounds', rounds: 2 } },
    { kind: 'rounds', data: { id: 'running', text: 'round 2 of 10 minutes' } },
  ]);
  const period = { from: '2026-11-23T00:00:00Z', to: '2026-11-24T00:00:00Z' };
  expect((await find(period)).map(({ id }) => id)).toEqual(['day/2026-11-23', 'round/running']);
  const talk = String(kept[1]?.data['conversation']);
  expect((await find({ conversations: [talk] })).map(({ id }) => id)).toEqual(['round/running']);
  expect(await forget({ conversations: [talk], others: ['day/2026-11-23'] })).toEqual({ day: 1, round: 1 });
  expect([await exported(), await type('status')]).toEqual([[], 'Nothing runs. `/pomodoro` starts a round.']);
  expect((await imported(kept)).map(({ is }) => is)).toEqual(['new', 'refused']);
  expect((await imported(kept)).map(({ is }) => is)).toEqual(['known', 'refused']);
  expect(await exported()).toEqual(kept.slice(0, 1));
});

test.each([
  ['', { kind: 'start', workMinutes: 25, breakMinutes: 5 }],
  ['start', { kind: 'start', workMinutes: 25, breakMinutes: 5 }],
  ['50', { kind: 'start', workMinutes: 50, breakMinutes: 5 }],
  ['start 50 10', { kind: 'start', workMinutes: 50, breakMinutes: 10 }],
  ['0', { kind: 'unclear' }],
  ['25 90', { kind: 'unclear' }],
  ['soon', { kind: 'unclear' }],
])('understands "%s"', (typed, request) => {
  expect(parsePomodoro(typed, false)).toEqual(request);
});
