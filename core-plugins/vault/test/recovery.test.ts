import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRecoveryCode, parseRecoveryCode } from '../src/recovery-code.ts';
import { codeOf, PASSWORD, smallVault, temporaryFolder } from './small-vault.ts';

const GRANT = { purposes: ['storage', 'backup'] };

test('a code is read back however it was written down, and a slip of the pen is found [SEC-3]', () => {
  const code = createRecoveryCode();
  const one = parseRecoveryCode(code);
  expect(code).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){6}[0-9A-HJKMNP-TV-Z]{4}$/);
  expect(one).toBe(code.replaceAll('-', ''));
  const other = code.toLowerCase().replaceAll('-', '  ').replaceAll('0', 'o').replaceAll('1', 'l');
  expect(parseRecoveryCode(other)).toBe(one);
  let found = 0;
  const digits = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
  for (let at = 0; at < 28; at += 1)
    for (const digit of digits)
      if (one?.[at] !== digit && parseRecoveryCode(`${one?.slice(0, at)}${digit}${one?.slice(at + 1)}`) === undefined)
        found += 1;
  expect(found).toBeGreaterThan(28 * 31 * 0.99);
  fc.assert(fc.property(fc.string(), (text) => parseRecoveryCode(text) === undefined));
});

test('the code opens a vault whose password was forgotten, sets a new one, and stays; all data keys stay [SEC-3]', async () => {
  const folder = temporaryFolder();
  const vault = smallVault(folder);
  await vault.setUp(PASSWORD);
  const key = vault.derive('chat', { purpose: 'storage' }, GRANT);
  expect(await codeOf(() => vault.renewRecovery('wrong password'))).toBe('VAULT_PASSWORD_WRONG');
  const code = await vault.renewRecovery(PASSWORD);
  expect(readFileSync(join(folder, 'vault.json'), 'utf8')).not.toContain(code.replaceAll('-', ''));
  await vault.changePassword(PASSWORD, 'forgotten at once');
  const again = smallVault(folder);
  await again.unlockByRecovery(code.toLowerCase(), 'a password that I know');
  expect(again.derive('chat', { purpose: 'storage' }, GRANT)).toBe(key);
  again.lock();
  expect(await codeOf(() => again.unlock('forgotten at once'))).toBe('VAULT_PASSWORD_WRONG');
  await again.unlock('a password that I know');
  again.lock();
  await again.unlockByRecovery(code, 'yet another password');
});

test('a new code takes the place of the one before; wrong codes, and none at all, get one answer and have to wait [SEC-3]', async () => {
  const now = { at: 1 };
  const vault = smallVault(temporaryFolder(), { now: () => now.at });
  await vault.setUp(PASSWORD);
  const next = 'a password that I know';
  const tries = (code: string) => codeOf(() => vault.unlockByRecovery(code, next));
  expect(await tries(createRecoveryCode())).toBe('VAULT_RECOVERY_WRONG');
  const first = await vault.renewRecovery(PASSWORD);
  const second = await vault.renewRecovery(PASSWORD);
  vault.lock();
  for (const code of [first, 'nonsense', createRecoveryCode()]) expect(await tries(code)).toBe('VAULT_RECOVERY_WRONG');
  expect(await tries(second)).toBe('VAULT_THROTTLED');
  now.at += 60_000;
  expect(await codeOf(() => vault.unlockByRecovery(second, 'short'))).toBe('VAULT_PASSWORD_WEAK');
  expect(await tries(second)).toBe(true);
  expect(vault.isOpen).toBe(true);
});

test('the code gives the key of a backup as the password does [SEC-3, DATA-6]', async () => {
  const folder = temporaryFolder();
  const vault = smallVault(folder);
  await vault.setUp(PASSWORD);
  const key = vault.derive('backup', { purpose: 'backup' }, GRANT);
  const code = await vault.renewRecovery(PASSWORD);
  const file = readFileSync(join(folder, 'vault.json'), 'utf8');
  const fresh = smallVault(temporaryFolder());
  for (const password of [code, PASSWORD])
    expect(await fresh.recover('backup', { vault: file, password, purpose: 'backup' }, GRANT)).toBe(key);
});

test('a code that nobody wants opens nothing any more, also one that is still being made; a new one can follow [SEC-3]', async () => {
  const vault = smallVault(temporaryFolder(), { now: () => 1 });
  expect(await codeOf(() => vault.dropRecovery())).toBe('VAULT_LOCKED');
  await vault.setUp(PASSWORD);
  const [unseen] = await Promise.all([vault.renewRecovery(PASSWORD), vault.dropRecovery()]);
  expect(vault.status).toMatchObject({ recovery: false });
  const next = 'a password that I know';
  vault.lock();
  expect(await codeOf(() => vault.unlockByRecovery(unseen, next))).toBe('VAULT_RECOVERY_WRONG');
  expect(await codeOf(() => vault.dropRecovery())).toBe('VAULT_LOCKED');
  await vault.unlock(PASSWORD);
  const code = await vault.renewRecovery(PASSWORD);
  expect(vault.status).toMatchObject({ recovery: true });
  vault.lock();
  await vault.unlockByRecovery(code, next);
  expect(vault.isOpen).toBe(true);
});
