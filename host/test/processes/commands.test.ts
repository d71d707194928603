import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { withBus } from '../../src/cli/bus-session.ts';
import { homeFolders } from '../../src/home/home-folders.ts';
import { aico, aicoJson, startHost } from '../support/aico.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

interface Plugin {
  readonly id: string;
  readonly state: string;
}

describe('the aico command, a peer on the bus of a running host', { timeout: 60_000 }, () => {
  test('sees plugins, switches them on and off, and is told what it may not [PLG-1]', async () => {
    const home = temporaryFolder();
    await startHost({ home });
    const { plugins } = (await aicoJson(['plugin', 'list'], { home })) as { plugins: Plugin[] };
    const states = Object.fromEntries(plugins.map(({ id, state }) => [id, state]));
    expect(states).toMatchObject({ vault: 'active', gateway: 'active', dice: 'stopped' });
    expect(await aicoJson(['plugin', 'enable', 'dice'], { home })).toMatchObject({ id: 'dice', state: 'active' });
    expect((await aico(['plugin', 'info', 'dice'], { home })).out).toMatch(/^Dice 0\.1\.0\n.*confined by.*It may:\n/s);
    expect(await aicoJson(['plugin', 'disable', 'dice'], { home })).toMatchObject({ enabled: false });
    expect(await aicoJson(['plugin', 'disable', 'vault'], { home })).toMatchObject({
      error: { code: 'KERNEL_PLUGIN_REQUIRED' },
    });
    expect(await aicoJson(['plugin', 'info', 'nobody'], { home })).toMatchObject({
      error: { code: 'KERNEL_PLUGIN_UNKNOWN' },
    });
    const file = join(temporaryFolder(), 'stranger.aico.tgz');
    writeFileSync(file, 'this is no package');
    const refused = await aico(['plugin', 'install', file], { home });
    expect([refused.code, refused.err]).toEqual([1, expect.stringContaining('stranger.aico.tgz')]);
  });

  test('is held to its grants as a plugin is [SEC-4]', async () => {
    const home = temporaryFolder();
    await startHost({ home }, '--distribution', 'minimal');
    vi.stubEnv('XDG_RUNTIME_DIR', '');
    const denied = withBus(homeFolders(home), (bus) =>
      bus.request('kernel.config.set.v1', { id: 'vault', values: {} }),
    );
    await expect(denied).rejects.toMatchObject({ code: 'KERNEL_PERMISSION_DENIED', subject: 'cli' });
    const stolen = withBus(homeFolders(home), (bus) =>
      bus.serve('vault.status.get.v1', () => ({ state: 'unlocked' as const })),
    );
    await expect(stolen).rejects.toMatchObject({ code: 'KERNEL_PERMISSION_DENIED' });
  });

  test('creates and opens the vault with a password that is piped in [SEC-3]', async () => {
    const home = temporaryFolder();
    await startHost({ home }, '--distribution', 'minimal');
    const unlock = (password: string, ...more: string[]) =>
      aicoJson(['unlock', '--password-stdin', ...more], { home, input: `${password}\n` });
    expect(await unlock('correct horse battery')).toMatchObject({ error: { code: 'HOST_VAULT_EMPTY' } });
    expect(await unlock('correct horse battery', '--create')).toEqual({ state: 'unlocked' as const });
    expect(await unlock('wrong horse battery')).toMatchObject({ error: { code: 'VAULT_PASSWORD_WRONG' } });
    const asked = await aico(['unlock'], { home });
    expect([asked.code, asked.err]).toEqual([1, expect.stringContaining('HOST_PASSWORD_MISSING')]);
  });

  test('shows logs, and what is added to them', async () => {
    const home = temporaryFolder();
    await startHost({ home }, '--distribution', 'minimal');
    const { out } = await aico(['logs', '--json'], { home });
    const lines = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { msg: string });
    expect(lines.map(({ msg }) => msg)).toEqual(expect.arrayContaining(['Starting', 'vault is active', 'Running']));
    expect((await aico(['logs', '-n', '1'], { home })).out).toMatch(/^\[.*\] INFO: Running/);
    expect((await aico(['logs', '-p', 'gateway'], { home })).out).toMatch(/listening/);
    expect(await aicoJson(['logs', '-p', '../state/format'], { home })).toMatchObject({
      error: { code: 'HOST_LOG_MISSING' },
    });
  });

  test('finds that all is well, running or not', async () => {
    const home = temporaryFolder();
    const before = (await aicoJson(['doctor'], { home })) as {
      ok: boolean;
      findings: { name: string; state: string }[];
    };
    expect(before.findings.filter(({ state }) => state === 'failed')).toEqual([]);
    expect(before.findings.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'node',
        'data folder',
        'runtime folder',
        'build',
        'trust',
        'plugins',
        'settings',
        'host',
        'port',
      ]),
    );
    await startHost({ home }, '--distribution', 'minimal');
    expect(await aicoJson(['doctor'], { home })).toMatchObject({
      ok: true,
      findings: expect.arrayContaining([{ name: 'host', state: 'ok', message: expect.stringContaining('running') }]),
    });
  });

  test('finds what is wrong, with what to do', async () => {
    const home = temporaryFolder();
    writeFileSync(join(home, 'config.json'), '{"opne": true}');
    writeFileSync(join(home, 'trust.json'), '{"keys": 5}');
    const { code, out } = await aico(['doctor'], { home });
    expect([code, out]).toEqual([1, expect.stringMatching(/✗ trust .*trust\.json/)]);
    writeFileSync(join(home, 'trust.json'), '{"format": 1, "keys": []}');
    expect((await aico(['doctor'], { home })).out).toMatch(/✗ settings .*"opne".*nearest known one is "open"/);
  });
});
