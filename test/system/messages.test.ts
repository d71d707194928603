import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Violation } from '@aico/schemas';
import { expect, test } from 'vitest';
import { BrowserSession } from '../support/browser-session.ts';
import { Product, temporaryHome } from '../support/product.ts';
import { packStranger, trustStranger } from '../support/stranger.ts';

/** Commands that break one rule each, and what the plugin's author is told. */
const BROKEN: readonly [string, string, string, string][] = [
  ['a malformed topic', `publish('Not..A Topic', {})`, 'KERNEL_TOPIC_MALFORMED', 'Not..A Topic'],
  ['an ungranted topic', `publish('chat.message.created.v1', {})`, 'KERNEL_PERMISSION_DENIED', 'probe'],
  ['an ungranted pattern', `subscribe('chat.>', () => {})`, 'KERNEL_PERMISSION_DENIED', 'probe'],
  ['a topic of the kernel', `publish('kernel.plugin.changed.v1', {})`, 'KERNEL_PERMISSION_DENIED', 'probe'],
  ["another plugin's topic", `serve('plugin.dice.command.run.v1', () => ({}))`, 'KERNEL_PERMISSION_DENIED', 'probe'],
  [
    'a topic without contract',
    `publish('plugin.probe.nothing.v1', {})`,
    'KERNEL_TOPIC_UNKNOWN',
    'plugin.probe.nothing.v1',
  ],
  [
    'a payload off its schema',
    `request('storage.kv.get.v1', { kee: 1 })`,
    'KERNEL_PAYLOAD_INVALID',
    'storage.kv.get.v1',
  ],
  [
    'a payload over its size',
    `request('storage.kv.set.v1', { key: 'a', value: 'x'.repeat(9000) })`,
    'KERNEL_PAYLOAD_TOO_LARGE',
    'probe',
  ],
  ['messages over their rate', `flood()`, 'KERNEL_RATE_EXCEEDED', 'probe'],
];

const PROBE = `
const tries = [${BROKEN.map(([, call]) => `(bus, flood) => ${call.startsWith('flood') ? call : `bus.${call}`}`).join(',\n')}];
export default { async activate(ctx) {
  const flood = () => Promise.all(Array.from({ length: 400 }, () => ctx.bus.request('storage.kv.get.v1', { key: 'a' })));
  await ctx.bus.serve('plugin.probe.command.run.v1', async ({ data }) => {
    const told = await tries[Number(data.arguments)](ctx.bus, flood).then(
      () => ({}),
      ({ code, subject, rule, fix, message }) => ({ code, subject, rule, fix, message }),
    );
    // Whoever sent too much may speak again a moment later.
    await new Promise((resolve) => setTimeout(resolve, 1500));
    return { text: JSON.stringify(told) };
  });
} };`;

const permission = (verb: string, topic: string) => ({ verb, topic, reason: 'to try it' });
const MANIFEST = {
  quota: { messageBytes: 8192, messagesPerSecond: 50 },
  permissions: [
    permission('serve', 'plugin.probe.command.run.v1'),
    permission('publish', 'plugin.probe.nothing.v1'),
    permission('request', 'storage.kv.get.v1'),
    permission('request', 'storage.kv.set.v1'),
  ],
  contributes: { commands: [{ name: 'try', description: 'Breaks a rule' }] },
};

test('each message that breaks a rule is told to its sender, to the user and to the log, and to nobody else [SEC-4, BUS-5, PLG-3]', async () => {
  const home = await temporaryHome();
  await trustStranger(home);
  const product = await Product.start({ home });
  const session = await BrowserSession.setup(product.url);
  await product.aico('plugin', 'install', await packStranger(home, 'probe', PROBE, MANIFEST));
  expect((await product.aico('plugin', 'enable', 'probe')).code).toBe(0);
  const seen = (await session.events('kernel.violation.raised.v1')) as readonly Violation[];
  const { id } = await session.conversation();
  for (const [index, [name, , code, subject]] of BROKEN.entries()) {
    const { reply } = await session.turn(id, `/try ${index}`);
    const told = JSON.parse(reply?.text ?? '{}') as object;
    const words = { message: expect.any(String), rule: expect.any(String), fix: expect.any(String) };
    expect([name, told]).toEqual([name, { code, subject, ...words }]);
    expect([name, seen.at(-1)]).toMatchObject([name, { sender: 'probe', error: { code, subject } }]);
  }
  const probe = await session.plugin('probe');
  expect([probe.state, probe.restarts]).toEqual(['active', 0]);
  // All are counted; a flood of them is not told one by one.
  expect(probe.traffic.violations).toBeGreaterThan(BROKEN.length + 100);
  expect(seen.length).toBeLessThan(BROKEN.length + 60);
  const log = await readFile(join(home, 'logs', 'host.log'), 'utf8');
  for (const [, , code] of BROKEN) expect(log).toContain(`"code":"${code}"`);
  const others = await Promise.all(['chat', 'storage', 'gateway', 'memory'].map((each) => session.plugin(each)));
  expect(others.map(({ state, traffic }) => [state, traffic.violations])).toEqual(others.map(() => ['active', 0]));
}, 120_000);

test('a plugin that floods the bus makes itself wait, and nobody else [PLG-3, BUS-7]', async () => {
  const home = await temporaryHome();
  await trustStranger(home);
  const product = await Product.start({ home });
  const session = await BrowserSession.setup(product.url);
  const flood = `export default { activate(ctx) {
    const pour = () => {
      for (let sent = 0; sent < 2000; sent += 1) ctx.bus.publish('Not..A Topic', {}).catch(() => {});
      setTimeout(pour, 1);
    };
    setTimeout(pour, 100);
  } };`;
  await product.aico('plugin', 'install', await packStranger(home, 'flood', flood));
  expect((await product.aico('plugin', 'enable', 'flood')).code).toBe(0);
  await expect
    .poll(async () => (await session.plugin('flood')).traffic.violations, { timeout: 20_000 })
    .toBeGreaterThan(200);
  const waits: number[] = [];
  for (let asked = 0; asked < 20; asked += 1) {
    const from = performance.now();
    await session.plugin('chat');
    waits.push(performance.now() - from);
  }
  expect(Math.max(...waits)).toBeLessThan(1500);
  const { id } = await session.conversation();
  expect((await session.turn(id, 'Hello')).reply?.status).toBe('complete');
}, 120_000);

test('a browser that asks wrongly is told which rule and what to do, with a status to match [SVC-5]', async () => {
  const product = await Product.start();
  const session = await BrowserSession.setup(product.url);
  await session.conversation();
  const stranger = (headers: Record<string, string>) => fetch(`${product.url}/api/v1/conversations`, { headers });
  const asked: readonly [string, Promise<Response>, number, string][] = [
    ['off schema', session.request('POST', '/conversations', { titel: 'x' }), 400, 'GATEWAY_INPUT_INVALID'],
    [
      'over size',
      session.request('POST', '/conversations', { title: 'x'.repeat(2 ** 21) }),
      413,
      'GATEWAY_BODY_TOO_LARGE',
    ],
    ['nowhere', session.request('GET', '/nowhere'), 404, 'GATEWAY_ROUTE_UNKNOWN'],
    ['of nobody', session.request('GET', '/plugins/nobody'), 404, 'KERNEL_PLUGIN_UNKNOWN'],
    ['a secret in the address', session.request('GET', '/plugins?token=x'), 400, 'GATEWAY_QUERY_REFUSED'],
    ['required off', session.request('POST', '/plugins/vault/disable', {}), 409, 'KERNEL_PLUGIN_REQUIRED'],
    ['without a session', stranger({}), 401, 'GATEWAY_SESSION_REQUIRED'],
    ['from another site', stranger({ origin: 'https://evil.example' }), 403, 'GATEWAY_ORIGIN_REFUSED'],
  ];
  for (const [name, asking, status, code] of asked) {
    const response = await asking;
    const words = {
      message: expect.any(String),
      subject: expect.any(String),
      rule: expect.any(String),
      fix: expect.any(String),
    };
    expect([name, response.status, await response.json()]).toMatchObject([name, status, { code, ...words }]);
  }
}, 60_000);
