import { randomBytes } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { aico, aicoJson, beginHost, descendantsOf, runs, socketsOf, startHost } from '../support/aico.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const onLinux = test.skipIf(process.platform !== 'linux');

async function noneLeft(processIds: readonly number[]): Promise<void> {
  await expect.poll(() => processIds.filter(runs), { timeout: 5000 }).toEqual([]);
}

describe('aico start', { timeout: 60_000 }, () => {
  onLinux('runs until aico stop, and leaves no process and no socket [SVC-1, SVC-7]', async () => {
    const home = temporaryFolder();
    const options = { home, environment: { AICO_DISTRIBUTION: 'minimal' } };
    const { process: host, ready, ended } = await startHost(options);
    const url = String(ready['url']);
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect((await fetch(`${url}/api/v1/health`)).status).toBe(200);
    expect(await aicoJson(['status'], options)).toMatchObject({
      running: true,
      processId: host.pid,
      status: {
        ready: true,
        home,
        distribution: 'minimal',
        plugins: { active: 4, failed: 0 },
        endpoints: { console: url },
      },
    });
    const below = descendantsOf(host.pid ?? 0);
    expect(below.length).toBeGreaterThanOrEqual(4);
    expect(await aicoJson(['stop'], options)).toMatchObject({ stopped: true, processId: host.pid });
    expect(await ended).toBe(0);
    await noneLeft(below);
    expect(existsSync(socketsOf(home))).toBe(false);
    await expect(fetch(`${url}/api/v1/health`)).rejects.toThrow();
    expect(await aicoJson(['status'], options)).toEqual({ running: false, home });
  });

  test.skipIf(process.platform === 'win32').for(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'stops gracefully at %s [SVC-7]',
    async (signal) => {
      const home = temporaryFolder();
      const { process: host, ended, events } = await startHost({ home }, '--distribution', 'minimal');
      const below = process.platform === 'linux' ? descendantsOf(host.pid ?? 0) : [];
      host.kill(signal);
      // What a terminal and a parent process add: the same wish again, at once.
      host.kill('SIGTERM');
      expect(await ended).toBe(0);
      await noneLeft(below);
      expect([existsSync(socketsOf(home)), events.at(-1)]).toEqual([false, { event: 'stopped' }]);
      expect(readFileSync(join(home, 'logs', 'host.log'), 'utf8')).toContain('"msg":"Stopped"');
    },
  );

  onLinux('stops also while it is starting [SVC-7]', async () => {
    const home = temporaryFolder();
    const { process: host, event, ended, events } = beginHost({ home }, '--distribution', 'minimal');
    await event('plugin');
    const below = descendantsOf(host.pid ?? 0);
    host.kill('SIGINT');
    expect(await ended).toBe(0);
    await noneLeft(below);
    expect([existsSync(socketsOf(home)), events.at(-1)]).toEqual([false, { event: 'stopped' }]);
  });

  test('answers where it runs when it runs already, and leaves it alone', async () => {
    const home = temporaryFolder();
    const { process: host, ready } = await startHost({ home }, '--distribution', 'minimal');
    const again = await aico(['start', '--json'], { home });
    expect([again.code, JSON.parse(again.out)]).toEqual([
      0,
      expect.objectContaining({
        event: 'alreadyRunning',
        url: ready['url'],
        processId: host.pid,
        home,
        state: 'running',
      }),
    ]);
    const words = await aico(['start'], { home });
    expect([words.code, words.out]).toEqual([0, `AICO already runs at ${ready['url']} (data folder ${home}).\n`]);
    expect((await fetch(`${ready['url']}/api/v1/health`)).status).toBe(200);
  });

  onLinux('starts once of several at once', async () => {
    const home = temporaryFolder();
    const options = { home, environment: { AICO_DISTRIBUTION: 'minimal' } };
    const starts = await Promise.allSettled([startHost(options), startHost(options), startHost(options)]);
    expect(starts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const start of starts) {
      if (start.status === 'rejected') expect(String(start.reason)).toMatch(/ended with 0: .*alreadyRunning/);
    }
  });

  onLinux(
    'starts once whatever environment names the folder for sockets, and every command finds it [SVC-7]',
    async () => {
      const home = temporaryFolder();
      const environments = ['one', 'two'].map((name) => {
        const folder = join('/tmp', `${name}-${randomBytes(4).toString('hex')}`);
        mkdirSync(folder, { mode: 0o700 });
        onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
        return { AICO_DISTRIBUTION: 'minimal', XDG_RUNTIME_DIR: folder };
      });
      const [one = {}, two = {}] = environments;
      const starts = await Promise.allSettled([
        startHost({ home, environment: one }),
        startHost({ home, environment: two }),
      ]);
      expect(starts.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      for (const environment of [one, two, {}]) {
        const again = await aicoJson(['start'], { home, environment });
        expect(again).toMatchObject({ event: 'alreadyRunning', home });
        expect(await aicoJson(['status'], { home, environment })).toMatchObject({ processId: again['processId'] });
      }
      // A copy of it is another data folder, which nobody runs.
      const copy = temporaryFolder();
      cpSync(join(home, 'running.json'), join(copy, 'running.json'));
      expect(await aicoJson(['status'], { home: copy, environment: one })).toEqual({ running: false, home: copy });
      expect(await aico(['stop'], { home })).toMatchObject({ code: 0 });
      expect(await aicoJson(['status'], { home, environment: one })).toEqual({ running: false, home });
    },
  );

  onLinux('takes over after kill -9: no process of the old one lives, no old socket lies about [SVC-7]', async () => {
    const home = temporaryFolder();
    const options = { home, environment: { AICO_DISTRIBUTION: 'minimal' } };
    const first = await startHost(options);
    const below = descendantsOf(first.process.pid ?? 0);
    first.process.kill('SIGKILL');
    expect(await first.ended).toBe('SIGKILL');
    await noneLeft(below);
    const left = readdirSync(socketsOf(home));
    expect(left).toContain('door');
    expect(await aicoJson(['status'], options)).toEqual({ running: false, home });
    const second = await startHost(options);
    expect(second.ready['failed']).toEqual([]);
    const sockets = left.filter((name) => !name.startsWith('door'));
    expect(readdirSync(socketsOf(home)).filter((name) => sockets.includes(name))).toEqual([]);
  });

  onLinux('is ended by aico stop --force when it hangs', async () => {
    const home = temporaryFolder();
    const { process: host, ended } = await startHost({ home }, '--distribution', 'minimal');
    const below = descendantsOf(host.pid ?? 0);
    host.kill('SIGSTOP');
    expect(await aicoJson(['status'], { home })).toMatchObject({ error: { code: 'HOST_NOT_ANSWERING' } });
    expect(await aico(['stop', '--force'], { home })).toMatchObject({ code: 0 });
    expect(await ended).toBe('SIGKILL');
    await noneLeft(below);
  });

  test('tells at its end that the port is taken, and lets the rest run', async () => {
    const home = temporaryFolder();
    const other = await startHost({ home: temporaryFolder() }, '--distribution', 'minimal');
    const environment = { AICO_PLUGINS_GATEWAY_PORT: new URL(String(other.ready['url'])).port };
    const { ready } = await startHost({ home, environment }, '--distribution', 'minimal');
    expect(ready).toMatchObject({ failed: [{ id: 'gateway', error: { message: expect.stringMatching(/port/i) } }] });
    expect(ready).toMatchObject({ status: { plugins: { active: 3, failed: 1 } } });
  });

  test('sets damaged records aside and tells the user', async () => {
    const home = temporaryFolder();
    mkdirSync(join(home, 'state'));
    writeFileSync(join(home, 'state', 'plugins.json'), '{"format": 1, "plu');
    const { ready } = await startHost({ home }, '--distribution', 'minimal');
    expect(ready).toMatchObject({ status: { notices: [{ code: 'HOST_STATE_DAMAGED' }] } });
  });
});
