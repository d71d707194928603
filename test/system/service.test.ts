import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import type { ConfigValues, PluginInfo, Ready } from '@aico/schemas';
import { expect, onTestFinished, test } from 'vitest';
import { runs } from '../../host/test/support/aico.ts';
import { BrowserSession } from '../support/browser-session.ts';
import { requireProcesses } from '../support/platform.ts';
import { Product, temporaryHome } from '../support/product.ts';
import { told } from '../support/told.ts';

/** What the readiness says to anybody. */
async function readiness(product: Product): Promise<[number, Ready]> {
  const response = await fetch(`${product.url}/api/v1/ready`);
  return [response.status, (await response.json()) as Ready];
}

test('health and readiness tell what is so: locked, open, killed, hung, and well again [SVC-4]', async (context) => {
  requireProcesses(context);
  const product = await Product.start();
  const health = await (await fetch(`${product.url}/api/v1/health`)).json();
  expect(health).toEqual({ status: 'ok', uptimeMs: expect.any(Number) });
  const plugins = { vault: 'active', storage: 'active', gateway: 'active', console: 'active' };
  // Waiting for the password is as it should be.
  expect(await readiness(product)).toMatchObject([200, { ready: true, plugins: { ...plugins, chat: 'pending' } }]);
  const session = await BrowserSession.setup(product.url);
  expect(await readiness(product)).toMatchObject([200, { ready: true, plugins: { ...plugins, chat: 'active' } }]);
  for (const [signal, within] of [
    ['SIGKILL', 10_000],
    // It answers no ping any more, which is noticed after the fourth.
    ['SIGSTOP', 40_000],
  ] as const) {
    const { processId = 0 } = await session.plugin('llm');
    process.kill(processId, signal);
    const look = { timeout: within, interval: 50 };
    await expect.poll(async () => (await readiness(product))[0], look).toBe(503);
    await expect.poll(() => readiness(product), look).toMatchObject([200, { plugins: { llm: 'active' } }]);
    expect([runs(processId), (await session.plugin('llm')).processId === processId]).toEqual([false, false]);
  }
  expect(await session.plugin('llm')).toMatchObject({ restarts: 2 });
}, 120_000);

test('the detail of a plugin is measured: its process, its memory, what it said [SVC-4, PLG-3]', async (context) => {
  requireProcesses(context);
  const product = await Product.start();
  const session = await BrowserSession.setup(product.url);
  const before = await session.plugin('chat');
  const { id } = await session.conversation();
  await session.turn(id, 'Hello');
  const after = await session.plugin('chat');
  expect(runs(after.processId ?? 0)).toBe(true);
  expect(after.traffic.sent).toBeGreaterThan(before.traffic.sent);
  expect(after.usage?.memoryMb).toBeGreaterThan(5);
  expect(after.confinement).toContainEqual({ name: 'watchdog', on: true, why: expect.stringContaining('PSS') });
}, 60_000);

test('each layer of settings outweighs the one before, and says where a value comes from [SVC-2]', async () => {
  const home = await temporaryHome();
  const settings = { plugins: { llm: { silenceSeconds: 60, scriptedWordMs: 3, findOllama: false } } };
  await writeFile(join(home, 'config.json'), JSON.stringify(settings));
  const env = { AICO_PLUGINS_LLM_SCRIPTED_WORD_MS: '2', AICO_PLUGINS_LLM_FIND_OLLAMA: 'true' };
  const product = await Product.start({ home, env });
  const session = await BrowserSession.setup(product.url);
  const look = () => session.call<ConfigValues>('GET', '/plugins/llm/configuration');
  expect(await look()).toMatchObject({
    values: { ollamaUrl: 'http://127.0.0.1:11434', silenceSeconds: 60, scriptedWordMs: 2, findOllama: true },
    sources: { ollamaUrl: 'default', silenceSeconds: 'file', scriptedWordMs: 'environment', findOllama: 'environment' },
  });
  const set = (values: object) => session.call('PUT', '/plugins/llm/configuration', { values });
  await set({ scriptedWordMs: 1 });
  await expect(set({ scriptedWordsMs: 1 })).rejects.toMatchObject({
    code: 'CONFIG_KEY_UNKNOWN',
    subject: 'scriptedWordsMs',
    message: expect.stringContaining('the nearest known one is "scriptedWordMs"'),
  });
  await expect(set({ scriptedWordMs: 'fast' })).rejects.toMatchObject({
    code: 'CONFIG_VALUE_INVALID',
    subject: 'plugins.llm.scriptedWordMs',
  });
  expect(await look()).toMatchObject({ values: { scriptedWordMs: 1 }, sources: { scriptedWordMs: 'run-time' } });
  await product.stop();
  const again = await Product.start({ home, env });
  const back = await BrowserSession.unlock(again.url);
  expect(await back.call('GET', '/plugins/llm/configuration')).toMatchObject({ values: { scriptedWordMs: 1 } });
}, 120_000);

test('a taken port is told with its number and its way out, in the terminal and to the command [SVC-5]', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const product = await Product.start({ env: { AICO_PLUGINS_GATEWAY_PORT: String(port) } });
  expect(product.output).toContain(`Port ${port} is in use by another program.`);
  expect(product.output).toContain('AICO_PLUGINS_GATEWAY_PORT=4128');
  const info = JSON.parse((await product.aico('plugin', 'info', 'gateway', '--json')).stdout) as PluginInfo;
  expect(info.error).toEqual(told('GATEWAY_PORT_TAKEN', 'gateway'));
  const status: unknown = JSON.parse((await product.aico('status', '--json')).stdout);
  expect(status).toMatchObject({ status: { plugins: { failed: 1 } } });
  server.close();
  await once(server, 'close');
  expect((await product.aico('plugin', 'enable', 'gateway')).stdout).toContain('gateway is active.');
}, 120_000);
