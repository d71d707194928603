import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ForgetPlan, ForgetReceipt, ImportReport } from '@aico/schemas';
import { expect, test } from 'vitest';
import { BrowserSession } from '../support/browser-session.ts';
import { Product, temporaryHome } from '../support/product.ts';

/** Each sample that needs nobody outside, with something to type and what it answers. */
const TRIED: readonly (readonly [id: string, typed: string, answer: RegExp])[] = [
  ['dice', '/roll d20', /🎲 \*\*\d+\*\*/],
  ['diary', '/diary I tried the samples', /^Kept for \d{4}-\d{2}-\d{2}\.$/],
  ['reminders', '/remind in 1 second Tea', /^I will remind you \w+ at \d+:\d\d: Tea$/],
  ['pomodoro', '/pomodoro 50 10', /^🍅 Round 1: 50 minutes\./],
  ['translator', '/translate to German: Good morning', /none is connected/],
  ['notes', '/note Buy oat milk #shopping', /^Kept as note 1\.$/],
  ['notes', '/note find MIL', /^- \*\*1\*\* Buy oat milk/],
  ['habits', '/habit add Run', /^Added: Run\./],
  ['habits', '/habit done run', /^✓ Run today: one day\.$/],
  ['units', '/unit 5 km in miles', /\*\*3\.10686 mi\*\*/],
  ['mood', '/mood calm', /^You are \*\*calm\*\*\./],
  ['feeds', '/feeds', /^You follow no feeds\./],
  ['crash-test', '/crash', /I misbehave when you tell me to/],
];

/** Samples that come with the product itself; the others wait in the gallery. */
const BELONG = new Set(['dice', 'diary']);

test('every sample runs in the sandbox of the product, and answers in the talk [PLG-9]', async () => {
  const product = await Product.start();
  const session = await BrowserSession.setup(product.url);
  const { id } = await session.conversation();
  for (const sample of new Set(TRIED.map(([each]) => each))) {
    if (!BELONG.has(sample)) await product.aico('plugin', 'install', sample);
    const { code, stdout, stderr } = await product.aico('plugin', 'enable', sample);
    expect([sample, code, code === 0 ? '' : stdout + stderr]).toEqual([sample, 0, '']);
  }
  for (const [sample, typed, answer] of TRIED) {
    const { reply } = await session.turn(id, typed);
    expect([sample, reply?.text ?? reply?.error]).toEqual([sample, expect.stringMatching(answer)]);
  }
  // What a plugin says of its own accord comes into the talk in which it was asked.
  const said = async () => (await session.messages(id)).filter(({ plugin, replyTo }) => plugin && !replyTo);
  await expect.poll(said, { timeout: 20_000 }).toMatchObject([{ plugin: 'reminders', text: '⏰ **Tea**' }]);
}, 180_000);

/** What the samples keep, with something to type that makes them. */
const KEPT: readonly (readonly [id: string, typed: string, files: readonly string[]])[] = [
  ['diary', '/diary I met Ada', ['lines']],
  ['notes', '/note Ask Ada for oat milk', ['notes']],
  ['habits', '/habit add Call Ada', ['habits']],
  ['habits', '/habit done Call Ada', ['days']],
  ['mood', '/mood calm', ['moods']],
  ['reminders', '/remind in 2 hours Call Ada', ['reminders']],
  ['pomodoro', '/pomodoro', ['rounds']],
];

test('what samples keep is exported, forgotten everywhere, and taken back where it is not [DATA-7, PLG-9]', async () => {
  const product = await Product.start();
  const session = await BrowserSession.setup(product.url);
  const command = async <Answer>(...args: string[]): Promise<Answer> => {
    const { code, stdout, stderr } = await product.aico(...args, '--json');
    expect([args[0], code, code === 0 ? '' : stdout + stderr]).toEqual([args[0], 0, '']);
    return JSON.parse(stdout) as Answer;
  };
  const samples = [...new Set(KEPT.map(([id]) => id))];
  for (const id of samples) {
    if (!BELONG.has(id)) await command('plugin', 'install', id);
    await command('plugin', 'enable', id);
  }
  const { id } = await session.conversation();
  for (const [, typed] of KEPT) await session.turn(id, typed);
  const folder = join(await temporaryHome(), 'export');
  await command('export', folder);
  const lines = async (from: string): Promise<string[]> => {
    const read = KEPT.flatMap(([sample, , files]) => files.map((file) => `${sample}/${file}.jsonl`));
    const texts = read.map((path) => readFile(join(from, path), 'utf8').catch(() => ''));
    return (await Promise.all(texts)).map((text) => (JSON.parse(text || '{}') as { text?: string }).text ?? '');
  };
  const kept = ['I met Ada', 'Ask Ada for oat milk', 'Call Ada', 'Call Ada', 'calm', 'Call Ada'];
  expect(await lines(folder)).toEqual([...kept, 'round 1 of 25 minutes']);

  const named = await command<ForgetPlan>('forget', 'person', 'Ada', '--dry-run');
  const plugins = new Set(named.items.map(({ plugin }) => plugin));
  expect([...plugins].sort()).toEqual(['chat', 'diary', 'habits', 'notes', 'reminders']);
  const day = new Date().toISOString().slice(0, 10);
  const period = [new Date(`${day}T00:00:00Z`), new Date(Date.now() + 24 * 3_600_000)].map((at) => at.toISOString());
  await command('forget', 'person', 'Ada', '--yes', '--keep-backups');
  const receipt = await command<ForgetReceipt>('forget', 'period', ...period, '--yes', '--keep-backups');
  expect(receipt).toMatchObject({ failed: [], took: expect.arrayContaining(samples) });
  expect(receipt.untold ?? []).toEqual([]);
  const after = join(await temporaryHome(), 'after');
  await command('export', after);
  expect(await lines(after)).toEqual(KEPT.map(() => ''));

  const report = await command<ImportReport>('import', folder);
  const added = report.counts.filter(({ plugin }) => samples.includes(plugin));
  expect(added.map(({ plugin, kind, added: count }) => `${plugin} ${kind} ${count}`)).toEqual([
    'diary lines 1',
    'habits habits 1',
    'habits days 1',
    'mood moods 1',
    'notes notes 1',
    'pomodoro rounds 0',
    'reminders reminders 1',
  ]);
  const again = join(await temporaryHome(), 'again');
  await command('export', again);
  expect(await lines(again)).toEqual([...kept, '']);
}, 240_000);

test('the crash test finds every door shut, and is set aside after it crashed three times [PLG-1, PLG-3, PLG-8]', async () => {
  const product = await Product.start();
  const session = await BrowserSession.setup(product.url);
  const { id } = await session.conversation();
  await product.aico('plugin', 'install', 'crash-test');
  await product.aico('plugin', 'enable', 'crash-test');
  const reached = (await session.turn(id, '/crash reach')).reply?.text ?? '';
  expect(reached.match(/: (not there|refused, KERNEL_PERMISSION_DENIED)$/gm)).toHaveLength(11);
  for (const [restarts, mischief] of ['loop', 'memory', 'loop'].entries()) {
    // The chat tells that the plugin went before the kernel has ended what was left of it.
    await expect
      .poll(() => session.plugin('crash-test'), { timeout: 30_000, interval: 100 })
      .toMatchObject({ state: 'active', restarts });
    const { reply } = await session.turn(id, `/crash ${mischief}`);
    expect([mischief, reply?.status]).toEqual([mischief, 'failed']);
  }
  await expect
    .poll(async () => (await session.plugin('crash-test')).state, { timeout: 30_000, interval: 100 })
    .toBe('quarantined');
  expect((await session.turn(id, 'Hello')).reply?.status).toBe('complete');
}, 240_000);
