import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { keyringUnavailable } from '../src/keyring.ts';
import { codeOf, MemoryKeyring, PASSWORD, smallVault, temporaryFolder } from './small-vault.ts';

const STORAGE = { purposes: ['storage'] };

test('a remembered device opens the vault at the next start, by a key that is no password [SEC-3]', async () => {
  const folder = temporaryFolder();
  const keyring = new MemoryKeyring();
  const vault = smallVault(folder, { keyring });
  await vault.setUp(PASSWORD);
  const key = vault.derive('chat', { purpose: 'storage' }, STORAGE);
  expect(await smallVault(folder, { keyring }).unlockByDevice()).toBe(false);
  expect(await codeOf(() => vault.remember('wrong password'))).toBe('VAULT_PASSWORD_WRONG');
  expect(keyring.keys.size).toBe(0);
  await vault.remember(PASSWORD);
  expect(vault.status).toMatchObject({ state: 'unlocked', remembered: true });

  const restarted = smallVault(folder, { keyring });
  expect(await restarted.unlockByDevice()).toBe(true);
  expect(restarted.derive('chat', { purpose: 'storage' }, STORAGE)).toBe(key);
  const [[account = '', kept = Buffer.alloc(0)] = []] = [...keyring.keys];
  const file = readFileSync(join(folder, 'vault.json'), 'utf8');
  expect(account).toBe(`vault ${(JSON.parse(file) as { id: string }).id}`);
  expect(kept).toHaveLength(32);
  for (const form of ['base64', 'hex', 'utf8'] as const) expect(file).not.toContain(kept.toString(form));
  expect(kept.includes(PASSWORD)).toBe(false);
});

test('forgetting, a new password and the recovery code each end it, also for whoever kept the keyring [SEC-3]', async () => {
  const next = 'a password that I know';
  const ends = [
    (vault: ReturnType<typeof smallVault>) => vault.forget(),
    (vault: ReturnType<typeof smallVault>) => vault.changePassword(PASSWORD, next),
    (vault: ReturnType<typeof smallVault>, code: string) => vault.unlockByRecovery(code, next),
  ];
  for (const end of ends) {
    const folder = temporaryFolder();
    const keyring = new MemoryKeyring();
    const vault = smallVault(folder, { keyring });
    await vault.setUp(PASSWORD);
    const code = await vault.renewRecovery(PASSWORD);
    await vault.remember(PASSWORD);
    const stolen = new MemoryKeyring();
    for (const [account, key] of keyring.keys) stolen.keys.set(account, key);
    await end(vault, code);
    expect(vault.status.remembered).toBe(false);
    await expect.poll(() => keyring.keys.size).toBe(0);
    expect(await smallVault(folder, { keyring: stolen }).unlockByDevice()).toBe(false);
    vault.lock();
    expect(await codeOf(() => vault.unlockByRecovery(code, next))).toBe(true);
  }
});

test('a keyring that is absent, empty or of another time leaves the vault locked and says so; the password opens it [SEC-3]', async () => {
  const folder = temporaryFolder();
  const keyring = new MemoryKeyring();
  const vault = smallVault(folder, { keyring });
  await vault.setUp(PASSWORD);
  await vault.remember(PASSWORD);
  const other = new MemoryKeyring();
  for (const account of keyring.keys.keys()) other.keys.set(account, Buffer.alloc(32, 1));
  const absent = new MemoryKeyring();
  absent.get = () => Promise.reject(keyringUnavailable('there is none'));
  for (const each of [new MemoryKeyring(), other, absent]) {
    const locked = smallVault(folder, { keyring: each });
    expect(await codeOf(() => locked.unlockByDevice())).toBe('VAULT_KEYRING_UNAVAILABLE');
    expect([locked.isOpen, locked.status.deviceError?.code]).toEqual([false, 'VAULT_KEYRING_UNAVAILABLE']);
    await locked.unlock(PASSWORD);
    expect(locked.status.deviceError?.code).toBe('VAULT_KEYRING_UNAVAILABLE');
    expect(await locked.unlockByDevice().catch(() => false)).toBe(false);
  }
  // Remembered again it helps from now on, and nothing is told any more.
  const anew = smallVault(folder, { keyring: new MemoryKeyring() });
  await anew.unlockByDevice().catch(() => undefined);
  await anew.remember(PASSWORD);
  expect(anew.status).not.toHaveProperty('deviceError');
});

test('what a keyring refuses is not written down as remembered [SEC-3]', async () => {
  const folder = temporaryFolder();
  const keyring = new MemoryKeyring();
  keyring.put = () => Promise.reject(keyringUnavailable('it is locked'));
  const vault = smallVault(folder, { keyring });
  await vault.setUp(PASSWORD);
  const before = readFileSync(join(folder, 'vault.json'));
  expect(await codeOf(() => vault.remember(PASSWORD))).toBe('VAULT_KEYRING_UNAVAILABLE');
  expect(readFileSync(join(folder, 'vault.json'))).toEqual(before);
});

test('a changed device part is damage, and does not cost the password its way in [SEC-2]', async () => {
  const folder = temporaryFolder();
  const keyring = new MemoryKeyring();
  const vault = smallVault(folder, { keyring });
  await vault.setUp(PASSWORD);
  await vault.remember(PASSWORD);
  const path = join(folder, 'vault.json');
  const file = readFileSync(path, 'utf8');
  writeFileSync(path, file.replace('"device"', '"devise"'));
  expect(await codeOf(() => smallVault(folder, { keyring }).unlockByDevice())).toBe('VAULT_DAMAGED');
  writeFileSync(path, file);
  await smallVault(folder, { keyring }).unlock(PASSWORD);
});
