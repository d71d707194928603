import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PluginInfo } from '@aico/schemas';
import { expect, test } from 'vitest';
import { Product, temporaryHome } from '../support/product.ts';
import { packStranger, trustStranger } from '../support/stranger.ts';
import { requireChromium } from '../support/system-tools.ts';
import { eventually, walkWizard } from './support/app.ts';
import { openWindow } from './support/browser.ts';
import { look } from './support/look.ts';

const DAYS = 31;
const RECALL = 'request memory.recall.v1';
const CODE = `export default { async activate({ bus }) {
  await bus.serve('plugin.curious.command.run.v1', async () => ({
    text: await bus.request('memory.recall.v1', { text: 'tea' }).then(() => 'Recalled.', (error) => error.code),
  }));
} };`;
const PERMISSIONS = [
  { verb: 'serve', topic: 'plugin.curious.command.run.v1', reason: 'To answer when you type /curious.' },
  { verb: 'request', topic: 'memory.recall.v1', reason: 'To know what you care for.' },
];

/** What the kernel noted of a plugin's uses, as if they had been so many days earlier: the kernel reads it at its next start. */
async function ageUses(home: string, id: string, days: number): Promise<void> {
  const path = join(home, 'state', 'plugins.json');
  const state = JSON.parse(await readFile(path, 'utf8')) as {
    plugins: Record<string, { used?: Record<string, number> }>;
  };
  const used = state.plugins[id]?.used ?? {};
  expect(Object.keys(used)).toContain(RECALL);
  for (const key of Object.keys(used)) used[key] = (used[key] ?? 0) - days;
  await writeFile(path, JSON.stringify(state));
}

test('a permission that was not used for 30 days is offered for removal; taken away, it is not granted any more, and comes back with undo [PLG-2]', async (context) => {
  requireChromium(context);
  const home = await temporaryHome();
  await trustStranger(home);
  const before = await Product.start({ home });
  const packed = await packStranger(await mkdtemp(join(home, 'packed-')), 'curious', CODE, {
    name: 'Curious',
    permissions: PERMISSIONS,
    contributes: { commands: [{ name: 'curious', description: 'Asks' }] },
  });
  expect((await before.aico('plugin', 'install', packed)).code).toBe(0);
  await before.aico('plugin', 'enable', 'curious');
  await before.stop();
  await ageUses(home, 'curious', DAYS);

  const product = await Product.start({ home });
  const granted = async (): Promise<boolean | undefined> =>
    (JSON.parse((await product.aico('plugin', 'info', 'curious', '--json')).stdout) as PluginInfo).permissions.find(
      ({ permission }) => permission.topic === 'memory.recall.v1',
    )?.granted;
  expect(await granted()).toBe(true);
  const { page, faults } = await openWindow(context, product.url, { reducedMotion: 'reduce' });
  await walkWizard(page);
  await page.goto(`${product.url}/plugins/curious`);
  const offer = page.locator('#plugin-curious li').filter({ hasText: `Not used for ${DAYS} days.` });
  const recall = offer.filter({ hasText: 'To know what you care for.' });
  await recall.waitFor();
  await look(page, 'unused-permission');
  await recall.getByRole('button', { name: 'Remove' }).click();
  await eventually(granted).toBe(false);
  await recall.waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Undo' }).click();
  await eventually(granted).toBe(true);
  expect(faults).toEqual([]);
}, 180_000);
