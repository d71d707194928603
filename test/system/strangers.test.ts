import { copyFile, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { BrowserSession } from '../support/browser-session.ts';
import { Product, temporaryHome } from '../support/product.ts';
import { flipBit, packStranger, trustStranger } from '../support/stranger.ts';

/** Code of a bad plugin, the error that it ends with, and what its manifest says besides. */
const BAD: readonly [string, string, string, object?][] = [
  ['throws', `export default { activate() { throw new Error('no'); } };`, 'KERNEL_PLUGIN_ACTIVATE_FAILED'],
  ['exports-nothing', 'export const nothing = 1;', 'SDK_DEFINITION_INVALID'],
  ['cannot-parse', 'export default {', 'SANDBOX_CODE_INVALID'],
  ['imports', `import 'node:fs'; export default { activate() {} };`, 'SANDBOX_IMPORT_DENIED'],
  [
    'never-ready',
    'export default { activate: () => new Promise(() => {}) };',
    'KERNEL_PLUGIN_START_TIMEOUT',
    { quota: { startMs: 1500 } },
  ],
  [
    'loops-at-once',
    'export default { activate() { for (;;); } };',
    'KERNEL_PLUGIN_START_TIMEOUT',
    { quota: { startMs: 1500 } },
  ],
  [
    'loops-later',
    'export default { activate() { setTimeout(() => { for (;;); }, 100); } };',
    'KERNEL_PLUGIN_CPU',
    { quota: { cpuMsPerSecond: 200 } },
  ],
  [
    'eats-memory',
    'export default { activate() { const a = []; for (;;) a.push(new Array(1e6).fill(1)); } };',
    'KERNEL_PLUGIN_MEMORY',
  ],
  ['exits', 'export default { activate() { process.exit(3); } };', 'KERNEL_PLUGIN_EXITED', { tier: 'trusted' }],
  [
    'exits-later',
    'export default { activate() { setTimeout(() => process.exit(0), 100); } };',
    'KERNEL_PLUGIN_EXITED',
    { tier: 'trusted' },
  ],
];

test('each bad plugin gets one clear error, and the chat never notices [PLG-1, PLG-3, PLG-6]', async () => {
  const home = await temporaryHome();
  await trustStranger(home, 'isolated', 'trusted');
  const product = await Product.start({ home });
  const session = await BrowserSession.setup(product.url);
  const { id } = await session.conversation();
  for (const [name, code, expected, more] of BAD) {
    const path = await packStranger(home, name, code, more);
    const installed = await product.aico('plugin', 'install', path, '--json');
    expect([name, installed.code, installed.stderr]).toEqual([name, 0, '']);
    const enabling = product.aico('plugin', 'enable', name);
    const turn = await session.turn(id, `Hello beside ${name}`);
    expect([name, turn.reply?.status]).toEqual([name, 'complete']);
    await enabling;
    const errorOf = async () => (await session.plugin(name)).error;
    await expect.poll(errorOf, { timeout: 40_000, interval: 100 }).toMatchObject({ code: expected, subject: name });
    const error = await errorOf();
    expect([name, error?.rule, error?.fix]).toEqual([name, expect.stringMatching(/./), expect.stringMatching(/./)]);
    const told = async () => (await product.aico('plugin', 'info', name)).stdout;
    await expect.poll(told, { timeout: 40_000 }).toContain(error?.fix);
    await session.call('POST', `/plugins/${name}/disable`, {});
  }
  const others = await Promise.all(['chat', 'storage', 'gateway', 'vault', 'llm'].map((each) => session.plugin(each)));
  expect(others.map(({ id: each, state, restarts }) => [each, state, restarts])).toEqual(
    others.map(({ id: each }) => [each, 'active', 0]),
  );
}, 300_000);

test('a plugin that fails three times is set aside, also after a restart, until the user wants it again [PLG-8]', async () => {
  const home = await temporaryHome();
  await trustStranger(home);
  const product = await Product.start({ home });
  const session = await BrowserSession.setup(product.url);
  const path = await packStranger(home, 'moody', `export default { activate() { throw new Error('no'); } };`);
  await product.aico('plugin', 'install', path);
  const enabled = await product.aico('plugin', 'enable', 'moody');
  expect([enabled.code, enabled.stdout]).toEqual([1, expect.stringContaining('moody failed to start: Error: no.')]);
  const told = (state: string, code: string) => ({ state, error: { code, subject: 'moody' } });
  const look = () => session.plugin('moody');
  await expect
    .poll(look, { timeout: 20_000, interval: 200 })
    .toMatchObject(told('quarantined', 'KERNEL_PLUGIN_ACTIVATE_FAILED'));
  expect((await fetch(`${product.url}/api/v1/ready`)).status).toBe(503);
  await product.stop();
  const again = await Product.start({ home });
  const list = JSON.parse((await again.aico('plugin', 'info', 'moody', '--json')).stdout) as object;
  expect(list).toMatchObject(told('quarantined', 'KERNEL_PLUGIN_QUARANTINED'));
  expect((await again.aico('plugin', 'enable', 'moody')).stdout).toContain('KERNEL_PLUGIN_ACTIVATE_FAILED');
}, 120_000);

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

test('a plugin from outside waits for a yes, and stops at once when its key is revoked [PLG-2, SEC-8]', async () => {
  const home = await temporaryHome();
  await trustStranger(home);
  const product = await Product.start({ home });
  const session = await BrowserSession.setup(product.url);
  await product.aico('plugin', 'install', await packStranger(home, 'guest', 'export default { activate() {} };'));
  const look = async () => (await session.plugin('guest')).state;
  expect(await look()).toBe('awaitingConsent');
  await product.aico('plugin', 'enable', 'guest');
  const { processId = 0 } = await session.plugin('guest');
  const trust = join(home, 'trust.json');
  const before = await readFile(trust, 'utf8');
  const [key] = (JSON.parse(before) as { keys: { keyId: string }[] }).keys;
  expect((await product.aico('trust', 'revoke', String(key?.keyId))).code).toBe(0);
  await expect.poll(look, { timeout: 10_000 }).toBe('revoked');
  expect(() => process.kill(processId, 0)).toThrow(/ESRCH/);
  await writeFile(trust, before);
  await expect.poll(look, { timeout: 10_000 }).toBe('active');
}, 120_000);
