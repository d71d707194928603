import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type {
  BackupInfo,
  BackupList,
  BackupStatus,
  BackupVerified,
  ConversationRestored,
  KeptConversations,
} from '@aico/schemas';
import { expect, test } from 'vitest';
import { BrowserSession, PASSWORD } from '../support/browser-session.ts';
import { environmentOf, Product, runAico, temporaryHome } from '../support/product.ts';
import { SmallDisk } from '../support/small-disk.ts';
import { flipBit } from '../support/stranger.ts';

/** Runs `aico backup …` and reads its answer. */
async function backup<Answer>(product: Product, ...args: string[]): Promise<Answer> {
  const { code, stdout, stderr } = await product.aico('backup', ...args, '--json');
  if (code !== 0) throw Object.assign(new Error(stderr), JSON.parse(stdout).error);
  return JSON.parse(stdout) as Answer;
}

/** Restores what a folder holds into a home, with a password as a person would give it. */
function restore(product: Product, folder: string, password: string, ...args: string[]) {
  return withPassword(product, folder, password, 'restore', ...args);
}

function withPassword(product: Product, folder: string, password: string, ...args: string[]) {
  const given = ['backup', ...args, '--from', folder, '--password-stdin', '--json'];
  return runAico(given, environmentOf(product.home), { input: password });
}

/** A file that is attached to the first message, and what becomes of it. */
const NOTES = 'Turing likes fish. '.repeat(9_000);
async function notesIn(session: BrowserSession, conversation: string): Promise<string> {
  const [first] = await session.messages(conversation);
  return session.attached(first?.attachments?.[0]?.id ?? '');
}

async function lived(folder: string) {
  const product = await Product.start();
  const session = await BrowserSession.setup(product.url);
  const { id: conversation } = await session.conversation();
  const files = [await session.attach(NOTES, 'notes.txt')];
  await session.turn(conversation, 'My cat is called Turing.', undefined, files);
  await backup(product, 'folder', folder);
  return { product, session, conversation };
}

async function onlyFile(folder: string): Promise<string> {
  const [name = ''] = await readdir(folder);
  return join(folder, name);
}

test('a backup that was made while messages came holds all that was acknowledged before, and moves to a new machine [DATA-6]', async () => {
  const folder = await temporaryHome();
  const { product, session, conversation } = await lived(folder);
  let talking = true;
  const talk = (async () => {
    while (talking) await session.turn(conversation, 'And I like long walks.');
  })();
  const before = (await session.messages(conversation)).length;
  const first = await backup<BackupInfo>(product, 'create');
  talking = false;
  await talk;
  expect(first).toMatchObject({ leftOut: 0, version: '0.1.0' });
  expect(first.databases).toBeGreaterThanOrEqual(4);
  const second = await backup<BackupInfo>(product, 'create');
  expect(second.newBytes).toBeLessThan(first.newBytes);
  expect((await backup<BackupList>(product, 'list')).backups.map(({ id }) => id)).toEqual([second.id, first.id]);
  expect(await backup<BackupVerified>(product, 'verify', first.id)).toMatchObject({ databases: first.databases });
  expect(await readdir(join(product.home, 'scratch'))).toEqual([]);
  await product.stop();

  const machine = await Product.start();
  const mine = await BrowserSession.setup(machine.url);
  await mine.turn((await mine.conversation()).id, 'This is another life.');
  expect(JSON.parse((await restore(machine, folder, 'not the password', first.id)).stdout)).toMatchObject({
    error: { code: 'VAULT_PASSWORD_WRONG' },
  });
  // One conversation of another vault's backup comes with its files, and nothing else changes, the folder neither.
  const own = await backup<BackupList & { status: BackupStatus }>(machine, 'list');
  // What failed has backups go to no other folder.
  expect(own.status).toMatchObject({ ownDisk: true });
  const alone = await restore(machine, folder, PASSWORD, first.id, '--conversation', conversation);
  expect(JSON.parse(alone.stdout)).toMatchObject({ conversation: { id: conversation }, files: 1 });
  expect((await mine.messages(conversation))[0]).toMatchObject({ text: 'My cat is called Turing.' });
  expect(await notesIn(mine, conversation)).toBe(NOTES);
  expect((await backup<typeof own>(machine, 'list')).status.folder).toBe(own.status.folder);
  const guess = await withPassword(machine, folder, 'not the password', 'conversations', first.id);
  expect(JSON.parse(guess.stdout)).toMatchObject({ error: { code: 'VAULT_PASSWORD_WRONG' } });
  await mine.call('DELETE', `/conversations/${conversation}`);
  expect((await restore(machine, folder, PASSWORD, first.id)).code).toBe(0);
  expect(await mine.call('GET', '/conversations')).toMatchObject({ conversations: [{ messages: 2 }] });
  await machine.stop();
  const again = await Product.start({ home: machine.home });
  expect(again.output).toContain(`The backup ${first.id} is in place`);
  const back = await BrowserSession.unlock(again.url);
  await expect.poll(async () => (await back.plugin('chat')).state, { timeout: 20_000 }).toBe('active');
  const messages = await back.messages(conversation);
  expect(messages.length).toBeGreaterThanOrEqual(before);
  expect(messages[0]).toMatchObject({ text: 'My cat is called Turing.' });
  expect(await notesIn(back, conversation)).toBe(NOTES);
  const kept = (await readdir(machine.home)).filter((name) => name.startsWith('replaced-'));
  expect(await readdir(join(machine.home, kept[0] ?? ''))).toContain('vault');
}, 240_000);

test('a folder that goes away or fills up in the middle costs no backup that was made, and is told in plain words [DATA-6]', async (context) => {
  const disk = await SmallDisk.mount(context, { megabytes: 8 });
  const { product, session, conversation } = await lived(join(disk.folder, 'backups'));
  const made = await backup<BackupInfo>(product, 'create');
  disk.fill();
  await session.turn(conversation, 'And my dog is called Ada.');
  await expect(backup(product, 'create')).rejects.toMatchObject({ code: 'BACKUP_FULL' });
  await disk.empty();
  await backup(product, 'verify', made.id);
  const next = await backup<BackupInfo>(product, 'create');
  const folder = join(disk.folder, 'backups');
  await rename(folder, `${folder}-away`);
  await expect(backup(product, 'create')).rejects.toMatchObject({ code: 'BACKUP_FOLDER_GONE' });
  await mkdir(folder);
  await expect(backup(product, 'create')).rejects.toMatchObject({ code: 'BACKUP_FOLDER_GONE' });
  await rm(folder, { recursive: true });
  await rename(`${folder}-away`, folder);
  expect((await backup<BackupList>(product, 'list')).backups.map(({ id }) => id)).toEqual([next.id, made.id]);
  await backup(product, 'verify', next.id);
}, 240_000);

test('a backup that is damaged or of a newer form is refused by name, what is in use goes on, and one conversation comes back alone [DATA-6]', async () => {
  const folder = await temporaryHome();
  const { product, session, conversation } = await lived(folder);
  const lost = (await session.conversation()).id;
  await session.turn(lost, 'My canary is called Hopper.', undefined, [
    await session.attach('Hopper sings.', 'song.txt'),
  ]);
  const then = await session.messages(lost);
  const { id } = await backup<BackupInfo>(product, 'create');
  const pack = await onlyFile(join(folder, 'packs'));
  const whole = await readFile(pack);
  await flipBit(pack, Math.floor(whole.length / 2));
  for (const command of ['verify', 'restore'])
    await expect(backup(product, command, id)).rejects.toMatchObject({ code: 'BACKUP_DAMAGED', subject: id });
  await writeFile(pack, whole);
  const file = await onlyFile(join(folder, 'backups'));
  const bytes = await readFile(file);
  await writeFile(file, bytes.subarray(0, -1));
  await expect(backup(product, 'restore', id)).rejects.toMatchObject({ code: 'BACKUP_DAMAGED' });
  const form = bytes[8] ?? 0;
  bytes[8] = 4;
  await writeFile(file, bytes);
  await expect(backup(product, 'restore', id)).rejects.toMatchObject({ code: 'BACKUP_NEWER' });
  expect((await product.aico('backup', 'list')).stdout).toContain('Update AICO');
  bytes[8] = form;
  await writeFile(file, bytes.subarray(0, -1));
  await expect(backup(product, 'conversations', id)).rejects.toMatchObject({ code: 'BACKUP_DAMAGED' });
  await writeFile(file, bytes);
  await session.call('DELETE', `/conversations/${lost}`);
  await session.turn(conversation, 'And I like tea.');
  await product.stop();
  const again = await Product.start({ home: product.home });
  const back = await BrowserSession.unlock(again.url);
  await expect.poll(async () => (await back.plugin('chat')).state, { timeout: 20_000 }).toBe('active');
  expect(await back.messages(conversation)).toEqual(
    await session.messages(conversation).catch(() => expect.anything()),
  );

  const now = await back.messages(conversation);
  const kept = await backup<KeptConversations>(again, 'conversations', id);
  expect(kept.conversations.map((each) => [each.conversation.id, each.here])).toEqual([
    [lost, undefined],
    [conversation, now.length],
  ]);
  const bring = () => backup<ConversationRestored>(again, 'restore', id, '--conversation', lost);
  expect([(await bring()).added, await bring()]).toMatchObject([then.length, { added: 0, files: 1 }]);
  expect(await back.messages(lost)).toEqual(then);
  expect(await notesIn(back, lost)).toBe('Hopper sings.');
  expect(await back.messages(conversation)).toEqual(now);
  expect(await readdir(join(again.home, 'scratch'))).toEqual([]);
  await expect(backup(again, 'restore', id, '--conversation', crypto.randomUUID())).rejects.toMatchObject({
    code: 'BACKUP_CONVERSATION_UNKNOWN',
  });
}, 240_000);

test('a backup stops with the vault, and needs one [DATA-6, SEC-1]', async () => {
  const product = await Product.start();
  await expect(backup(product, 'create')).rejects.toMatchObject({ code: 'VAULT_LOCKED' });
}, 120_000);
