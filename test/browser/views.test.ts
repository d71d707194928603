import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';
import { expect, onTestFinished, test } from 'vitest';
import { Product, temporaryHome } from '../support/product.ts';
import { packStranger, trustStranger } from '../support/stranger.ts';
import { requireChromium } from '../support/system-tools.ts';
import { eventually, messages, say, walkWizard } from './support/app.ts';
import { findBarriers } from './support/axe.ts';
import { openWindow } from './support/browser.ts';

/** Tells its view what it was asked, and nothing else. */
const CODE = `export default { async activate({ bus }) {
  await bus.serve('plugin.stranger.view.ask.v1', ({ data, sender }) => ({ data: { sender, ...data } }));
} };`;

/** Everything that a hostile view may try; what it came to is written into its page. */
function attacks(http: number, udp: number): string {
  return `<p id="said"></p><iframe srcdoc="<script>new RTCPeerConnection()</script>"></iframe><script>
const away = 'http://127.0.0.1:${http}/';
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const tries = {
  parentPage: () => parent.document.title,
  cookie: () => document.cookie,
  storage: () => localStorage.length,
  database: () => indexedDB.open('x'),
  fetch: () => fetch(away + 'fetch'),
  ownServer: () => fetch('/api/v1/session'),
  socket: () => new Promise((resolve, reject) => {
    const socket = new WebSocket('ws://127.0.0.1:${http}/socket');
    socket.onopen = resolve;
    socket.onerror = () => reject(new Error('refused'));
  }),
  code: () => import(away + 'code'),
  top: () => { top.location = away + 'top'; },
  peer: () => new RTCPeerConnection({ iceServers: [{ urls: 'stun:127.0.0.1:${udp}' }] }),
  childPeer: () => {
    const child = document.createElement('iframe');
    document.body.append(child);
    return new child.contentWindow.RTCPeerConnection();
  },
  popup: () => { if (open(away + 'popup') === null) throw new Error('refused'); },
  dialog: () => { if (prompt('password?') === null) throw new Error('refused'); },
};
const silent = () => {
  new Image().src = away + 'image';
  navigator.sendBeacon(away + 'beacon', 'x');
  for (const rel of ['preconnect', 'dns-prefetch', 'prefetch', 'preload', 'modulepreload', 'stylesheet', 'icon'])
    document.head.append(Object.assign(document.createElement('link'), { rel, href: away + rel }));
  const frame = document.createElement('iframe');
  frame.srcdoc = '<script>parent.postMessage("ran", "*")<' + '/script><img src="' + away + 'inner">';
  document.body.append(frame);
  document.body.append(Object.assign(document.createElement('form'), { action: away + 'form' }));
  document.forms[0].submit();
};
(async () => {
  let inner = 'silent';
  addEventListener('message', () => { inner = 'ran'; });
  const came = {};
  for (const [name, attempt] of Object.entries(tries)) {
    try { came[name] = 'REACHED ' + (await attempt()); } catch { came[name] = 'refused'; }
  }
  silent();
  await wait(1_000);
  came.innerScript = inner === 'silent' ? 'refused' : 'REACHED';
  came.answer = await aico.ask('plugin.habits.view.ask.v1', { as: 'habits' });
  came.wildcard = 'REACHED';
  try { await aico.ask('*', {}); } catch { came.wildcard = 'refused'; }
  document.getElementById('said').textContent = JSON.stringify(came);
})();
</script>`;
}

/** Ends itself by a question that is none, after it asked too much. */
const FLOOD = `<p id="said">begun</p><script>
for (let at = 0; at < 20_000; at += 1) aico.ask('again', at).catch(() => {});
</script>`;
const BUSY = `<p id="said">begun</p><script>setTimeout(() => { for (;;); }, 200);</script>`;
const LEAVES = `<script>location.href = LEAVE;</script>`;

function views(...ids: string[]): object {
  return {
    permissions: [{ verb: 'serve', topic: 'plugin.stranger.view.ask.v1', reason: 'to answer its views' }],
    contributes: { views: ids.map((id) => ({ id, title: `View ${id}`, entry: `views/${id}.html` })) },
    lifecycle: { suspendAfterSeconds: 1 },
  };
}

test('a view that is hostile reaches no page, no storage, no network and no other plugin, and the app stays [PLG-5, SEC-4]', async (context) => {
  requireChromium(context);
  const reached: string[] = [];
  const web = createServer((request, response) => {
    reached.push(`${request.url}`);
    response.end();
  }).listen(0, '127.0.0.1');
  await once(web, 'listening');
  const stun = createSocket('udp4')
    .on('message', () => reached.push('udp'))
    .bind(0, '127.0.0.1');
  await once(stun, 'listening');
  onTestFinished(() => void web.close());
  onTestFinished(() => void stun.close());
  const { port } = web.address() as AddressInfo;

  const home = await temporaryHome();
  await trustStranger(home);
  const product = await Product.start({ home });
  const pages = {
    'views/attacks.html': attacks(port, stun.address().port),
    'views/flood.html': FLOOD,
    'views/busy.html': BUSY,
    'views/leaves.html': LEAVES.replace('LEAVE', JSON.stringify(`http://127.0.0.1:${port}/self`)),
  };
  const ids = ['attacks', 'flood', 'busy', 'leaves'];
  await product.aico('plugin', 'install', await packStranger(home, 'stranger', CODE, views(...ids), pages));
  await product.aico('plugin', 'enable', 'stranger');
  expect((await product.aico('plugin', 'install', 'habits')).code).toBe(0);
  await product.aico('plugin', 'enable', 'habits');
  const { page, faults } = await openWindow(context, product.url, { reducedMotion: 'reduce' });
  await walkWizard(page);

  // It sleeps by now, and what its view asks wakes it.
  const stateOf = async () => JSON.parse((await product.aico('plugin', 'info', 'stranger', '--json')).stdout).state;
  await eventually(stateOf).toBe('suspended');
  await page.goto(`${product.url}/views/stranger/attacks`);
  const said = await eventualText(page);
  const { answer, ...came } = JSON.parse(said) as Record<string, unknown>;
  expect(Object.entries(came).filter(([, outcome]) => outcome !== 'refused')).toEqual([]);
  expect(Object.keys(came).length).toBe(15);
  // Its question went to its own plugin, by way of the gateway, whatever it was called.
  expect(answer).toEqual({
    sender: 'gateway',
    view: 'attacks',
    name: 'plugin.habits.view.ask.v1',
    data: { as: 'habits' },
  });

  await page.goto(`${product.url}/views/stranger/flood`);
  await page.getByText('was stopped').waitFor();
  await page.goto(`${product.url}/views/stranger/leaves`);
  await page.waitForTimeout(1_000);
  expect(page.url()).toBe(`${product.url}/views/stranger/leaves`);
  // And one that means well.
  await page.goto(product.url);
  expect(await say(page, '/habit add Walk')).toContain('Added: Walk');
  await page.goto(`${product.url}/plugins/habits`);
  await page.getByRole('link', { name: 'Habits', exact: true }).click();
  const chart = page.frameLocator('iframe[title="Habits"]');
  const days = chart.getByRole('button', { name: /^Walk, / });
  await days.last().click();
  await eventually(() => days.last().getAttribute('aria-pressed')).toBe('true');
  await chart.getByText('1 in a row · longest 1').waitFor();
  for (const [width, colorScheme] of [
    [1440, 'light'],
    [390, 'dark'],
  ] as const) {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme });
    await eventually(() => chart.locator('html').evaluate((root) => root.style.colorScheme)).toBe(colorScheme);
    expect(await findBarriers(page)).toEqual([]);
    if (process.env['AICO_SHOTS'])
      await page.screenshot({ path: `${process.env['AICO_SHOTS']}/view-${colorScheme}.png` });
  }
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.goto(`${product.url}/views/stranger/busy`);
  await page.waitForTimeout(500);
  // A view that never ends holds up views, and not the app.
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Talk' }).click({ timeout: 5_000 });
  // The conversation from before is shown again.
  await eventually(() => messages(page).count()).toBe(2);
  expect(await say(page, '/habit')).toContain('Walk');
  expect(reached).toEqual([]);
  // What was refused is told to the console of the browser; nothing of it is a mistake of the app.
  expect(faults.filter((fault) => fault.startsWith('uncaught') && !fault.includes('for (;;)'))).toEqual([]);
}, 120_000);

async function eventualText(page: Page): Promise<string> {
  const said = page.frameLocator('iframe').first().locator('#said');
  await eventually(() => said.textContent()).toContain('answer');
  return (await said.textContent()) ?? '';
}
