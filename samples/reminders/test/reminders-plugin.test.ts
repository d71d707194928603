import { readFileSync } from 'node:fs';
import type { ForgetSearch, Manifest } from '@aico/sdk';
import { createTestKernel, recordsOf, serveSchedule, type TestKernel } from '@aico/sdk-testing';
import { expect, onTestFinished, test, vi } from 'vitest';
import definition from '../src/index.ts';

const manifest = JSON.parse(readFileSync(new URL('../plugin.json', import.meta.url), 'utf8')) as Manifest;
const TALK = '00000000-0000-4000-8000-000000000001';
const HOUR_MS = 3_600_000;

/** The plugin with a chat that keeps what it writes of its own accord, and a time of the test's own. */
async function prepare(kernel: TestKernel) {
  const time = await serveSchedule(kernel);
  const written: string[] = [];
  await kernel.load({ manifest, definition });
  const { bus } = await kernel.peer({
    id: 'chat',
    permissions: [
      { verb: 'request', topic: 'plugin.*.command.run.v1' },
      { verb: 'serve', topic: 'chat.message.add.v1' },
    ],
  });
  await bus.serve('chat.message.add.v1', ({ data, sender: plugin }) => {
    const { conversation, text } = data;
    written.push(`${conversation === TALK} ${text}`);
    const about = { id: crypto.randomUUID(), createdAt: time.now().toISOString() };
    return { message: { ...about, conversation, text, role: 'plugin' as const, plugin, status: 'complete' as const } };
  });
  const type = async (typed: string, timezone = 'Europe/Oslo'): Promise<string> => {
    const about = { name: 'remind', conversation: TALK, time: time.now().toISOString(), timezone };
    return (await bus.request('plugin.reminders.command.run.v1', { ...about, arguments: typed })).text;
  };
  return { time, written, type };
}

test('reminds once, in the talk in which it was asked [PLG-9]', async () => {
  await using kernel = await createTestKernel();
  const { time, written, type } = await prepare(kernel);
  expect(await type('in 20 minutes Tea')).toBe('I will remind you today at 10:20: Tea');
  await time.advance(HOUR_MS / 3 - 1);
  expect(written).toEqual([]);
  await time.advance(HOUR_MS);
  expect(written).toEqual(['true ⏰ **Tea**']);
  expect(await type('')).toMatch(/^Nothing is coming\. For instance/);
});

test('reminders that are asked for at once are all kept [PLG-9]', async () => {
  await using kernel = await createTestKernel();
  const { time, written, type } = await prepare(kernel);
  await Promise.all(['in 20 minutes Tea', 'in 30 minutes Cake'].map((typed) => type(typed)));
  await time.advance(HOUR_MS);
  expect(written).toEqual(['true ⏰ **Tea**', 'true ⏰ **Cake**']);
});

test('reminds again and again until it is dropped, by the clock on the wall [PLG-9]', async () => {
  await using kernel = await createTestKernel();
  const { time, written, type } = await prepare(kernel);
  expect(await type('every weekday at 8:00 Stand-up')).toBe('I will remind you tomorrow at 8:00 and again: Stand-up');
  await type('on 2026-12-24 at 17:00 [Candles](javascript:x)');
  await time.advance(3 * 24 * HOUR_MS);
  expect(written).toHaveLength(3);
  expect(await type('')).toBe(
    '- **1** tomorrow at 8:00 and again: Stand-up\n' +
      '- **2** on Thursday 24 December 2026 at 17:00: Candles(javascript:x)\n\n`/remind cancel 1` drops one.',
  );
  expect(await type('cancel 1')).toBe('Dropped: Stand-up');
  expect(await type('cancel 1')).toBe('There is no reminder 1.');
  expect(await type('in 1 h Tea')).toContain('Tea');
  expect(await type('')).toContain('- **1** today at 11:00: Tea');
});

test('what was missed while AICO was off says so [PLG-9]', async () => {
  await using kernel = await createTestKernel();
  const { time, written, type } = await prepare(kernel);
  await type('at 11:00 Soup', 'Mars/Olympus');
  await time.sleep(5 * HOUR_MS);
  expect(written).toEqual(['true ⏰ **Soup** (it was due at 2026-11-23 11:00 UTC, when AICO was off)']);
});

test('takes part in forgetting: reminders of a talk, of a period and of somebody [DATA-7]', async () => {
  await using kernel = await createTestKernel();
  const { time, type } = await prepare(kernel);
  await type('tomorrow at 9 Call Ada');
  await time.advance(HOUR_MS);
  await type('every monday at 7:30 Bins');
  const { find, forget } = await recordsOf(kernel, 'reminders');
  const texts = async (search: ForgetSearch) => (await find(search)).map(({ id, text }) => `${id} ${text}`);
  expect(await texts({ names: ['ada'] })).toEqual(['reminder/1 Call Ada']);
  const made = { from: '2026-11-23T09:30:00Z', to: '2026-11-23T10:30:00Z' };
  expect(await texts(made)).toEqual(['reminder/2 Bins']);
  expect(await texts({ conversations: [TALK] })).toEqual(['reminder/1 Call Ada', 'reminder/2 Bins']);
  expect(await forget({ others: ['reminder/1'] })).toEqual({ reminder: 1 });
  expect(await forget({ conversations: [crypto.randomUUID()] })).toEqual({ reminder: 0 });
  expect(await forget({ conversations: [TALK] })).toEqual({ reminder: 1 });
  expect(await type('')).toMatch(/^Nothing is coming\./);
});

test('is exported, and what is still to come is taken back under a number that is free [DATA-7]', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  onTestFinished(() => void vi.useRealTimers());
  await using kernel = await createTestKernel();
  const { time, type } = await prepare(kernel);
  for (const what of ['in 1 h Tea', 'tomorrow at 9 Call Ada', 'every monday at 7:30 Bins']) await type(what);
  const { exported, imported, forget } = await recordsOf(kernel, 'reminders');
  const kept = await exported();
  const made = { when: '2026-11-23T09:00:00.000Z', conversation: TALK };
  expect(kept.map(({ data }) => data)).toEqual([
    { id: '1', text: 'Tea', ...made, at: '2026-11-23T10:00:00.000Z' },
    { id: '2', text: 'Call Ada', ...made, at: '2026-11-24T08:00:00.000Z' },
    { id: '3', text: 'Bins', ...made, cron: '30 7 * * 1', timeZone: 'Europe/Oslo' },
  ]);
  expect((await imported(kept)).map(({ is }) => is)).toEqual(['known', 'known', 'known']);
  await forget({ conversations: [TALK] });
  await time.advance(HOUR_MS);
  vi.setSystemTime(time.now());
  await type('in 2 h Soup');
  expect((await imported(kept, { dry: true })).map(({ is }) => is)).toEqual(['refused', 'new', 'new']);
  expect((await imported(kept)).map(({ is, problem = '' }) => is + problem)).toEqual([
    ...['refusedits time is over', 'new', 'new'],
  ]);
  expect((await imported(kept)).map(({ is }) => is)).toEqual(['refused', 'known', 'known']);
  const broken = { kind: 'reminders', data: { ...kept[2]?.data, cron: 'now and then' } };
  expect((await imported([broken])).map(({ is }) => is)).toEqual(['refused']);
  expect(await type('')).toMatch(
    /\*\*1\*\* today at 13:00: Soup\n- \*\*2\*\* tomorrow at 9:00: Call Ada\n- \*\*3\*\* .*Bins/,
  );
});

test('keeps as many as there is room for, and says so [PLG-9]', async () => {
  await using kernel = await createTestKernel();
  const { type } = await prepare(kernel);
  for (let count = 0; count < 64; count += 1) await type('tomorrow Tea');
  expect(await type('tomorrow Tea')).toBe('Those are as many as I can keep. `/remind cancel 1` drops one.');
});
