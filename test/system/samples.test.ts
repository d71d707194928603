import { expect, test } from 'vitest';
import { BrowserSession } from '../support/browser-session.ts';
import { Product } from '../support/product.ts';

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

test('the crash test finds every door shut, and is set aside after it crashed three times [PLG-1, PLG-3, PLG-8]', async () => {
  const product = await Product.start();
  const session = await BrowserSession.setup(product.url);
  const { id } = await session.conversation();
  await product.aico('plugin', 'install', 'crash-test');
  await product.aico('plugin', 'enable', 'crash-test');
  const reached = (await session.turn(id, '/crash reach')).reply?.text ?? '';
  expect(reached.match(/: (not there|refused, KERNEL_PERMISSION_DENIED)$/gm)).toHaveLength(11);
  for (const mischief of ['loop', 'memory', 'loop']) {
    await expect
      .poll(async () => (await session.plugin('crash-test')).state, { timeout: 30_000, interval: 100 })
      .toBe('active');
    const { reply } = await session.turn(id, `/crash ${mischief}`);
    expect([mischief, reply?.status]).toEqual([mischief, 'failed']);
  }
  await expect
    .poll(async () => (await session.plugin('crash-test')).state, { timeout: 30_000, interval: 100 })
    .toBe('quarantined');
  expect((await session.turn(id, 'Hello')).reply?.status).toBe('complete');
}, 240_000);
