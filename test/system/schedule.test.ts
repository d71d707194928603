import { expect, test } from 'vitest';
import { BrowserSession } from '../support/browser-session.ts';
import { Product, temporaryHome } from '../support/product.ts';
import { packStranger, trustStranger } from '../support/stranger.ts';

/** Notes each run that it is given, and starts the clock for some when it is told to. */
const BELL = `export default { async activate(ctx) {
  const rung = (await ctx.storage.get('rung')) ?? [];
  await ctx.schedule.onDue(async ({ name, at, late }) => {
    rung.push({ name, at, late });
    await ctx.storage.set('rung', rung);
  });
  await ctx.bus.serve('plugin.bell.command.run.v1', async ({ data }) => {
    const seconds = Number(data.arguments);
    if (seconds > 0) {
      await ctx.schedule.set('once', { at: new Date(Date.now() + seconds * 1000) });
      const faraway = (new Date().getUTCHours() + 12) % 24;
      await ctx.schedule.set('daily', { cron: '0 ' + faraway + ' * * *', timeZone: 'UTC' }, { data: 1 });
    }
    return { text: JSON.stringify({ rung, set: (await ctx.schedule.list()).map(({ name }) => name) }) };
  });
} };`;
const permission = (verb: string, topic: string) => ({ verb, topic, reason: 'To ring when it is time.' });
const MANIFEST = {
  dependencies: { scheduler: '*', storage: '*' },
  needs: ['vault.unlocked'],
  permissions: [
    permission('serve', 'plugin.bell.command.run.v1'),
    permission('serve', 'plugin.bell.schedule.due.v1'),
    ...['schedule.set.v1', 'schedule.list.v1', 'storage.kv.get.v1', 'storage.kv.set.v1'].map((topic) =>
      permission('request', topic),
    ),
  ],
  contributes: { commands: [{ name: 'bell', description: 'Rings' }] },
};

interface Told {
  readonly rung: readonly { readonly name: string; readonly at: string; readonly late: boolean }[];
  readonly set: readonly string[];
}

async function bell(session: BrowserSession, conversation: string, words = ''): Promise<Told> {
  const { reply } = await session.turn(conversation, `/bell ${words}`);
  return JSON.parse(reply?.text ?? '') as Told;
}

test('what became due while the product lay dead is handed over once when it lives again [PLG-5] [SVC-7]', async () => {
  const home = await temporaryHome();
  await trustStranger(home);
  const product = await Product.start({ home });
  const session = await BrowserSession.setup(product.url);
  const { id } = await session.conversation();
  const path = await packStranger(home, 'bell', BELL, MANIFEST);
  expect(await product.aico('plugin', 'install', path)).toEqual({ code: 0, stdout: expect.any(String), stderr: '' });
  expect(await product.aico('plugin', 'enable', 'bell')).toEqual({ code: 0, stdout: expect.any(String), stderr: '' });
  // In good time first.
  await bell(session, id, '1');
  await expect
    .poll(() => bell(session, id), { timeout: 20_000, interval: 200 })
    .toMatchObject({
      rung: [{ name: 'once', late: false }],
      set: ['daily'],
    });
  const due = Date.now() + 2_000;
  await bell(session, id, '2');
  await product.stop('SIGKILL');
  await expect.poll(() => Date.now(), { timeout: 5_000 }).toBeGreaterThan(due);

  const again = await Product.start({ home });
  const back = await BrowserSession.unlock(again.url);
  const rungTwice = async () => (await back.plugin('bell')).state === 'active' && (await bell(back, id)).rung.length;
  await expect.poll(rungTwice, { timeout: 30_000, interval: 200 }).toBe(2);
  const { rung, set } = await bell(back, id);
  expect(Math.abs(new Date(rung[1]?.at ?? 0).getTime() - due)).toBeLessThan(2_000);
  expect(set).toEqual(['daily']);

  // Once more from the disk: nothing comes twice.
  await again.stop('SIGKILL');
  const third = await Product.start({ home });
  const last = await BrowserSession.unlock(third.url);
  await expect.poll(async () => (await last.plugin('bell')).state, { timeout: 30_000 }).toBe('active');
  expect(await bell(last, id)).toEqual({ rung, set });
}, 180_000);
