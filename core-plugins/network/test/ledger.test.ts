import { describe, expect, test } from 'vitest';
import { ALL_LOCAL, errorOf, loadNetwork } from './support/load-network.ts';
import { startSecureWeb, startWeb } from './support/web-server.ts';

const DAY_MS = 86_400_000;
const NAMES = { 'own.test': ['127.0.0.1'], 'home.test': ['192.168.255.254'], 'far.test': ['192.0.2.1'] };

describe('every outbound connection is listed, by plugin [SEC-4, OBS-1]', () => {
  test('nothing left, as long as nothing did', async () => {
    const network = await loadNetwork(NAMES);
    const summary = await network.summary();
    expect(summary).toMatchObject({ left: 0, plugins: [], hosts: [], keepDays: 365 });
    expect(Math.abs(Date.parse(summary.since) - Date.now())).toBeLessThan(60_000);
  });

  test('what stays on this computer did not leave it; what was tried beyond it did', async () => {
    const server = await startWeb((_, response) => response.end('hello'));
    const network = await loadNetwork(NAMES);
    const local = await network.plugin(ALL_LOCAL, 'local');
    const home = await network.plugin({ ...ALL_LOCAL, allowPrivate: true }, 'home');
    await local.fetch(`http://own.test:${server.port}/`);
    await errorOf(local.fetch('http://10.0.0.1/'));
    // Whether anybody answers there depends on the network that the test runs in.
    await home.fetch('http://home.test:9/', { timeoutMs: 300 }).catch(() => 'nobody answers');
    const { left, plugins, hosts } = await network.summary();
    expect(left).toBe(1);
    const byPlugin = Object.fromEntries(plugins.map((each) => [each.plugin, each]));
    expect(byPlugin.local).toMatchObject({ connections: 1, left: 0, refused: 1 });
    expect(byPlugin.home).toMatchObject({ connections: 1, left: 1, refused: 0 });
    expect(hosts.map(({ plugin, host, reach, connections }) => [plugin, host, reach, connections]).sort()).toEqual([
      ['home', 'home.test', expect.stringMatching(/network|unknown/), 1],
      ['local', 'own.test', 'machine', 1],
    ]);
    await expect
      .poll(() => network.told.map(({ plugin, outcome }) => `${plugin} ${outcome}`))
      .toEqual(['local answered', 'local refused', expect.stringMatching(/^home (answered|failed)$/)]);
  });

  test('an entry is there before its connection is, and shows as unfinished when it was cut short', async () => {
    const reached = Promise.withResolvers<void>();
    const server = await startWeb(() => reached.resolve());
    const network = await loadNetwork(NAMES);
    const { fetch } = await network.plugin(ALL_LOCAL);
    const asked = fetch(`http://own.test:${server.port}/`).catch(() => 'ended');
    await reached.promise;
    expect(await network.entries()).toMatchObject([{ host: 'own.test', outcome: 'open', reach: 'unknown' }]);
    expect(await network.summary()).toMatchObject({ left: 1 });
    await network.kernel.unload('network');
    await asked;
  });

  test.each(['fetch', 'stream'])(
    'when the plugin stops, the end of a %s under way is still written down [OBS-1]',
    async (kind) => {
      const reached = Promise.withResolvers<void>();
      const server = await startWeb((_, response) => {
        response.write('a beginning');
        reached.resolve();
      });
      const network = await loadNetwork(NAMES);
      const { fetch, bus } = await network.plugin(ALL_LOCAL);
      const url = `http://own.test:${server.port}/`;
      const read = async (): Promise<unknown> =>
        kind === 'fetch' ? fetch(url) : Array.fromAsync(bus.stream('net.http.stream.v1', { url }));
      const asked = read().catch(() => 'ended');
      await reached.promise;
      await network.restart();
      await asked;
      expect(await network.entries()).toMatchObject([{ host: 'own.test', outcome: 'failed', reach: 'machine' }]);
    },
  );

  test.each([
    ['http', 'that says nothing', startWeb],
    ['https', 'that says nothing', startSecureWeb],
    ['http', 'that breaks off', startWeb],
  ])('what was sent by %s to a host %s counts, though it failed [OBS-1]', async (scheme, how, start) => {
    const server = await start(({ socket }) => (how === 'that breaks off' ? socket.destroy() : undefined));
    const network = await loadNetwork({ 'good.test': ['127.0.0.1'] });
    const { fetch } = await network.plugin({ ...ALL_LOCAL, methods: ['POST'] });
    const body = 'x'.repeat(50_000);
    await errorOf(fetch(`${scheme}://good.test:${server.port}/`, { method: 'POST', body, timeoutMs: 500 }));
    const [entry] = await network.entries();
    expect(entry?.outcome).toBe('failed');
    expect(entry?.bytesOut).toBeGreaterThan(body.length);
    expect((await network.summary()).plugins).toMatchObject([{ bytesOut: entry?.bytesOut }]);
  });

  test('it outlives a restart, with its beginning and its counts', async () => {
    const server = await startWeb((_, response) => response.end());
    const network = await loadNetwork(NAMES);
    const { fetch } = await network.plugin(ALL_LOCAL);
    await fetch(`http://own.test:${server.port}/`);
    const before = await network.summary();
    await network.restart();
    expect(await network.summary()).toEqual(before);
    expect(before.plugins).toMatchObject([{ plugin: 'stranger', connections: 1 }]);
  });

  test('a name that was looked up counts as what left, although nothing was connected to [SEC-4]', async () => {
    const network = await loadNetwork({ 'my-secret.spy.test': ['127.0.0.1'], localhost: ['127.0.0.1'] });
    const { fetch } = await network.plugin({ anyHost: true });
    await errorOf(fetch('https://localhost/'));
    await errorOf(fetch('https://10.0.0.1/'));
    expect((await network.summary()).left).toBe(0);
    await errorOf(fetch('https://my-secret.spy.test/'));
    expect(await network.summary()).toMatchObject({ left: 1, plugins: [{ connections: 1, left: 1, refused: 2 }] });
    const { entries } = await network.user.bus.request('net.egress.list.v1', { beyond: true });
    expect(entries).toMatchObject([{ host: 'my-secret.spy.test', reach: 'unknown', error: 'NET_ADDRESS_DENIED' }]);
  });

  test('pages, filters, and both forms of export', async () => {
    const server = await startWeb((_, response) => response.end());
    const network = await loadNetwork(NAMES);
    const one = await network.plugin(ALL_LOCAL, 'one');
    const two = await network.plugin(ALL_LOCAL, 'two');
    for (let at = 0; at < 3; at += 1) await one.fetch(`http://own.test:${server.port}/private?query`);
    await errorOf(two.fetch('http://far.test/'));
    const { bus } = network.user;
    const page = await bus.request('net.egress.list.v1', { limit: 3 });
    expect([page.entries.map(({ plugin }) => plugin), page.more]).toEqual([['two', 'one', 'one'], true]);
    const before = page.entries.at(-1)?.id ?? 0;
    const rest = await bus.request('net.egress.list.v1', { limit: 3, before });
    expect([rest.entries.map(({ plugin }) => plugin), rest.more]).toEqual([['one'], false]);
    const future = new Date(Date.now() + 60_000).toISOString();
    expect((await bus.request('net.egress.list.v1', { since: future })).entries).toEqual([]);
    expect((await bus.request('net.egress.list.v1', { plugin: 'two' })).entries).toMatchObject([{ outcome: 'failed' }]);
    const read = async (format: 'jsonl' | 'csv', plugin?: string) => {
      const stream = bus.stream('net.egress.export.v1', { format, ...(plugin === undefined ? {} : { plugin }) });
      let text = '';
      for await (const chunk of stream) text += chunk.text;
      return { text, ...(await stream.result) };
    };
    const lines = await read('jsonl');
    expect(lines.entries).toBe(4);
    const listed = (await bus.request('net.egress.list.v1', {})).entries;
    expect(
      lines.text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual([...listed].reverse());
    const table = await read('csv', 'two');
    expect(table.text.split('\r\n')[0]).toBe(
      'id,time,plugin,host,port,address,reach,method,outcome,status,error,bytesOut,bytesIn,durationMs',
    );
    expect(table.text.split('\r\n')[1]).toMatch(
      /^4,[^,]+,two,far\.test,80,,unknown,GET,failed,,NET_ADDRESS_DENIED,0,0,\d+$/,
    );
    expect(lines.text + table.text).not.toMatch(/private|query/);
  });

  test('what is no longer listed is still counted, and nobody pushes out what another did', async () => {
    const server = await startWeb((_, response) => response.end());
    const network = await loadNetwork(NAMES, { keepConnections: 5 });
    const busy = await network.plugin(ALL_LOCAL, 'busy');
    const quiet = await network.plugin(ALL_LOCAL, 'quiet');
    await quiet.fetch(`http://own.test:${server.port}/`);
    for (let at = 0; at < 12; at += 1) await busy.fetch(`http://own.test:${server.port}/`);
    await network.restart();
    expect((await network.entries()).map(({ plugin }) => plugin)).toEqual([...Array(5).fill('busy'), 'quiet']);
    const counted = (await network.summary()).plugins.map(({ plugin, connections }) => [plugin, connections]);
    expect(counted.sort()).toEqual([
      ['busy', 12],
      ['quiet', 1],
    ]);
  });

  test('a flood of refusals is counted, and listed up to a measure', async () => {
    const network = await loadNetwork(NAMES);
    const { fetch } = await network.plugin({});
    for (let at = 0; at < 70; at += 1) await errorOf(fetch(`https://a${at}.test/`));
    expect((await network.entries()).length).toBe(60);
    expect((await network.summary()).plugins).toMatchObject([{ plugin: 'stranger', connections: 0, refused: 70 }]);
  });

  test('a clock that jumps ahead takes no connection off the list; once it went steadily for a week it does [DATA-7]', async () => {
    let now = Date.now();
    const server = await startWeb((_, response) => response.end('hello'));
    const network = await loadNetwork(NAMES, {}, () => now);
    const { fetch } = await network.plugin(ALL_LOCAL);
    await fetch(`http://own.test:${server.port}/`);
    const audit = await network.kernel.peer({
      id: 'auditor',
      permissions: [{ verb: 'request', topic: 'plugin.network.retention.run.v1' }],
    });
    const look = async (days: number) => {
      now += days * DAY_MS;
      return (await audit.bus.request('plugin.network.retention.run.v1', {})).kinds;
    };
    const nothing = { kind: 'connections', keepDays: 365, removed: 0 };
    expect(await look(0)).toEqual([nothing]);
    expect(await look(3650)).toEqual([{ ...nothing, waits: true }]);
    await network.restart();
    for (let day = 1; day < 7; day += 1) expect(await look(1)).toEqual([{ ...nothing, waits: true }]);
    expect(await network.entries()).toHaveLength(1);
    expect(await look(1)).toEqual([{ ...nothing, removed: 1 }]);
  });
});
