import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BackupInfo, BackupList, BackupStatus, KeptConversations } from '@aico/schemas';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { BrowserSession, PASSWORD } from '../support/browser-session.ts';
import { environmentOf, HOST, Product, runAico, temporaryHome } from '../support/product.ts';

const OWN_PASSWORD = 'another life and another vault';
const SONG = 'Hopper sings of rivers. '.repeat(7_000);

/** Runs an `aico` command that may read a password; its answer or its error. */
async function command<Answer>(product: Product, args: readonly string[], password?: string): Promise<Answer> {
  const given = [...args, ...(password === undefined ? [] : ['--password-stdin']), '--json'];
  const { stdout, stderr } = await runAico(given, environmentOf(product.home), { input: password ?? '' });
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout) as Answer;
}

const refusal = (code: string): object => ({ error: { code } });

/** A life whose backups have their key apart: the folder, the key file, and what opens the vault. It is lived once for all tests. */
async function liveOnce(root: string) {
  const [home, folder] = [join(root, 'home'), join(root, 'backups')];
  await Promise.all([mkdir(home, { mode: 0o700 }), mkdir(folder, { mode: 0o700 })]);
  const product = await Product.launch(home);
  try {
    const session = await BrowserSession.setup(product.url);
    const { id: conversation } = await session.conversation();
    await session.turn(conversation, 'My canary is called Hopper.', undefined, [
      await session.attach(SONG, 'song.txt'),
    ]);
    const other = (await session.conversation()).id;
    await session.turn(other, 'I like tea.');
    await session.call('PUT', '/plugins/backup/configuration', { values: { keysApart: true } });
    await command(product, ['backup', 'folder', folder]);
    // A backup opens with what opened the vault then.
    const { code } = await command<{ code: string }>(product, ['vault', 'recovery'], PASSWORD);
    const { id } = await command<BackupInfo>(product, ['backup', 'create']);
    const key = join(root, 'apart.key');
    await command(product, ['backup', 'key', key]);
    const messages = await session.messages(conversation);
    return { folder, id, key, code, conversation, other, messages };
  } finally {
    await product.stop();
  }
}

let root = '';
let life: Awaited<ReturnType<typeof liveOnce>>;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'aico-life-'));
  life = await liveOnce(root);
}, 240_000);

afterAll(() => rm(root, { recursive: true, force: true }));

/** That life, with a folder of backups that nobody else changes. */
async function keptApart(): Promise<typeof life> {
  const folder = await temporaryHome();
  await cp(life.folder, folder, { recursive: true });
  return { ...life, folder };
}

test("a conversation of another vault's backup comes back with its key file and its password or recovery code, and not without both [DATA-6, SEC-3]", async () => {
  const { folder, id, key, code, conversation, other, messages } = await keptApart();
  expect(await readdir(folder)).not.toContain('keys');
  const machine = await Product.start();
  const mine = await BrowserSession.setup(machine.url, OWN_PASSWORD);
  const own = (await mine.conversation()).id;
  await mine.turn(own, 'This is another life.');
  const { id: ownBackup } = await command<BackupInfo>(machine, ['backup', 'create']);
  const ownKey = join(machine.home, 'own.key');
  const { name } = await command<{ name: string }>(machine, ['backup', 'key', ownKey]);
  expect(await command(machine, ['backup', 'key', ownKey])).toMatchObject(refusal('HOST_FILE_TAKEN'));
  const noise = join(machine.home, 'noise.key');
  await writeFile(noise, randomBytes(70));
  const status = async () => {
    const {
      folder: place,
      daily,
      ownDisk,
    } = (await command<{ status: BackupStatus }>(machine, ['backup', 'list'])).status;
    return { place, daily, ownDisk };
  };
  const before = await status();
  const list = (password: string | undefined, ...more: string[]) =>
    command<KeptConversations>(machine, ['backup', 'conversations', id, '--from', folder, ...more], password);
  const bring = (password: string, ...more: string[]) =>
    command(machine, ['backup', 'restore', id, '--from', folder, '--conversation', conversation, ...more], password);

  expect(await list(PASSWORD)).toMatchObject(refusal('BACKUP_KEY_ABSENT'));
  expect(await bring(PASSWORD)).toMatchObject(refusal('BACKUP_KEY_ABSENT'));
  expect(await list(undefined, '--key', key)).toMatchObject(refusal('BACKUP_KEY_WRONG'));
  for (const wrong of [ownKey, noise]) {
    expect(await list(PASSWORD, '--key', wrong)).toMatchObject(refusal('BACKUP_KEY_WRONG'));
    expect(await bring(PASSWORD, '--key', wrong)).toMatchObject(refusal('BACKUP_KEY_WRONG'));
  }
  expect(await list(PASSWORD, '--key', join(machine.home, 'none.key'))).toMatchObject(refusal('BACKUP_UNREADABLE'));
  expect(await bring(OWN_PASSWORD, '--key', key)).toMatchObject(refusal('VAULT_PASSWORD_WRONG'));
  expect(await mine.call('GET', '/conversations')).toMatchObject({ conversations: [{ id: own }] });

  const kept = await list(PASSWORD, '--key', key);
  expect(kept.conversations.map((each) => [each.conversation.id, each.here])).toEqual([
    [other, undefined],
    [conversation, undefined],
  ]);
  expect(await bring(code, '--key', key)).toMatchObject({ added: messages.length, files: 1 });
  expect(await bring(PASSWORD, '--key', key)).toMatchObject({ added: 0, files: 1 });
  const back = await mine.messages(conversation);
  // Files are called otherwise in another vault.
  expect(back.map(({ id, text }) => [id, text])).toEqual(messages.map((each) => [each.id, each.text]));
  expect(await mine.attached(back[0]?.attachments?.[0]?.id ?? '')).toBe(SONG);
  expect(await mine.messages(own)).toHaveLength(2);
  expect((await list(code, '--key', key)).conversations.map(({ here }) => here)).toEqual([undefined, messages.length]);

  // Nothing of it stays: no copy, no key, no other folder; and the vault goes on with its own backups.
  expect(await readdir(join(machine.home, 'scratch'))).toEqual([]);
  expect(await readdir(join(machine.home, 'data/backup/keys'))).toEqual([name]);
  expect(await status()).toEqual(before);
  expect(await readdir(folder)).not.toContain('keys');
  const next = await command<BackupInfo>(machine, ['backup', 'create']);
  const { backups } = await command<BackupList>(machine, ['backup', 'list']);
  expect(backups.map((each) => each.id)).toEqual([next.id, ownBackup]);
  await command(machine, ['backup', 'verify', next.id]);
}, 240_000);

test('a command that is killed while it brings a conversation back leaves where backups go as it was [DATA-6]', async () => {
  const { folder, id, key, conversation, messages } = await keptApart();
  const machine = await Product.start();
  const mine = await BrowserSession.setup(machine.url, OWN_PASSWORD);
  const elsewhere = await temporaryHome();
  await command(machine, ['backup', 'folder', elsewhere]);
  const place = async () => (await command<{ status: BackupStatus }>(machine, ['backup', 'list'])).status.folder;
  const scratch = async () => readdir(join(machine.home, 'scratch')).catch((): string[] => []);
  const given = ['backup', 'restore', id, '--from', folder, '--conversation', conversation, '--key', key];

  const running = spawn(process.execPath, [HOST, ...given, '--password-stdin'], { env: environmentOf(machine.home) });
  const gone = new Promise((resolve) => running.once('exit', (_, signal) => resolve(signal)));
  running.stdin.end(PASSWORD);
  await expect.poll(scratch, { interval: 5, timeout: 30_000 }).toEqual([`lend-${id}`]);
  // Else it could end while it is looked at.
  running.kill('SIGSTOP');
  expect(await place()).toBe(elsewhere);
  running.kill('SIGKILL');
  expect(await gone).toBe('SIGKILL');

  expect(await place()).toBe(elsewhere);
  await expect.poll(scratch, { timeout: 30_000 }).toEqual([]);
  const made = await command<BackupInfo>(machine, ['backup', 'create']);
  expect(await readdir(join(elsewhere, 'backups'))).toEqual([`${made.id}.aico-backup`]);
  expect(await readdir(join(folder, 'backups'))).toEqual([`${id}.aico-backup`]);
  const brought = await command(machine, ['backup', 'restore', ...given.slice(3)], PASSWORD);
  expect(brought).toMatchObject({ added: messages.length });
  expect((await mine.messages(conversation)).map((each) => each.id)).toEqual(messages.map((each) => each.id));
}, 240_000);

test('the whole of a backup whose key is kept apart moves to a new machine with the key file and the recovery code [DATA-6, SEC-3]', async () => {
  const { folder, key, code, conversation, messages } = await keptApart();
  const machine = await Product.start();
  const restore = (...more: string[]) => command(machine, ['backup', 'restore', '--from', folder, ...more], code);
  expect(await restore()).toMatchObject(refusal('BACKUP_KEY_ABSENT'));
  expect(await restore('--key', key)).toMatchObject({ id: expect.any(String) });
  await machine.stop();
  const again = await Product.start({ home: machine.home });
  const back = await BrowserSession.unlock(again.url);
  await expect.poll(async () => (await back.plugin('chat')).state, { timeout: 20_000 }).toBe('active');
  expect(await back.messages(conversation)).toEqual(messages);
  expect(await back.attached(messages[0]?.attachments?.[0]?.id ?? '')).toBe(SONG);
  // What was put back has its key: it goes on with the same backups, of which nothing has to be made anew.
  const next = await command<BackupInfo>(again, ['backup', 'create']);
  expect(next.newBytes).toBeLessThan(next.bytes / 2);
}, 240_000);
