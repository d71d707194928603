import { cp, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type {
  BackupInfo,
  BackupList,
  ForgetPlan,
  ForgetReceipt,
  ForgetReceipts,
  JournalStatus,
  MemoryPage,
  RetentionState,
} from '@aico/schemas';
import { TOPICS } from '@aico/sdk/protocol';
import { expect, test } from 'vitest';
import { BrowserSession, PASSWORD } from '../support/browser-session.ts';
import { Marks } from '../support/marks/mark-search.ts';
import { plainDatabases } from '../support/plain-databases.ts';
import { environmentOf, Product, runAico, temporaryHome } from '../support/product.ts';

const SOON = { timeout: 30_000, interval: 100 };

async function command<Answer>(product: Product, ...args: string[]): Promise<Answer> {
  const { code, stdout, stderr } = await product.aico(...args, '--json');
  if (code !== 0) throw Object.assign(new Error(stderr || stdout), JSON.parse(stdout || '{}').error);
  return JSON.parse(stdout) as Answer;
}

/** What every call of the API answers that takes nothing but where it is, and the texts of conversations. */
async function everyAnswer(session: BrowserSession): Promise<Buffer> {
  const paths = TOPICS.flatMap(({ expose }) => (expose?.method === 'GET' && expose.path ? [expose.path] : []));
  const { conversations } = await session.call<{ conversations: { id: string }[] }>('GET', '/conversations');
  const asked = paths.flatMap((path) => {
    if (!path.includes('{')) return [path];
    return path.includes('{conversation}') ? conversations.map(({ id }) => path.replace('{conversation}', id)) : [];
  });
  expect(asked.length).toBeGreaterThan(15);
  const answers = await Promise.all(asked.map(async (path) => (await session.request('GET', path)).text()));
  return Buffer.from(answers.join('\n'));
}

async function ready(session: BrowserSession, ...plugins: string[]): Promise<void> {
  for (const id of plugins) await expect.poll(async () => (await session.plugin(id)).state, SOON).toBe('active');
}

test('what was said, remembered, journalled and backed up is forgotten everywhere, and an old backup opens no more [DATA-7, DATA-6]', async () => {
  const marks = new Marks();
  const [heron, egret] = [marks.of('heron'), marks.of('egret')];
  const folder = await temporaryHome();
  const first = await Product.start();
  let session = await BrowserSession.setup(first.url);
  expect((await first.aico('plugin', 'enable', 'diary')).code).toBe(0);
  await ready(session, 'privacy', 'memory', 'journal', 'backup', 'diary');
  const { id } = await session.conversation();
  await session.turn(id, `My heron is called ${heron}.`);
  await session.turn(id, `What do you know about ${heron}?`);
  await session.turn(id, `Yesterday I met ${egret}, my neighbour.`);
  await session.turn(id, 'I like long walks.');
  expect((await session.turn(id, `/diary I rowed with ${egret}`)).reply?.text).toMatch(/^Kept for/);
  const remembered = async () => (await session.call<MemoryPage>('GET', '/memories')).total;
  await expect.poll(remembered, SOON).toBe(4);
  expect(JSON.stringify((await session.messages(id))[3]?.remembered)).toContain(heron);
  await command(first, 'backup', 'folder', folder);
  const old = await command<BackupInfo>(first, 'backup', 'create');
  const copy = await temporaryHome();
  await cp(folder, copy, { recursive: true });
  await first.stop();
  // The search finds what is there to be found.
  for (const [plugin, pages] of await plainDatabases(first.home, PASSWORD))
    expect(marks.formsIn(pages).length > 0, plugin).toBe(['chat', 'memory', 'diary'].includes(plugin));

  const product = await Product.start({ home: first.home });
  session = await BrowserSession.unlock(product.url);
  await ready(session, 'chat', 'privacy', 'memory', 'journal', 'backup', 'diary');
  expect(marks.formsIn(await everyAnswer(session))).not.toEqual([]);
  const [said] = await session.messages(id);
  const dry = await command<ForgetPlan>(product, 'forget', 'message', said?.id ?? '', '--dry-run');
  const planned = dry.items.map(({ plugin, kind }) => `${plugin} ${kind}`);
  // The message, its answer, answers that had its memory at hand, and the memory.
  expect(planned.filter((each) => each === 'memory memory')).toHaveLength(1);
  expect(planned.filter((each) => each === 'chat message').length).toBeGreaterThanOrEqual(3);
  expect(dry.backups.map((backup) => backup.id)).toEqual([old.id]);
  expect((await product.aico('forget', 'message', said?.id ?? '')).code).not.toBe(0);
  expect(await session.messages(id)).toHaveLength(10);

  await command<ForgetReceipt>(product, 'forget', 'message', said?.id ?? '', '--yes', '--keep-backups');
  const still = await command<ForgetPlan>(product, 'forget', 'person', heron, '--dry-run');
  // The question that named it was another message; the title follows from it now.
  expect(still.items.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['memory', 'message', 'title']));
  await command<ForgetReceipt>(product, 'forget', 'person', heron, '--yes', '--keep-backups');
  const receipt = await command<ForgetReceipt>(product, 'forget', 'person', egret.toUpperCase(), '--yes');
  expect(receipt).toMatchObject({ failed: [], scope: 'person', by: 'cli', backups: { removed: 1 } });
  expect(receipt.removed).toEqual(
    expect.arrayContaining([
      { plugin: 'chat', kind: 'message', removed: expect.any(Number) },
      { plugin: 'memory', kind: 'memory', removed: 1 },
      { plugin: 'diary', kind: 'line', removed: 1 },
    ]),
  );
  expect(receipt.took).toEqual(['analytics', 'chat', 'diary', 'journal', 'memory']);

  expect((await session.messages(id)).map(({ text }) => text)[0]).toBe('I like long walks.');
  expect(await session.call('GET', `/conversations/${id}`)).toMatchObject({
    title: 'I like long walks.',
  });
  expect(await remembered()).toBe(1);
  for (const query of [heron, egret])
    expect(await session.call('GET', `/memories?query=${query}`)).toMatchObject({ memories: [], total: 0 });
  const { topics } = await session.call<JournalStatus>('GET', '/journal');
  expect(topics.reduce((sum, { events }) => sum + events, 0)).toBeLessThanOrEqual(1);
  const { receipts } = await session.call<ForgetReceipts>('GET', '/forget/receipts');
  expect(receipts).toHaveLength(3);
  const audit = await session.call<{ records: { kind: string }[] }>('GET', '/audit?kind=data.forgotten');
  expect(audit.records).toHaveLength(3);
  const kept = await command<RetentionState>(product, 'forget', 'keep', 'conversations', '30', '--yes');
  expect(kept.policy).toEqual({ conversations: 30, memories: 0 });
  await expect.poll(async () => (await command<RetentionState>(product, 'forget', 'keep')).ranAt, SOON).toBeDefined();
  expect(await session.messages(id)).toHaveLength(2);
  expect(marks.formsIn(await everyAnswer(session))).toEqual([]);
  expect(marks.search([product.home, folder])).toEqual([]);

  // Files of the time before, put back where they were, open by nothing any more.
  const { backups } = await command<BackupList>(product, 'backup', 'list');
  expect(backups.map((backup) => backup.id)).toEqual([receipt.backups?.made]);
  for (const part of ['packs', 'backups']) await cp(join(copy, part), join(folder, part), { recursive: true });
  await expect(command(product, 'backup', 'restore', old.id)).rejects.toMatchObject({ code: 'BACKUP_KEY_ABSENT' });
  await product.stop();
  const databases = await plainDatabases(product.home, PASSWORD);
  expect([...databases.keys()]).toEqual(expect.arrayContaining(['audit', 'chat', 'memory', 'privacy']));
  for (const [plugin, pages] of databases) expect(marks.formsIn(pages), plugin).toEqual([]);

  const machine = await Product.start();
  const restore = (backup: string) =>
    runAico(
      ['backup', 'restore', backup, '--from', folder, '--password-stdin', '--json'],
      environmentOf(machine.home),
      {
        input: PASSWORD,
      },
    );
  expect(JSON.parse((await restore(old.id)).stdout)).toMatchObject({ error: { code: 'BACKUP_KEY_ABSENT' } });
  expect((await restore(receipt.backups?.made ?? '')).code).toBe(0);
  const incoming = join(machine.home, 'incoming/files');
  for (const [plugin, pages] of await plainDatabases(incoming, PASSWORD))
    expect(marks.formsIn(pages), plugin).toEqual([]);
  expect(await readdir(join(incoming, 'data/journal'))).not.toEqual([]);
}, 300_000);

test('a memory that is deleted over REST goes with its words, its meaning, quotes of it and replies that had it [DATA-7]', async () => {
  const marks = new Marks();
  const heron = marks.of('heron');
  const product = await Product.start();
  const session = await BrowserSession.setup(product.url);
  await ready(session, 'privacy', 'memory', 'chat', 'journal');
  const { id } = await session.conversation();
  await session.turn(id, `My heron is called ${heron}.`);
  await session.turn(id, 'I like long walks.');
  const list = () => session.call<MemoryPage>('GET', '/memories');
  await expect.poll(async () => (await list()).total, SOON).toBe(2);
  await session.turn(id, `What do you know about ${heron}?`);
  const before = await session.messages(id);
  expect(JSON.stringify(before.at(-1)?.remembered)).toContain(heron);
  const memory = (await list()).memories.find(({ text }) => text.includes(`called ${heron}`));
  const drewOnIt = before.filter(({ remembered = [] }) => remembered.some((each) => each.memory === memory?.id));
  const path = `/memories/${memory?.id}`;
  const answer = await session.call<{ forgotten: boolean; receipt: ForgetReceipt }>('DELETE', path);
  expect(answer).toMatchObject({ forgotten: true, receipt: { scope: 'memory', by: 'gateway', failed: [] } });
  expect(answer.receipt.removed).toEqual(
    expect.arrayContaining([
      { plugin: 'chat', kind: 'message', removed: drewOnIt.length },
      { plugin: 'memory', kind: 'memory', removed: 1 },
    ]),
  );
  expect(await session.call('DELETE', path)).toEqual({ forgotten: false });
  expect(await session.messages(id)).toEqual(before.filter((message) => !drewOnIt.includes(message)));
  expect((await session.call<ForgetReceipts>('GET', '/forget/receipts')).receipts).toEqual([answer.receipt]);
  // The question that named it, and the message that said it, are messages of their own.
  for (const { id: message } of (await session.messages(id)).filter(({ text }) => text.includes(heron)))
    await command(product, 'forget', 'message', message, '--yes', '--keep-backups');
  expect(marks.formsIn(await everyAnswer(session))).toEqual([]);
  await product.stop();
  for (const [plugin, pages] of await plainDatabases(product.home, PASSWORD))
    expect(marks.formsIn(pages), plugin).toEqual([]);
}, 180_000);
