import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { withBus } from '../../src/cli/bus-session.ts';
import { homeFolders } from '../../src/home/home-folders.ts';
import { beginCommand, followLogs, socketsOf, startHost } from '../support/aico.ts';
import { aicoHere, beginAico, jsonHere } from '../support/aico-here.ts';
import { packStranger } from '../support/stranger.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

interface Plugin {
  readonly id: string;
  readonly state: string;
}

describe('the aico command, a peer on the bus of a running host', { timeout: 60_000 }, () => {
  test('sees plugins, switches them on and off, and is told what it may not [PLG-1]', async () => {
    const home = temporaryFolder();
    await startHost({ home });
    const { plugins } = (await jsonHere(['plugin', 'list'], { home })) as { plugins: Plugin[] };
    const states = Object.fromEntries(plugins.map(({ id, state }) => [id, state]));
    expect(states).toMatchObject({ vault: 'active', gateway: 'active', dice: 'stopped' });
    expect(await jsonHere(['plugin', 'enable', 'dice'], { home })).toMatchObject({ id: 'dice', state: 'active' });
    expect((await aicoHere(['plugin', 'info', 'dice'], { home })).out).toMatch(
      /^Dice 0\.1\.0\n.*confined by.*It may:\n/s,
    );
    expect(await jsonHere(['plugin', 'disable', 'dice'], { home })).toMatchObject({ enabled: false });
    expect(await jsonHere(['plugin', 'disable', 'vault'], { home })).toMatchObject({
      error: { code: 'KERNEL_PLUGIN_REQUIRED' },
    });
    expect(await jsonHere(['plugin', 'info', 'nobody'], { home })).toMatchObject({
      error: { code: 'KERNEL_PLUGIN_UNKNOWN' },
    });
    const file = join(temporaryFolder(), 'stranger.aico.tgz');
    writeFileSync(file, 'this is no package');
    const refused = await aicoHere(['plugin', 'install', file], { home });
    expect([refused.code, refused.err]).toEqual([1, expect.stringContaining('stranger.aico.tgz')]);
  });

  test('installs a package whose key the user trusts, runs it and removes it [PLG-8, SVC-3]', async () => {
    const home = temporaryFolder();
    const { file, trustIn } = packStranger(temporaryFolder());
    await startHost({ home }, '--distribution', 'minimal');
    expect(await jsonHere(['plugin', 'install', file], { home })).toMatchObject({
      error: { code: 'REGISTRY_SIGNER_UNKNOWN' },
    });
    trustIn(home);
    const { out } = await aicoHere(['plugin', 'install', file], { home });
    expect(out).toMatch(/^Stranger 1\.0\.0\n.*Eve, signed by Eve.*Switch it on with: aico plugin enable stranger\n$/s);
    expect(await jsonHere(['plugin', 'enable', 'stranger'], { home })).toMatchObject({
      state: 'active',
      tier: 'isolated',
    });
    await expect
      .poll(async () => (await aicoHere(['logs', '-p', 'stranger'], { home })).out)
      .toContain('hello from a stranger');
    expect(await jsonHere(['plugin', 'uninstall', 'stranger'], { home })).toEqual({ id: 'stranger' });
    const { plugins } = (await jsonHere(['plugin', 'list'], { home })) as { plugins: Plugin[] };
    expect(plugins.map(({ id }) => id)).not.toContain('stranger');
  });

  test('does not install a stranger under the name of the vault [SEC-6]', async () => {
    const home = temporaryFolder();
    const { file, trustIn } = packStranger(temporaryFolder(), { id: 'vault', version: '9.0.0' });
    trustIn(home);
    await startHost({ home }, '--distribution', 'minimal');
    expect(await jsonHere(['plugin', 'install', file], { home })).toMatchObject({
      error: { code: 'REGISTRY_PLUGIN_TAKEN' },
    });
    expect(await jsonHere(['plugin', 'info', 'vault'], { home })).toMatchObject({ version: '0.1.0', state: 'active' });
  });

  test('is held to its grants as a plugin is [SEC-4]', async () => {
    const home = temporaryFolder();
    await startHost({ home }, '--distribution', 'minimal');
    const denied = withBus(homeFolders(home), (bus) => bus.request('storage.kv.get.v1', { key: 'diary' }));
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
      jsonHere(['unlock', '--password-stdin', ...more], { home, input: `${password}\n` });
    expect(await unlock('correct horse battery')).toMatchObject({ error: { code: 'HOST_VAULT_EMPTY' } });
    expect(await unlock('')).toMatchObject({ error: { code: 'HOST_VAULT_EMPTY' } });
    expect(await unlock('', '--create')).toMatchObject({ error: { code: 'HOST_PASSWORD_UNREADABLE' } });
    expect(await unlock('correct horse battery', '--create')).toEqual({ state: 'unlocked' as const });
    expect(await unlock('wrong horse battery')).toMatchObject({ error: { code: 'VAULT_PASSWORD_WRONG' } });
    const asked = await aicoHere(['unlock'], { home });
    expect([asked.code, asked.err]).toEqual([1, expect.stringContaining('HOST_PASSWORD_MISSING')]);
  });

  test('shows logs, and what is added to them', async () => {
    const home = temporaryFolder();
    await startHost({ home }, '--distribution', 'minimal');
    // A log is written behind what it tells: it is asked again until its writer has come that far.
    const messages = async (): Promise<string[]> => {
      const { out } = await aicoHere(['logs', '--json'], { home });
      const lines = out.trimEnd().split('\n');
      return lines.map((line) => (JSON.parse(line) as { msg: string }).msg);
    };
    await expect
      .poll(messages, { timeout: 10_000 })
      .toEqual(expect.arrayContaining(['Starting', 'vault is active', 'Running']));
    expect((await aicoHere(['logs', '-n', '1'], { home })).out).toMatch(/^\[.*\] INFO: /);
    const gateway = async (): Promise<string> => (await aicoHere(['logs', '-p', 'gateway'], { home })).out;
    await expect.poll(gateway, { timeout: 10_000 }).toMatch(/listening/);
    expect(await jsonHere(['logs', '-p', '../state/format'], { home })).toMatchObject({
      error: { code: 'HOST_LOG_MISSING' },
    });
  });

  test('follows a log', async () => {
    const home = temporaryFolder();
    await startHost({ home });
    const following = followLogs({ home });
    await expect.poll(() => following.lines.length, { timeout: 10_000 }).toBe(1);
    await jsonHere(['plugin', 'enable', 'dice'], { home });
    await expect.poll(() => following.lines.join(), { timeout: 10_000 }).toContain('dice is active');
    following.end();
  });

  test('ends what watches at a Ctrl-C, also one that arrives twice, or when nobody reads it any more [PLG-9]', async () => {
    const home = temporaryFolder();
    await startHost({ home }, '--distribution', 'minimal');
    const out = join(temporaryFolder(), 'gateway.jsonl');
    const recording = beginCommand(['bus', 'record', '-p', 'gateway', '-o', out, '--json'], { home });
    await recording.said(/Ctrl-C ends it/);
    recording.process.kill('SIGINT');
    recording.process.kill('SIGTERM');
    expect(await recording.finished).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^\{"path".*"records":\d+\}\n$/),
    });
    const following = beginCommand(['logs', '-f', '-n', '1'], { home });
    await following.said(/INFO/);
    following.process.stdout?.destroy();
    expect(await jsonHere(['stop'], { home })).toMatchObject({ stopped: true });
    expect((await following.finished).code).toBe(0);
  });

  test('finds that all is well, running or not', async () => {
    const home = temporaryFolder();
    const before = (await jsonHere(['doctor'], { home })) as {
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
    // Whether it runs is a code for machines, whatever the words are.
    const host = { name: 'host', state: 'ok', code: 'HOST_NOT_RUNNING', message: 'not running' };
    expect(before.findings).toContainEqual(host);
    await startHost({ home }, '--distribution', 'minimal');
    expect(await jsonHere(['doctor'], { home })).toMatchObject({
      ok: true,
      findings: expect.arrayContaining([{ name: 'host', state: 'ok', message: expect.stringContaining('running') }]),
    });
  });

  test('finds what is wrong, with what to do', async () => {
    const home = temporaryFolder();
    writeFileSync(join(home, 'config.json'), '{"opne": true}');
    writeFileSync(join(home, 'trust.json'), '{"keys": 5}');
    const { code, out } = await aicoHere(['doctor'], { home });
    expect([code, out]).toEqual([1, expect.stringMatching(/✗ trust .*trust\.json/)]);
    writeFileSync(join(home, 'trust.json'), '{"format": 1, "keys": []}');
    const { findings } = (await jsonHere(['doctor'], { home })) as { findings: { name: string; code?: string }[] };
    expect(findings.find(({ name }) => name === 'settings')?.code).toBe('CONFIG_KEY_UNKNOWN');
    expect((await aicoHere(['doctor'], { home })).out).toMatch(/✗ settings .*"opne".*nearest known one is "open"/);
  });

  test("runs a host in a process of one's own, too [SVC-7]", async () => {
    const home = temporaryFolder();
    const start = beginAico(['start', '--distribution', 'minimal'], { home });
    await expect.poll(() => start.out(), { timeout: 20_000 }).toMatch(/Ready in/);
    expect((await aicoHere(['status'], { home })).out).toMatch(/AICO {6}\d.*running for.*● vault {4}active/s);
    expect((await aicoHere(['plugin', 'list'], { home })).out).toMatch(/● gateway {2}0\.1\.0 {2}active {2}trusted/);
    expect(await jsonHere(['start'], { home })).toMatchObject({ event: 'alreadyRunning' });
    process.emit('SIGINT');
    expect(await start.finished).toMatchObject({ code: 0, err: expect.stringMatching(/Stopping\n.*✓ Stopped\n$/s) });
    expect(existsSync(socketsOf(home))).toBe(false);
    const stopped = await Promise.all(['status', 'stop'].map((command) => aicoHere([command], { home })));
    expect(stopped.map(({ code }) => code)).toEqual([5, 0]);
  });
});
