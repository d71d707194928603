import { readdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { EgressEntry, EgressSummary } from '@aico/schemas';
import { expect, onTestFinished, test } from 'vitest';
import { BrowserSession } from '../support/browser-session.ts';
import { Product, temporaryHome } from '../support/product.ts';
import { packStranger, trustStranger } from '../support/stranger.ts';

/** Fetches what is typed after its command, and says what came of it. */
function fetcher(id: string): string {
  return `export default { activate: (ctx) => ctx.bus.serve('plugin.${id}.command.run.v1', async ({ data }) => {
    try {
      const response = await ctx.fetch(data.arguments);
      return { text: response.status + ' ' + (await response.text()) };
    } catch (error) {
      return { text: error.code + ': ' + error.message };
    }
  }) };`;
}

const BLIND = `export default { activate: (ctx) => ctx.bus.serve('plugin.blind.command.run.v1', () => ({
  text: ['fetch', 'require', 'process', 'XMLHttpRequest', 'WebSocket'].filter((name) => name in globalThis).join() || 'nothing',
})) };`;

/** A web server of this computer. */
async function startWeb(): Promise<{ port: number; seen: string[] }> {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(request.url ?? '');
    if (request.url === '/away') response.writeHead(302, { location: 'http://evil.test/' }).end();
    else response.end('hello from outside');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { port: (server.address() as AddressInfo).port, seen };
}

test('a stranger reaches what it was granted, nothing else, and each connection is listed [PLG-2, SEC-4, OBS-1]', async () => {
  const web = await startWeb();
  const home = await temporaryHome();
  await trustStranger(home);
  const product = await Product.start({ home });
  const session = await BrowserSession.setup(product.url);
  const { id } = await session.conversation();
  const install = async (name: string, code: string, constraints?: object): Promise<void> => {
    const topic = 'net.http.fetch.v1';
    const net = { verb: 'request', topic, constraints, reason: 'to fetch what you type' };
    const serve = { verb: 'serve', topic: `plugin.${name}.command.run.v1`, reason: 'to answer its command' };
    const path = await packStranger(home, name, code, {
      permissions: constraints === undefined ? [serve] : [serve, net],
      contributes: { commands: [{ name, description: 'Fetches' }] },
    });
    expect((await product.aico('plugin', 'install', path)).code).toBe(0);
    expect((await product.aico('plugin', 'enable', name)).code).toBe(0);
  };
  const say = async (text: string): Promise<string> => (await session.turn(id, text)).reply?.text ?? '';
  await install('none', fetcher('none'));
  await install('blind', BLIND);
  await install('elsewhere', fetcher('elsewhere'), { hosts: ['api.example.org'] });
  const own = { hosts: ['127.0.0.1'], ports: [web.port], allowHttp: true, allowLoopback: true };
  await install('own', fetcher('own'), own);
  await install('public', fetcher('public'), { anyHost: true, anyPort: true, allowHttp: true });
  const url = `http://127.0.0.1:${web.port}/a-private-path?with=secrets`;

  expect(await say('/blind')).toBe('nothing');
  expect(await say(`/none ${url}`)).toMatch(/^KERNEL_PERMISSION_DENIED: .*net\.http\.fetch\.v1/);
  expect(await say(`/elsewhere ${url}`)).toBe('NET_HOST_DENIED: elsewhere may not contact 127.0.0.1.');
  expect(await say(`/public ${url}`)).toMatch(/^NET_ADDRESS_DENIED: .*this computer itself/);
  expect(await say(`/public http://2130706433:${web.port}/`)).toMatch(/^NET_ADDRESS_DENIED: .*this computer itself/);
  expect(web.seen).toEqual([]);
  expect(await say(`/own ${url}`)).toBe('200 hello from outside');
  expect(await say(`/own http://127.0.0.1:${web.port}/away`)).toMatch(
    /^NET_HOST_DENIED: own may not contact evil\.test/,
  );
  expect(web.seen).toEqual(['/a-private-path?with=secrets', '/away']);

  // What its user sees before and after: plain words, and a list that says no more than it must.
  const { stdout: info } = await product.aico('plugin', 'info', 'own');
  expect(info).toContain(
    'contact other computers, also programs on this computer, also without encryption, only 127.0.0.1',
  );
  const summary = await session.call<EgressSummary>('GET', '/egress/summary');
  const counts = Object.fromEntries(summary.plugins.map((each) => [each.plugin, each]));
  expect(summary.left).toBe(0);
  expect(counts.own).toMatchObject({ connections: 2, left: 0, refused: 1 });
  expect(counts.elsewhere).toMatchObject({ connections: 0, refused: 1 });
  expect(counts.public).toMatchObject({ connections: 0, refused: 2 });
  const listed = await product.aico('egress', 'list', '--json', '--plugin', 'own');
  const { entries, byItself } = JSON.parse(listed.stdout) as { entries: EgressEntry[]; byItself: string[] };
  expect(entries.map(({ host, port, reach, outcome, status }) => [host, port, reach, outcome, status])).toEqual([
    ['evil.test', 80, 'unknown', 'refused', undefined],
    ['127.0.0.1', web.port, 'machine', 'answered', 302],
    ['127.0.0.1', web.port, 'machine', 'answered', 200],
  ]);
  expect(byItself).toEqual(['chroma-server', 'gateway', 'vault-folder']);
  const text = await product.aico('egress', 'list');
  expect([text.stderr, text.stdout]).toEqual([
    '',
    expect.stringMatching(/^Nothing left this machine through AICO since \d/),
  ]);
  const csv = await product.aico('egress', 'export', '--format', 'csv', '--since', '1h');
  expect(csv.stdout).toContain(`own,127.0.0.1,${web.port},127.0.0.1,machine,GET,answered,200`);
  const jsonl = await product.aico('egress', 'export', '--plugin', 'public');
  expect(
    jsonl.stdout
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as EgressEntry).error),
  ).toEqual(['NET_ADDRESS_DENIED', 'NET_ADDRESS_DENIED']);
  expect([listed.stdout, text.stdout, csv.stdout, jsonl.stdout].join()).not.toMatch(/private-path|secrets/);
  expect((await product.aico('egress', 'list', '--since', 'soon')).code).not.toBe(0);
  await product.stop();
  expect(await filesThatHold(home, 'a-private-path')).toEqual([]);
}, 180_000);

test('with the network switched off nothing can leave, and the companion talks on [SEC-4, PLG-1]', async () => {
  const home = await temporaryHome();
  await trustStranger(home);
  const product = await Product.start({ home });
  const session = await BrowserSession.setup(product.url);
  const { id } = await session.conversation();
  expect((await product.aico('plugin', 'disable', 'network')).code).toBe(0);
  expect((await session.turn(id, 'Hello')).reply).toMatchObject({ status: 'complete' });
  expect((await session.plugin('llm')).state).toBe('active');
}, 120_000);

/** Files below a folder in which a text can be read. */
async function filesThatHold(folder: string, text: string): Promise<string[]> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  const found: string[] = [];
  for (const file of files.filter((each) => each.isFile())) {
    const path = join(file.parentPath, file.name);
    if ((await readFile(path)).includes(text)) found.push(path);
  }
  return found;
}
