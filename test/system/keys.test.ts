import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AuditPage, PluginInfo } from '@aico/schemas';
import { expect, onTestFinished, test } from 'vitest';
import { installStandIn, running } from '../../core-plugins/chroma-server/test/stand-in.ts';
import { eventually, goTo, PASSWORD as WIZARD_PASSWORD, walkWizard } from '../browser/support/app.ts';
import { openWindow } from '../browser/support/browser.ts';
import { BrowserSession } from '../support/browser-session.ts';
import { environmentOf, Product, runAico, temporaryHome } from '../support/product.ts';
import { requireBubblewrap, requireGocryptfs, requireKeyring } from '../support/system-tools.ts';

const PASSWORD = 'correct horse battery';

/** A desktop session of its own, with a keyring that is open; its environment. */
async function desktopSession(
  session: string,
  keyring: string,
): Promise<{ readonly env: Record<string, string>; end(): Promise<unknown> }> {
  const home = await temporaryHome();
  mkdirSync(join(home, '.cache'));
  const script = `printf opened | "${keyring}" --unlock --components=secrets >/dev/null 2>&1; echo "bus $DBUS_SESSION_BUS_ADDRESS"; read -r end`;
  const { PATH = '' } = process.env;
  const child = spawn(session, ['--', '/bin/sh', '-c', script], {
    env: { PATH, HOME: home },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const gone = once(child, 'close');
  const end = (): Promise<unknown> => {
    child.stdin.end();
    return gone;
  };
  onTestFinished(async () => void (await end()));
  let output = '';
  for await (const part of child.stdout) {
    output += String(part);
    if (output.includes('\n')) break;
  }
  const [, bus = ''] = /^bus (.*)$/m.exec(output) ?? [];
  expect(bus).toMatch(/^unix:/);
  return { env: { DBUS_SESSION_BUS_ADDRESS: bus, HOME: home }, end };
}

const stateOf = async (product: Product, plugin: string): Promise<string> => {
  const { stdout } = await product.aico('plugin', 'info', plugin, '--json');
  return (JSON.parse(stdout) as PluginInfo).state;
};

test('a device is remembered by a real keyring, databases get new keys, the encrypted folder opens and closes with Chroma in it, and a credential opens the vault unattended [SEC-1, SEC-2, SEC-3, DATA-3, SVC-7]', async (context) => {
  const { session, keyring } = requireKeyring(context);
  requireGocryptfs(context);
  requireBubblewrap(context);
  const installed = installStandIn();
  const chroma = { AICO_PLUGINS_CHROMA_SERVER: 'own', AICO_PLUGINS_CHROMA_SERVER_FOLDER: installed };
  const desktop = { ...(await desktopSession(session, keyring)).env, ...chroma };
  const home = await temporaryHome();
  const mounted = (): boolean =>
    readFileSync('/proc/self/mountinfo', 'utf8').includes(`${home}/data/vault-folder/open `);
  const look = { timeout: 30_000, interval: 200 };

  const first = await Product.start({ home, env: desktop });
  await first.unlock(PASSWORD, '--create');
  await first.aico('plugin', 'enable', 'vault-folder');
  await expect.poll(mounted, look).toBe(true);
  for (const plugin of ['chroma-server', 'chroma']) await first.aico('plugin', 'enable', plugin);
  await expect.poll(() => running(installed).length, look).toBeGreaterThan(0);
  // Nobody answers behind the folder: Chroma ends, the folder is opened again, and Chroma starts in it.
  const fallen = running(installed);
  const [daemon] = running(join(home, 'data/vault-folder/cipher'));
  process.kill(Number(daemon), 'SIGKILL');
  const anew = (): boolean => {
    const now = running(installed);
    return now.length > 0 && !now.some((pid) => fallen.includes(pid)) && mounted();
  };
  await expect.poll(anew, look).toBe(true);
  const doctor = await first.aico('doctor', '--json');
  expect(doctor.stdout).toContain('which no other user or program of this computer reaches');
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
  await expect.poll(() => running(installed), look).toEqual([]);

  // The keyring opens the vault, and the databases their new keys; nobody types anything.
  const second = await Product.start({ home, env: desktop });
  await expect.poll(() => stateOf(second, 'chat'), look).toBe('active');
  await expect.poll(mounted, look).toBe(true);
  await expect.poll(() => running(installed).length, look).toBeGreaterThan(0);
  // Chroma ends before its folder is closed.
  const browser = await BrowserSession.unlock(second.url, PASSWORD);
  await browser.call('POST', '/vault/lock', {});
  await expect.poll(mounted, look).toBe(false);
  expect(running(installed)).toEqual([]);
  await second.unlock(PASSWORD);
  await expect.poll(() => running(installed).length, look).toBeGreaterThan(0);
  await second.stop();
  expect([running(installed), mounted()]).toEqual([[], false]);
  // Closed, it takes no files: they would lie there as they are.
  expect(statSync(join(home, 'data/vault-folder/open')).mode & 0o777).toBe(0o500);

  // Without a session there is no keyring and nothing in its place; a credential of systemd opens it as well.
  const credentials = await temporaryHome();
  writeFileSync(join(credentials, 'aico.password'), `${PASSWORD}\n`);
  chmodSync(join(credentials, 'aico.password'), 0o400);
  const third = await Product.start({ home, env: { CREDENTIALS_DIRECTORY: credentials } });
  await expect.poll(() => stateOf(third, 'chat'), look).toBe('active');
  const asked = await BrowserSession.unlock(third.url, PASSWORD);
  expect(await asked.call('GET', '/vault')).toMatchObject({
    remembered: true,
    deviceError: { code: 'VAULT_KEYRING_UNAVAILABLE' },
  });
  const { stdout: used } = await third.aico('audit', 'search', '--kind', 'device', '--json');
  const uses = (JSON.parse(used) as AuditPage).records.map(({ kind, details }) => [kind, details?.['failed']]);
  expect(uses).toEqual([
    ['device.used', 'VAULT_KEYRING_UNAVAILABLE'],
    ['device.used', undefined],
    ['device.remembered', undefined],
  ]);
  const { stdout: log } = await third.aico('logs', '--plugin', 'vault');
  expect(log).toContain('VAULT_KEYRING_UNAVAILABLE');
  expect(log).not.toContain(PASSWORD);
}, 180_000);

test('in the app a device is remembered and forgotten, a missing keyring is named, and whoever goes on without a recovery code has none [SEC-2, SEC-3, UI-1]', async (context) => {
  const { session, keyring } = requireKeyring(context);
  const desktop = await desktopSession(session, keyring);
  const product = await Product.start({ env: desktop.env });
  const { page, faults } = await openWindow(context, product.url, { reducedMotion: 'reduce' });
  const kept = () => JSON.parse(readFileSync(join(product.home, 'vault/vault.json'), 'utf8')) as object;
  await walkWizard(page);
  expect(kept()).toMatchObject({ format: 1, wraps: [{ kind: 'password' }] });
  await goTo(page, 'Settings');
  await page.getByText('There is none: a forgotten password cannot be replaced.').waitFor();
  await page.getByRole('button', { name: 'Make a new recovery code' }).click();
  await page.getByLabel('Master password', { exact: true }).fill(WIZARD_PASSWORD);
  await page.getByRole('button', { name: 'Make the code' }).click();
  await page.getByRole('button', { name: 'I wrote it down' }).click();
  await page.getByText('There is one.').waitFor();
  await page.getByRole('button', { name: 'Take it away' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Take it away' }).click();
  await page.getByText('There is none:').waitFor();
  expect(kept()).toMatchObject({ format: 1 });

  const stay = page.getByRole('button', { name: 'Stay unlocked on this device' });
  const remember = async (password: string): Promise<void> => {
    await page.getByLabel('Master password', { exact: true }).fill(password);
    await stay.click();
  };
  await stay.click();
  await remember('not the password');
  await page.getByText('The password is not right.').first().waitFor();
  await remember(WIZARD_PASSWORD);
  await page.getByText('It opens the vault at each start.').waitFor();
  expect(kept()).toHaveProperty('device');
  await page.getByRole('button', { name: 'Ask for the password again' }).click();
  await stay.waitFor();
  expect(kept()).not.toHaveProperty('device');

  await desktop.end();
  await stay.click();
  await remember(WIZARD_PASSWORD);
  await page.getByText('does not help: no desktop session with a keyring answers here').waitFor();
  await eventually(() => page.getByText('VAULT_KEYRING_UNAVAILABLE').count()).toBe(1);
  expect(kept()).not.toHaveProperty('device');
  expect(faults).toEqual([]);
}, 120_000);

test('whoever is asked for the password although the keyring was to open the vault is told why [SEC-2, UI-1]', async (context) => {
  const { session, keyring } = requireKeyring(context);
  const desktop = await desktopSession(session, keyring);
  const home = await temporaryHome();
  const first = await Product.start({ home, env: desktop.env });
  await first.unlock(PASSWORD, '--create');
  const remember = ['vault', 'remember', '--password-stdin'];
  expect((await runAico(remember, environmentOf(home, desktop.env), { input: PASSWORD })).code).toBe(0);
  await first.stop();
  await desktop.end();
  const second = await Product.start({ home });
  const { page, faults } = await openWindow(context, second.url, { reducedMotion: 'reduce' });
  await page.getByText('does not help: no desktop session with a keyring answers here').waitFor();
  await page.getByLabel('Master password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Unlock' }).click();
  await page.getByRole('link', { name: 'Settings' }).first().waitFor();
  expect(faults).toEqual([]);
}, 120_000);
