import { copyFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { BrowserSession } from '../support/browser-session.ts';
import { Product, temporaryHome } from '../support/product.ts';
import { flipBit, packStranger, trustStranger } from '../support/stranger.ts';

const BAD: readonly [string, string, string, object?][] = [
  ['throws', `export default { activate() { throw new Error('no'); } };`, 'KERNEL_PLUGIN_ACTIVATE_FAILED'],
  ['exports-nothing', 'export const nothing = 1;', 'KERNEL_PLUGIN_ACTIVATE_FAILED'],
  ['cannot-parse', 'export default {', 'KERNEL_PLUGIN_ACTIVATE_FAILED'],
  ['imports', `import 'node:fs'; export default { activate() {} };`, 'KERNEL_PLUGIN_ACTIVATE_FAILED'],
  [
    'never-ready',
    'export default { activate: () => new Promise(() => {}) };',
    'KERNEL_PLUGIN_START_TIMEOUT',
    { startMs: 1500 },
  ],
  ['loops', 'export default { activate() { for (;;); } };', '', { startMs: 5000 }],
  ['eats-memory', 'export default { activate() { const a = []; for (;;) a.push(new Array(1e6).fill(1)); } };', ''],
];

test('each bad plugin gets one clear error, and the chat never notices [PLG-1, PLG-3, PLG-6]', async () => {
  const home = await temporaryHome();
  const product = await Product.start({ home });
  await product.stop();
  await trustStranger(home);
  const again = await Product.start({ home });
  const session = await BrowserSession.setup(again.url);
  const { id } = await session.conversation();
  for (const [name, code, expected, quota] of BAD) {
    const path = await packStranger(home, name, code, quota === undefined ? {} : { quota });
    const installed = await again.aico('plugin', 'install', path, '--json');
    expect([name, installed.code, installed.stderr]).toEqual([name, 0, '']);
    const enabling = again.aico('plugin', 'enable', name, '--json');
    const turn = await session.turn(id, `Hello beside ${name}`);
    expect([name, turn.reply?.status]).toEqual([name, 'complete']);
    await enabling;
    await expect
      .poll(async () => (await session.plugin(name)).error, { timeout: 20_000, interval: 100 })
      .toMatchObject({ code: expected === '' ? expect.stringMatching(/^KERNEL_PLUGIN_/) : expected, subject: name });
    await session.call('POST', `/plugins/${name}/disable`, {});
  }
  const others = await Promise.all(['chat', 'storage', 'gateway', 'vault', 'llm'].map((each) => session.plugin(each)));
  expect(others.map(({ id: each, state, restarts }) => [each, state, restarts])).toEqual(
    others.map(({ id: each }) => [each, 'active', 0]),
  );
}, 240_000);

test('an unsigned, altered or untrusted package is refused, naming the file and the rule [PLG-2, UPD-3]', async () => {
  const home = await temporaryHome();
  const product = await Product.start({ home });
  const path = await packStranger(home, 'nobody', 'export default { activate() {} };');
  const refused = await product.aico('plugin', 'install', path, '--json');
  expect(refused.code).not.toBe(0);
  expect(refused.stdout + refused.stderr).toContain('REGISTRY_SIGNER_UNKNOWN');
  const garbage = join(home, 'garbage.aico.tgz');
  await copyFile(path, garbage);
  await flipBit(garbage, 200);
  const altered = await product.aico('plugin', 'install', garbage, '--json');
  expect(altered.code).not.toBe(0);
  expect(altered.stdout + altered.stderr).toMatch(/REGISTRY_[A-Z_]+/);
}, 120_000);

test('a plugin that was altered on the disk is rejected at the next start, and all others run [PLG-2]', async () => {
  const home = await temporaryHome();
  const first = await Product.start({ home });
  await first.stop();
  await trustStranger(home);
  const second = await Product.start({ home });
  const path = await packStranger(home, 'honest', 'export default { activate() {} };');
  await second.aico('plugin', 'install', path);
  expect((await second.aico('plugin', 'enable', 'honest')).code).toBe(0);
  await second.stop();
  const [file] = (await readdir(join(home, 'packages'))).filter((name) => name.includes('honest'));
  await flipBit(join(home, 'packages', file ?? ''), 300);
  const third = await Product.start({ home });
  const session = await BrowserSession.setup(third.url);
  const { plugins } = await session.call<{ plugins: { id: string; state: string; error?: { code: string } }[] }>(
    'GET',
    '/plugins',
  );
  const honest = plugins.find((plugin) => plugin.id === 'honest');
  expect(honest).toMatchObject({ state: 'rejected', error: { code: expect.stringMatching(/^REGISTRY_/) } });
  expect(plugins.find((plugin) => plugin.id === 'gateway')?.state).toBe('active');
}, 180_000);
