import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PluginInfo } from '@aico/schemas';
import { expect, onTestFinished, test } from 'vitest';
import { environmentOf, Product, runAico, temporaryHome } from '../support/product.ts';
import { requireGocryptfs, requireKeyring } from '../support/system-tools.ts';

const PASSWORD = 'correct horse battery';

/** A desktop session of its own, with a keyring that is open; its environment. */
async function desktopSession(session: string, keyring: string): Promise<Record<string, string>> {
  const home = await temporaryHome();
  mkdirSync(join(home, '.cache'));
  const script = `printf opened | "${keyring}" --unlock --components=secrets >/dev/null 2>&1; echo "bus $DBUS_SESSION_BUS_ADDRESS"; read -r end`;
  const { PATH = '' } = process.env;
  const child = spawn(session, ['--', '/bin/sh', '-c', script], {
    env: { PATH, HOME: home },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const gone = once(child, 'close');
  onTestFinished(async () => {
    child.stdin.end();
    await gone;
  });
  let output = '';
  for await (const part of child.stdout) {
    output += String(part);
    if (output.includes('\n')) break;
  }
  const [, bus = ''] = /^bus (.*)$/m.exec(output) ?? [];
  expect(bus).toMatch(/^unix:/);
  return { DBUS_SESSION_BUS_ADDRESS: bus, HOME: home };
}

const stateOf = async (product: Product, plugin: string): Promise<string> => {
  const { stdout } = await product.aico('plugin', 'info', plugin, '--json');
  return (JSON.parse(stdout) as PluginInfo).state;
};

test('a device is remembered by a real keyring, databases get new keys, the encrypted folder opens and closes, and a credential opens the vault unattended [SEC-1, SEC-2, SEC-3, SVC-7]', async (context) => {
  const { session, keyring } = requireKeyring(context);
  requireGocryptfs(context);
  const desktop = await desktopSession(session, keyring);
  const home = await temporaryHome();
  const mounted = (): boolean =>
    readFileSync('/proc/self/mountinfo', 'utf8').includes(`${home}/data/vault-folder/open `);
  const look = { timeout: 30_000, interval: 200 };

  const first = await Product.start({ home, env: desktop });
  await first.unlock(PASSWORD, '--create');
  await first.aico('plugin', 'enable', 'vault-folder');
  await expect.poll(mounted, look).toBe(true);
  const remember = ['vault', 'remember', '--password-stdin', '--json'];
  const remembered = await runAico(remember, environmentOf(home, desktop), { input: PASSWORD });
  expect(JSON.parse(remembered.stdout)).toMatchObject({ state: 'unlocked', remembered: true });
  await expect.poll(() => stateOf(first, 'chat'), look).toBe('active');
  const { stdout } = await first.aico('vault', 'rotate', '--json');
  const { rotated } = JSON.parse(stdout) as { rotated: { plugin: string; generation: number }[] };
  expect(rotated.map(({ plugin }) => plugin)).toContain('chat');
  expect(new Set(rotated.map(({ generation }) => generation))).toEqual(new Set([2]));
  await first.stop('SIGKILL');
  await expect.poll(mounted, look).toBe(false);

  // The keyring opens the vault, and the databases their new keys; nobody types anything.
  const second = await Product.start({ home, env: desktop });
  await expect.poll(() => stateOf(second, 'chat'), look).toBe('active');
  await expect.poll(mounted, look).toBe(true);
  await second.stop();
  expect(mounted()).toBe(false);

  // Without a session there is no keyring and nothing in its place; a credential of systemd opens it as well.
  const credentials = await temporaryHome();
  writeFileSync(join(credentials, 'aico.password'), `${PASSWORD}\n`);
  chmodSync(join(credentials, 'aico.password'), 0o400);
  const third = await Product.start({ home, env: { CREDENTIALS_DIRECTORY: credentials } });
  await expect.poll(() => stateOf(third, 'chat'), look).toBe('active');
  const { stdout: log } = await third.aico('logs', '--plugin', 'vault');
  expect(log).toContain('VAULT_KEYRING_UNAVAILABLE');
  expect(log).not.toContain(PASSWORD);
}, 180_000);
