import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KeyRecover } from '@aico/sdk';
import { expect, test } from 'vitest';
import type { KdfParameters } from '../src/password-key.ts';
import type { Vault } from '../src/vault.ts';
import { codeOf, PASSWORD, SMALL, smallVault, temporaryFolder } from './small-vault.ts';

const STORAGE = { purposes: ['storage'] };

test('is empty, then unlocked by its first password, then locked, then unlocked again [SEC-3]', async () => {
  const folder = temporaryFolder();
  const vault = smallVault(folder);
  expect(vault.status).toEqual({ state: 'empty' });
  await vault.setUp(PASSWORD);
  const key = vault.derive('diary', { purpose: 'storage' }, STORAGE);
  vault.lock();
  expect(vault.status).toEqual({
    state: 'locked',
    kdf: { algorithm: 'argon2id', version: 19, memoryKib: 256, passes: 1, lanes: 1 },
    remembered: false,
    recovery: false,
  });

  const restarted = smallVault(folder);
  expect(restarted.status.state).toBe('locked');
  await restarted.unlock(PASSWORD);
  expect(restarted.derive('diary', { purpose: 'storage' }, STORAGE)).toBe(key);
});

test('takes a first password once, and not a short one [SEC-3]', async () => {
  const vault = smallVault(temporaryFolder());
  expect(await codeOf(() => vault.unlock(PASSWORD))).toBe('VAULT_EMPTY');
  expect(await codeOf(() => vault.setUp('seven77'))).toBe('VAULT_PASSWORD_WEAK');
  await vault.setUp(PASSWORD);
  expect(await codeOf(() => vault.setUp('another password'))).toBe('VAULT_EXISTS');
});

test('takes composed and decomposed accents for the same password', async () => {
  const vault = smallVault(temporaryFolder());
  await vault.setUp('café au lait'.normalize('NFD'));
  vault.lock();
  await vault.unlock('café au lait'.normalize('NFC'));
  expect(vault.isOpen).toBe(true);
});

test('checks the password of an open vault and stays open', async () => {
  const vault = smallVault(temporaryFolder());
  await vault.setUp(PASSWORD);
  expect(await codeOf(() => vault.unlock('not the password'))).toBe('VAULT_PASSWORD_WRONG');
  await vault.unlock(PASSWORD);
  expect(vault.isOpen).toBe(true);
});

test('says whether it was locked, also to several who come at once [SEC-3]', async () => {
  const vault = smallVault(temporaryFolder());
  await vault.setUp(PASSWORD);
  expect(await vault.unlock(PASSWORD)).toBe(false);
  vault.lock();
  expect(await Promise.all([vault.unlock(PASSWORD), vault.unlock(PASSWORD)])).toEqual([true, false]);
});

test.each([
  ['a sign-in', (vault: Vault) => vault.unlock(PASSWORD)],
  ['a change of the password', (vault: Vault) => vault.changePassword(PASSWORD, 'another password')],
])(
  '%s that is on its way when the vault is locked brings no key back and changes nothing [SEC-3]',
  async (_, begin) => {
    const folder = temporaryFolder();
    const vault = smallVault(folder);
    await vault.setUp(PASSWORD);
    const before = readFileSync(join(folder, 'vault.json'));
    const begun = codeOf(() => begin(vault));
    await new Promise((resolve) => setImmediate(resolve));
    expect(vault.lock()).toBe(true);
    expect(await begun).toBe('VAULT_LOCKED');
    expect([vault.isOpen, vault.status.state]).toEqual([false, 'locked']);
    expect(readFileSync(join(folder, 'vault.json'))).toEqual(before);
    expect(await vault.unlock(PASSWORD)).toBe(true);
  },
);

test('changes the password, keeps the keys, and forgets the old password [SEC-2]', async () => {
  const folder = temporaryFolder();
  const vault = smallVault(folder);
  await vault.setUp(PASSWORD);
  const key = vault.derive('chat', { purpose: 'storage' }, STORAGE);
  vault.secrets.put('llm', 'token', 'sk-kept');
  expect(await codeOf(() => vault.changePassword('not the password', 'a new password'))).toBe('VAULT_PASSWORD_WRONG');
  await vault.changePassword(PASSWORD, 'a new password');
  vault.lock();

  const restarted = smallVault(folder);
  expect(await codeOf(() => restarted.unlock(PASSWORD))).toBe('VAULT_PASSWORD_WRONG');
  await restarted.unlock('a new password');
  expect(restarted.derive('chat', { purpose: 'storage' }, STORAGE)).toBe(key);
  expect(restarted.secrets.get('llm', 'token')).toBe('sk-kept');
});

test('gives every plugin and purpose another key, and none outside the grant [SEC-4]', async () => {
  const vault = smallVault(temporaryFolder());
  await vault.setUp(PASSWORD);
  const any = { purposes: ['storage', 'export'], plugins: 'any' as const };
  const keys = [
    vault.derive('storage', { purpose: 'storage', plugin: 'chat' }, any),
    vault.derive('storage', { purpose: 'storage', plugin: 'diary' }, any),
    vault.derive('storage', { purpose: 'export', plugin: 'chat' }, any),
    vault.derive('storage', { purpose: 'storage' }, any),
  ];
  expect(new Set(keys).size).toBe(4);
  expect(keys.every((key) => /^[0-9a-f]{64}$/.test(key))).toBe(true);
  expect(vault.derive('chat', { purpose: 'storage', plugin: 'chat' }, STORAGE)).toBe(keys[0]);

  const denied = [
    () => vault.derive('chat', { purpose: 'export' }, STORAGE),
    () => vault.derive('chat', { purpose: 'storage', plugin: 'diary' }, STORAGE),
    () => vault.derive('chat', { purpose: 'storage' }, {}),
  ];
  for (const ask of denied) expect(await codeOf(ask)).toBe('VAULT_PURPOSE_DENIED');
});

test('has no keys and no secrets while it is locked [SEC-1]', async () => {
  const vault = smallVault(temporaryFolder());
  await vault.setUp(PASSWORD);
  expect([vault.lock(), vault.lock()]).toEqual([true, false]);
  expect(await codeOf(() => vault.derive('chat', { purpose: 'storage' }, STORAGE))).toBe('VAULT_LOCKED');
  expect(await codeOf(() => vault.secrets.get('chat', 'token'))).toBe('VAULT_LOCKED');
});

test('keeps secrets apart by owner and unreadable on disk [SEC-1]', async () => {
  const folder = temporaryFolder();
  const vault = smallVault(folder);
  await vault.setUp(PASSWORD);
  vault.secrets.put('llm', 'token', 'marked-secret-value');
  vault.secrets.put('weather', 'token', 'other');
  expect(vault.secrets.get('llm', 'token')).toBe('marked-secret-value');
  expect(vault.secrets.get('chat', 'token')).toBeUndefined();
  vault.secrets.delete('weather', 'token');
  expect(vault.secrets.get('weather', 'token')).toBeUndefined();
  const bytes = readFileSync(join(folder, 'secrets.bin'));
  expect(['marked-secret-value', 'llm', 'token'].filter((word) => bytes.includes(word))).toEqual([]);

  vault.lock();
  bytes[bytes.length - 20]! ^= 1;
  writeFileSync(join(folder, 'secrets.bin'), bytes);
  await vault.unlock(PASSWORD);
  expect(await codeOf(() => vault.secrets.get('llm', 'token'))).toBe('VAULT_DAMAGED');
  expect(await codeOf(() => vault.secrets.put('llm', 'token', 'new'))).toBe('VAULT_DAMAGED');
  expect(readFileSync(join(folder, 'secrets.bin'))).toEqual(bytes);
});

test('bounds the secrets of each plugin', async () => {
  const vault = smallVault(temporaryFolder());
  await vault.setUp(PASSWORD);
  const big = 'x'.repeat(65_536);
  const put = () => {
    for (let index = 0; index < 20; index += 1) vault.secrets.put('llm', `big-${index}`, big);
  };
  expect(await codeOf(put)).toBe('VAULT_SECRETS_FULL');
  vault.secrets.put('weather', 'token', 'still fits');
  expect(vault.secrets.get('weather', 'token')).toBe('still fits');
});

test('neither file nor error holds the password [SEC-3]', async () => {
  const folder = temporaryFolder();
  const vault = smallVault(folder);
  await vault.setUp(PASSWORD);
  const error = await vault.unlock('another marked password').catch((thrown: unknown) => thrown);
  expect(JSON.stringify([error, String(error), (error as Error).stack])).not.toContain('another marked password');
  const files = ['vault.json', 'throttle.json'].map((name) => readFileSync(join(folder, name), 'utf8'));
  expect(files.filter((text) => text.includes(PASSWORD))).toEqual([]);
});

test('says that it cannot write, and is as it was before', async () => {
  expect(await codeOf(() => smallVault(join(import.meta.filename, 'below-a-file')))).toBe('VAULT_UNWRITABLE');
  const folder = temporaryFolder();
  const vault = smallVault(folder);
  rmSync(folder, { recursive: true });
  const thrown = await vault.setUp(PASSWORD).catch((error: unknown) => error);
  expect(thrown).toMatchObject({ code: 'VAULT_UNWRITABLE', subject: 'vault.json', status: 507 });
  expect(vault.isOpen).toBe(false);
  expect(vault.status).toEqual({ state: 'empty' });
});

test('leaves no file behind but its own [SEC-1]', async () => {
  const folder = temporaryFolder();
  const vault = smallVault(folder);
  await vault.setUp(PASSWORD);
  await codeOf(() => vault.unlock('wrong'));
  vault.secrets.put('llm', 'token', 'x');
  await vault.changePassword(PASSWORD, 'a new password');
  expect(readdirSync(folder).sort()).toEqual(['secrets.bin', 'throttle.json', 'vault.json']);
});

test('gives a key of another vault to whoever has its file, its password and the grant, and holds back guesses [SEC-1, SEC-3, DATA-6]', async () => {
  const folder = temporaryFolder();
  const old = smallVault(folder);
  await old.setUp(PASSWORD);
  const grant = { purposes: ['backup'] };
  const key = old.derive('backup', { purpose: 'backup' }, grant);
  const file = readFileSync(join(folder, 'vault.json'), 'utf8');
  const fresh = smallVault(temporaryFolder());
  const recover = (change: Partial<KeyRecover>) =>
    codeOf(() => fresh.recover('backup', { vault: file, password: PASSWORD, purpose: 'backup', ...change }, grant));
  expect(await recover({})).toBe(key);
  expect(fresh.isOpen).toBe(false);
  expect(await recover({ purpose: 'storage' })).toBe('VAULT_PURPOSE_DENIED');
  expect(await recover({ plugin: 'chat' })).toBe('VAULT_PURPOSE_DENIED');
  const wide = { purposes: ['storage'], plugins: 'any' as const };
  const wanted = { purpose: 'storage', plugin: 'chat', generation: 2 };
  expect(await fresh.recover('storage', { vault: file, password: PASSWORD, ...wanted }, wide)).toBe(
    old.derive('storage', wanted, wide),
  );
  expect(await recover({ vault: file.replace('"passes"', '"passe"') })).toBe('VAULT_DAMAGED');
  expect(await recover({ vault: '{"format":99}' })).toBe('VAULT_NEWER');
  for (let tries = 0; tries < 3; tries += 1) expect(await recover({ password: 'wrong' })).toBe('VAULT_PASSWORD_WRONG');
  expect(await recover({})).toBe('VAULT_THROTTLED');
});

test('lends a topic its own key, to whom the kernel stamped it for, and tells since when it is sealed [SEC-4] [SEC-6]', async () => {
  const folder = temporaryFolder();
  const vault = smallVault(folder);
  await vault.setUp(PASSWORD);
  const [one, two] = ['chat.message.created.v1', 'chat.message.deleted.v1'];
  const lent = vault.topicKey('memory', one, { topic: one });
  expect(lent).toMatchObject({ key: expect.stringMatching(/^[0-9a-f]{64}$/), epoch: 1 });
  expect(vault.topicKey('chat', one, { topic: one })).toEqual(lent);
  expect(vault.topicKey('chat', two, { topic: two }).key).not.toBe(lent.key);
  for (const grant of [{}, { topic: two }, { topic: '>' }]) {
    expect(await codeOf(async () => vault.topicKey('spy', one, grant))).toBe('VAULT_PURPOSE_DENIED');
  }
  vault.lock();
  expect(await codeOf(async () => vault.topicKey('memory', one, { topic: one }))).toBe('VAULT_LOCKED');

  const restarted = smallVault(folder);
  await restarted.unlock(PASSWORD);
  expect(restarted.topicKey('memory', one, { topic: one })).toEqual(lent);
});

test('a new password is stretched as this machine can now, and never less than before [SEC-2]', async () => {
  const folder = temporaryFolder();
  const tunedTo = (parameters: KdfParameters) => smallVault(folder, { parameters });
  const kdf = () => tunedTo(SMALL).status.kdf;
  await tunedTo(SMALL).setUp(PASSWORD);
  await tunedTo({ memoryKib: 512, passes: 2, lanes: 2 }).changePassword(PASSWORD, 'the second password');
  expect(kdf()).toMatchObject({ memoryKib: 512, passes: 2, lanes: 2 });
  for (const weaker of [SMALL, { memoryKib: 256, passes: 20, lanes: 1 }, { memoryKib: 512, passes: 1, lanes: 4 }]) {
    await tunedTo(weaker).changePassword('the second password', 'the second password');
    expect(kdf()).toMatchObject({ memoryKib: 512, passes: 2, lanes: 2 });
  }
  const code = await tunedTo(SMALL).renewRecovery('the second password');
  await tunedTo({ memoryKib: 1024, passes: 1, lanes: 1 }).unlockByRecovery(code, PASSWORD);
  expect(kdf()).toMatchObject({ memoryKib: 1024, passes: 1, lanes: 1 });
  await tunedTo(SMALL).unlock(PASSWORD);
});
