import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { BrowserSession } from '../support/browser-session.ts';
import { Product } from '../support/product.ts';

test('what a plugin stored stays when it is removed, until that is wanted, and then all of it goes but in backups [DATA-7, PLG-3]', async () => {
  const product = await Product.start();
  const session = await BrowserSession.setup(product.url);
  const { id } = await session.conversation();
  const say = async (text: string) => (await session.turn(id, text)).reply?.text;
  const aico = async (...args: string[]) => {
    const { stdout } = await product.aico(...args, '--json');
    return JSON.parse(stdout) as Record<string, unknown>;
  };
  const databases = async (): Promise<string[]> =>
    (await readdir(join(product.home, 'data', 'storage'))).filter((name) => name.startsWith('notes.db'));
  const install = async (plugin: string): Promise<void> => {
    await aico('plugin', 'install', plugin);
    await aico('plugin', 'enable', plugin);
  };
  await install('notes');
  await install('reminders');
  expect(await say('/note Rosalind keeps bees')).toBe('Kept as note 1.');
  expect(await say('/remind in 3 hours call Rosalind')).toContain('call Rosalind');
  await aico('backup', 'create');

  expect(await aico('plugin', 'uninstall', 'notes')).toEqual({ id: 'notes' });
  expect(await databases()).not.toEqual([]);
  await install('notes');
  expect(await session.call('DELETE', '/plugins/notes/data').catch(({ code }) => code)).toBe(
    'PRIVACY_PLUGIN_INSTALLED',
  );
  expect(await say('/note and cats')).toBe('Kept as note 2.');

  const gone = { files: 0, schedules: 0, secrets: 0, backups: 1 };
  expect(await aico('plugin', 'uninstall', 'notes', '--data')).toEqual({
    id: 'notes',
    ...gone,
    bytes: expect.any(Number),
  });
  expect(await databases()).toEqual([]);
  // One that was removed before; what it had for later lies with the scheduler.
  await aico('plugin', 'uninstall', 'reminders');
  const kept = await aico('plugin', 'uninstall', 'reminders', '--data');
  expect(kept).toEqual({ id: 'reminders', ...gone, schedules: 1, bytes: 0 });
  await install('notes');
  expect(await say('/note something new')).toBe('Kept as note 1.');
  const { records } = (await aico('audit', 'search', '--kind', 'plugin.erased')) as { records: { plugin: string }[] };
  expect(records.map(({ plugin }) => plugin)).toEqual(['reminders', 'notes']);
}, 180_000);
