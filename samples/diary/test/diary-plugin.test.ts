import { readFileSync } from 'node:fs';
import type { Manifest, PluginContext } from '@aico/sdk';
import { createTestKernel, recordsOf, serveStorage, type TestKernel } from '@aico/sdk-testing';
import { describe, expect, test } from 'vitest';
import definition from '../src/index.ts';

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url));
const manifest = JSON.parse(read('plugin.json').toString()) as Manifest;
const migration = 'migrations/0001-lines.sql';

async function loadDiary(kernel: TestKernel): Promise<void> {
  await kernel.load({ manifest, definition, assets: new Map([[migration, read(migration)]]) });
}

interface Typed {
  readonly on?: string;
  readonly timezone?: string;
}

/** Types `/diary …` at noon of a day. */
function typist({ bus }: PluginContext) {
  return async (typed: string, { on = '2026-11-23T12:00:00.000Z', timezone }: Typed = {}): Promise<string> => {
    const reply = await bus.request('plugin.diary.command.run.v1', {
      name: 'diary',
      arguments: typed,
      conversation: '00000000-0000-4000-8000-000000000000',
      time: on,
      ...(timezone === undefined ? {} : { timezone }),
    });
    return reply.text;
  };
}

async function prepare(kernel: TestKernel) {
  await serveStorage(kernel);
  await loadDiary(kernel);
  return typist(
    await kernel.peer({ id: 'chat', permissions: [{ verb: 'request', topic: 'plugin.*.command.run.v1' }] }),
  );
}

describe('the diary [PLG-9]', () => {
  test('is empty at first and says how to begin', async () => {
    await using kernel = await createTestKernel();
    const type = await prepare(kernel);
    expect(await type('')).toBe('Your diary is empty. Type `/diary Today I …` to keep a line for today.');
  });

  test('keeps one line a day, and says which one it replaced', async () => {
    await using kernel = await createTestKernel();
    const type = await prepare(kernel);
    expect(await type('Today I  saw\na heron')).toBe('Kept for 2026-11-23.');
    expect(await type('Today I saw two herons')).toBe('Kept for 2026-11-23, in place of: “Today I saw a heron”');
    expect(await type('Today I saw two herons')).toBe('That is already your line for 2026-11-23.');
    expect(await type('2026-11-23')).toBe('- **2026-11-23** Today I saw two herons');
  });

  test('remembers after it was switched off and on again', async () => {
    await using kernel = await createTestKernel();
    const type = await prepare(kernel);
    await type('Rain');
    await kernel.unload('diary');
    await loadDiary(kernel);
    expect(await type('')).toBe('- **2026-11-23** Rain');
  });

  test('shows the last seven lines, oldest first', async () => {
    await using kernel = await createTestKernel();
    const type = await prepare(kernel);
    for (let day = 10; day < 20; day += 1) await type(`Day ${day}`, { on: `2026-11-${day}T12:00:00.000Z` });
    const shown = await type('');
    expect(shown.split('\n')).toHaveLength(7);
    expect(shown.split('\n')[0]).toBe('- **2026-11-13** Day 13');
  });

  test('finds a word whatever its case, umlauts included', async () => {
    await using kernel = await createTestKernel();
    const type = await prepare(kernel);
    await type('Über den See gerudert, 100%', { on: '2026-11-20T12:00:00.000Z' });
    await type('Nothing much', { on: '2026-11-21T12:00:00.000Z' });
    expect(await type('search ÜBER')).toBe('- **2026-11-20** Über den See gerudert, 100%');
    expect(await type('search %')).toBe('- **2026-11-20** Über den See gerudert, 100%');
    expect(await type('search')).toBe('Search for what? Type `/diary search word`.');
    expect(await type('search boat')).toBe('No line holds “boat”.');
  });

  test('takes today from the time zone of whoever writes', async () => {
    await using kernel = await createTestKernel();
    const type = await prepare(kernel);
    const on = '2026-11-23T23:30:00.000Z';
    expect(await type('Late', { on, timezone: 'Europe/Berlin' })).toBe('Kept for 2026-11-24.');
    expect(await type('Early', { on, timezone: 'America/New_York' })).toBe('Kept for 2026-11-23.');
    expect(await type('Nowhere', { on, timezone: 'Mars/Olympus' })).toContain('Kept for 2026-11-23');
  });

  test('tells what is wrong with a day or a line', async () => {
    await using kernel = await createTestKernel();
    const type = await prepare(kernel);
    expect(await type('2026-02-30')).toBe('There is no day 2026-02-30.');
    expect(await type('2026-11-22')).toBe('There is no line for 2026-11-22.');
    expect(await type('x'.repeat(501))).toBe('A line has at most 500 characters; this one has 501. Nothing was kept.');
  });

  test('takes part in forgetting: lines that mention somebody, and lines of a period [DATA-7]', async () => {
    await using kernel = await createTestKernel();
    const type = await prepare(kernel);
    await type('Rowed with ADA', { on: '2026-11-20T12:00:00.000Z' });
    await type('Adapted a recipe', { on: '2026-11-21T12:00:00.000Z' });
    await type("Ada's birthday", { on: '2026-11-22T12:00:00.000Z' });
    const { find, forget } = await recordsOf(kernel, 'diary');
    expect(await find({ names: ['Ada'] })).toEqual([
      { kind: 'line', id: 'line/2026-11-20', text: 'Rowed with ADA', when: '2026-11-20T12:00:00.000Z' },
      { kind: 'line', id: 'line/2026-11-22', text: "Ada's birthday", when: '2026-11-22T12:00:00.000Z' },
    ]);
    const period = { from: '2026-11-20T12:00:00Z', to: '2026-11-21T12:00:00Z' };
    expect((await find(period)).map(({ id }) => id)).toEqual(['line/2026-11-20']);
    expect(await find({ messages: [crypto.randomUUID()] })).toEqual([]);
    const others = ['line/2026-11-20', 'line/2026-11-22', '2026-11-21'];
    expect(await forget({ others })).toEqual({ line: 2 });
    expect(await forget({ others })).toEqual({ line: 0 });
    expect(await type('')).toBe('- **2026-11-21** Adapted a recipe');
  });

  test('is exported, and taken back by day, where a line that is there stays [DATA-7]', async () => {
    await using kernel = await createTestKernel();
    const type = await prepare(kernel);
    for (const day of [20, 21]) await type(`Day ${day}`, { on: `2026-11-${day}T12:00:00.000Z` });
    const { exported, imported, forget } = await recordsOf(kernel, 'diary');
    const lines = await exported();
    expect(lines).toEqual([
      { kind: 'lines', data: { id: '2026-11-20', when: '2026-11-20T12:00:00.000Z', text: 'Day 20' } },
      { kind: 'lines', data: { id: '2026-11-21', when: '2026-11-21T12:00:00.000Z', text: 'Day 21' } },
    ]);
    await forget({ others: ['line/2026-11-20'] });
    await type('Another day', { on: '2026-11-21T13:00:00.000Z' });
    expect(await imported(lines, { dry: true })).toEqual([{ is: 'new' }, { is: 'known' }]);
    expect(await imported(lines)).toEqual([{ is: 'new' }, { is: 'known' }]);
    expect(await type('')).toBe('- **2026-11-20** Day 20\n- **2026-11-21** Another day');
    const wrong = (data: object) => ({ kind: 'lines', data: { ...lines[0]?.data, ...data } });
    const refused = await imported([wrong({ id: '2026-02-30' }), wrong({ text: '' }), wrong({ when: 'then' })]);
    expect(refused.map(({ problem }) => problem)).toEqual([
      '2026-02-30 is no day',
      'a line has 1 to 500 characters',
      'it has no time',
    ]);
  });
});
