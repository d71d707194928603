import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { waitAfter } from '../src/throttle.ts';
import { codeOf, PASSWORD, smallVault, temporaryFolder } from './small-vault.ts';

test('waits 1 s after three wrong passwords, then doubles, up to 60 s [SEC-3]', () => {
  expect([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 1000].map(waitAfter)).toEqual([
    0, 0, 0, 1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000,
  ]);
});

test('answers throttled tries at once, without work, even the right password [SEC-3]', async () => {
  let now = 1_000_000;
  const folder = temporaryFolder();
  const vault = smallVault(folder, { now: () => now });
  await vault.setUp(PASSWORD);
  vault.lock();
  for (let tries = 0; tries < 3; tries += 1)
    expect(await codeOf(() => vault.unlock('wrong'))).toBe('VAULT_PASSWORD_WRONG');
  const thrown = await vault.unlock(PASSWORD).catch((error: unknown) => error);
  expect(thrown).toMatchObject({ code: 'VAULT_THROTTLED', details: { retryAfterMs: 1000, seconds: 1 }, status: 429 });
  expect(vault.status).toMatchObject({ state: 'locked', retryAfterMs: 1000 });
  expect(await codeOf(() => vault.changePassword(PASSWORD, 'a new password'))).toBe('VAULT_THROTTLED');

  now += 1000;
  expect(await codeOf(() => vault.unlock('wrong'))).toBe('VAULT_PASSWORD_WRONG');
  expect(vault.status.retryAfterMs).toBe(2000);
  now += 2000;
  await vault.unlock(PASSWORD);
  expect(vault.status.retryAfterMs).toBeUndefined();
});

test('a restart does not reset the wait, and neither does damage to its file [SEC-3]', async () => {
  let now = 1_000_000;
  const folder = temporaryFolder();
  const options = { now: () => now };
  const vault = smallVault(folder, options);
  await vault.setUp(PASSWORD);
  vault.lock();
  for (let tries = 0; tries < 3; tries += 1) await codeOf(() => vault.unlock('wrong'));
  now += 400;
  expect(smallVault(folder, options).status.retryAfterMs).toBe(600);
  const file = join(folder, 'throttle.json');
  const kept = readFileSync(file);
  writeFileSync(file, '{"fail');
  expect(smallVault(folder, options).status.retryAfterMs).toBe(2000);
  // A clock that is set back cannot lengthen the wait.
  writeFileSync(file, kept);
  now -= 500_000;
  expect(smallVault(folder, options).status.retryAfterMs).toBe(1000);
});

test('tries made at the same time are counted one by one [SEC-3]', async () => {
  const vault = smallVault(temporaryFolder(), { now: () => 1_000_000 });
  await vault.setUp(PASSWORD);
  vault.lock();
  const answers = await Promise.all(Array.from({ length: 10 }, () => codeOf(() => vault.unlock('wrong'))));
  expect(answers.filter((code) => code === 'VAULT_PASSWORD_WRONG')).toHaveLength(3);
  expect(answers.filter((code) => code === 'VAULT_THROTTLED')).toHaveLength(7);
});
