import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { SystemStatus } from '@aico/schemas';
import { expect, test } from 'vitest';
import { curveKeyPair, Dealer } from 'zeromq';
import { askPass } from '../../host/src/door/door-client.ts';
import { socketsOf } from '../../host/test/support/aico.ts';
import { BrowserSession } from '../support/browser-session.ts';
import { requireSocketFiles } from '../support/platform.ts';
import { Product, temporaryHome } from '../support/product.ts';
import { packStranger, trustStranger } from '../support/stranger.ts';

/** Says something at a socket with these keys; nothing tells the sender whether it was heard. */
async function speakAt(address: string, keys: object): Promise<void> {
  const socket = new Dealer({ linger: 0, sendTimeout: 500, ...keys });
  socket.connect(address);
  await socket.send(Buffer.alloc(64, 1)).catch(() => undefined);
  await new Promise((resolve) => setTimeout(resolve, 500));
  socket.close();
}

test("nobody else speaks on a plugin's socket: it is closed behind the plugin, whoever holds which key [BUS-1, SEC-4]", {
  timeout: 60_000,
}, async (context) => {
  requireSocketFiles(context);
  const product = await Product.start();
  const session = await BrowserSession.setup(product.url);
  const sockets = socketsOf(product.home);
  const incarnation = readdirSync(sockets).find((name) => /^memory-[0-9a-f]{12}$/.test(name)) ?? '';
  const pass = await askPass(join(sockets, 'door'));
  const { serverPublicKey = '', publicKey = '', secretKey = '' } = pass?.credentials ?? {};
  const stranger = curveKeyPair();
  const keys: object[] = [
    {},
    { curveServerKey: stranger.publicKey, curvePublicKey: stranger.publicKey, curveSecretKey: stranger.secretKey },
    { curveServerKey: serverPublicKey, curvePublicKey: publicKey, curveSecretKey: secretKey },
  ];
  const before = await session.plugin('memory');
  // The plugin is in, and its socket was closed behind it.
  expect(readdirSync(join(sockets, incarnation))).toEqual([]);
  for (const each of keys) await speakAt(`ipc://${join(sockets, incarnation, 'bus')}`, each);
  pass?.close();
  expect((await session.call<SystemStatus>('GET', '/status')).notices).toEqual([]);
  const after = await session.plugin('memory');
  expect([after.state, after.restarts, after.traffic.violations]).toEqual(['active', 0, before.traffic.violations]);
  const { id } = await session.conversation();
  expect((await session.turn(id, 'Hello')).reply?.status).toBe('complete');
});

test('a package that takes the name of a shipped plugin is refused, and the plugin keeps its data [SEC-4, PLG-2]', async () => {
  const home = await temporaryHome();
  await trustStranger(home, 'isolated', 'trusted');
  const product = await Product.start({ home });
  const session = await BrowserSession.setup(product.url);
  const thief = await packStranger(home, 'chat', 'export default { activate() {} };', { version: '9.9.9' });
  const refused = await product.aico('plugin', 'install', thief);
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('REGISTRY_PLUGIN_TAKEN')]);
  expect(await session.plugin('chat')).toMatchObject({ state: 'active', version: '0.1.0', restarts: 0 });
}, 60_000);
