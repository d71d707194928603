import { lstat, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type {
  BlobInfo,
  BlobWritten,
  ChatMessage,
  ConversationPage,
  ExportDone,
  ForgetReceipt,
  ImportReport,
  ImportStep,
  MemoryPage,
} from '@aico/schemas';
import { DuckDBInstance } from '@duckdb/node-api';
import { expect, test } from 'vitest';
import { ExportFolder } from '../../host/src/cli/export-folder.ts';
import { BrowserSession } from '../support/browser-session.ts';
import { Product, temporaryHome } from '../support/product.ts';
import { SmallDisk } from '../support/small-disk.ts';

const SOON = { timeout: 30_000, interval: 100 };
const PICTURE = Buffer.alloc(500_000, 7);

async function command<Answer>(product: Product, ...args: string[]): Promise<Answer> {
  const { code, stdout, stderr } = await product.aico(...args, '--json');
  if (code !== 0 && !stdout.includes('"problems"'))
    throw Object.assign(new Error(stderr || stdout), JSON.parse(stdout || '{}').error);
  return JSON.parse(stdout) as Answer;
}

async function attach(session: BrowserSession, content: Buffer): Promise<string> {
  let written: BlobWritten | undefined;
  for (let offset = 0; offset < content.length; offset += 190_000) {
    const data = content.toString('base64', offset, offset + 190_000);
    written = await session.ask<BlobWritten>('chat.attachment.write.v1', {
      offset,
      ...(written && { upload: written.upload }),
      data,
    });
  }
  return (await session.ask<BlobInfo>('chat.attachment.finish.v1', { upload: written?.upload })).id;
}

/** Every file of an export but the manifest, which tells when it was made. */
async function contents(folder: string, part = ''): Promise<Record<string, string>> {
  const entries = await readdir(join(folder, part), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && entry.name !== 'manifest.json');
  return Object.fromEntries(
    await Promise.all(
      files.map(async ({ parentPath, name }) => {
        const path = join(parentPath, name);
        return [path.slice(folder.length + 1), (await readFile(path)).toString('base64')] as const;
      }),
    ),
  );
}

async function said(
  session: BrowserSession,
): Promise<{ conversations: unknown; messages: ChatMessage[][]; memories: unknown }> {
  const { conversations } = await session.call<ConversationPage>('GET', '/conversations');
  const messages = await Promise.all(conversations.map(async ({ id }) => [...(await session.messages(id))]));
  const { memories } = await session.call<MemoryPage>('GET', '/memories');
  return { conversations, messages, memories };
}

test('what was talked, attached and remembered is exported in three formats, and is in another vault what it was [DATA-7, SEC-8, SEC-9]', async () => {
  const folder = join(await temporaryHome(), 'export');
  const first = await Product.start();
  const here = await BrowserSession.setup(first.url);
  for (const id of ['chat', 'memory', 'export', 'audit'])
    await expect.poll(async () => (await here.plugin(id)).state, SOON).toBe('active');
  const [tea, trips] = [await here.conversation(), await here.conversation()];
  const attachments = [{ id: await attach(here, PICTURE), name: 'Größe/2.PNG'.replace('/', ' '), type: 'image/png' }];
  await here.turn(tea.id, 'My heron is called Turing.', undefined, attachments);
  await here.turn(trips.id, 'I was in Rome. I liked it.');
  await here.turn(tea.id, 'What is my heron called?');
  const memories = async (session: BrowserSession) => (await session.call<MemoryPage>('GET', '/memories')).total;
  await expect.poll(() => memories(here), SOON).toBe(3);

  await expect(command(first, 'export', first.home)).rejects.toMatchObject({ code: 'EXPORT_FOLDER_TAKEN' });
  const done = await command<ExportDone>(first, 'export', folder, '-f', 'jsonl', '--format', 'markdown,parquet');
  const count = (kind: string) => done.counts.find((each) => each.kind === kind)?.records;
  expect(['conversations', 'messages', 'memories'].map(count)).toEqual([2, 6, 3]);
  expect(count('settings')).toBeGreaterThan(10);
  expect(count('consents')).toBeGreaterThan(10);
  expect(done.leftOut).toBe(0);
  if (process.platform !== 'win32')
    expect([
      (await lstat(folder)).mode & 0o777,
      (await lstat(join(folder, 'chat/messages.jsonl'))).mode & 0o777,
    ]).toEqual([0o700, 0o600]);
  expect(await readFile(join(folder, 'files/000001-Gro-e-2.PNG'))).toEqual(PICTURE);
  const [read = ''] = (await readdir(join(folder, 'markdown/conversations'))).sort();
  const markdown = await readFile(join(folder, 'markdown/conversations', read), 'utf8');
  expect(markdown).toContain('## You, ');
  expect(markdown).toContain('[Größe 2.PNG (image/png)](../../files/000001-Gro-e-2.PNG)');
  expect(await readFile(join(folder, 'markdown/memories.md'), 'utf8')).toContain('- My heron is called Turing.');
  expect(await tables(folder)).toEqual([
    ['My heron is called Turing.', 3, 2],
    ['user', 'What is my heron called?'],
  ]);
  const { records } = await here.call<{ records: { by: string; details: object }[] }>(
    'GET',
    '/audit?kind=data.exported',
  );
  expect(records).toMatchObject([{ by: 'cli', details: { formats: 'jsonl, markdown, parquet' } }]);
  // A wish that cannot be met leaves no folder behind.
  expect((await first.aico('export', join(folder, 'chat', 'x'), '--only', 'nobody')).code).not.toBe(0);

  const second = await Product.start();
  const there = await BrowserSession.setup(second.url, 'another password of my own');
  for (const id of ['chat', 'memory', 'export'])
    await expect.poll(async () => (await there.plugin(id)).state, SOON).toBe('active');
  const broken = join(folder, 'memory/memories.jsonl');
  const whole = await readFile(broken);
  await writeFile(broken, whole.subarray(0, -20));
  const bad = await command<ImportReport>(second, 'import', folder, '--dry-run');
  expect(bad.problems.map(({ file }) => file)).toContain('memory/memories.jsonl');
  await expect(command(second, 'import', folder)).rejects.toMatchObject({ code: 'EXPORT_INVALID' });
  await writeFile(broken, whole);
  const dry = await command<ImportReport>(second, 'import', folder, '--dry-run');
  expect(dry.files).toBe(1);
  expect(await said(there)).toEqual({ conversations: [], messages: [], memories: [] });
  await command<ImportReport>(second, 'import', folder);
  const [mine, theirs] = [await said(here), await said(there)];
  // The same content is under another id in each vault.
  const [file] = theirs.messages.flat().find((message) => message.attachments)?.attachments ?? [];
  expect(JSON.parse(JSON.stringify(mine).replaceAll(attachments[0]?.id ?? '', file?.id ?? ''))).toEqual(theirs);

  const again = await command<ImportReport>(second, 'import', folder);
  expect(again.counts.map(({ added }) => added)).toEqual(again.counts.map(() => 0));
  const copy = join(await temporaryHome(), 'copy');
  await command(second, 'export', copy, '--only', 'chat,memory');
  for (const part of ['chat', 'memory', 'files'])
    expect(await contents(copy, part)).toEqual(await contents(folder, part));
  await rm(folder, { recursive: true });
}, 180_000);

test('what is forgotten while an import is running takes none of its files along [DATA-7]', async () => {
  const folder = join(await temporaryHome(), 'export');
  const first = await Product.start();
  const here = await BrowserSession.setup(first.url);
  for (const id of ['chat', 'export'])
    await expect.poll(async () => (await here.plugin(id)).state, SOON).toBe('active');
  const attachments = [{ id: await attach(here, PICTURE), name: 'heron.png', type: 'image/png' }];
  await here.turn((await here.conversation()).id, 'A heron.', undefined, attachments);
  await command(first, 'export', folder, '--only', 'chat');
  await first.stop();

  const second = await Product.start();
  const there = await BrowserSession.setup(second.url, 'another password of my own');
  for (const id of ['chat', 'export', 'privacy'])
    await expect.poll(async () => (await there.plugin(id)).state, SOON).toBe('active');
  const secret = await there.conversation();
  await there.turn(secret.id, 'A secret.', undefined, [
    { id: await attach(there, Buffer.from('secret')), name: 'secret.txt', type: 'text/plain' },
  ]);
  const feed = async (step: ImportStep): Promise<ImportStep> => {
    const { session, next: file = '' } = step;
    const content = await readFile(join(folder, file));
    let last = step;
    for (let offset = 0; offset < content.length; offset += 190_000) {
      const data = content.toString('base64', offset, offset + 190_000);
      const isLast = offset + 190_000 >= content.length;
      const piece = { session, file, offset, data, ...(isLast && { last: true }) };
      last = await there.ask<ImportStep>('export.import.feed.v1', piece);
    }
    return last;
  };
  let step = await there.ask<ImportStep>('export.import.begin.v1', {});
  while (step.next !== undefined) step = await feed(step);
  step = await there.ask<ImportStep>('export.import.add.v1', { session: step.session });
  // The file comes first: no message names it yet.
  expect(step.next).toMatch(/^files\//);
  step = await feed(step);
  const receipt = await command<ForgetReceipt>(second, 'forget', 'conversation', secret.id, '--yes', '--keep-backups');
  expect(receipt.removed).toContainEqual({ plugin: 'chat', kind: 'file', removed: 1 });
  while (step.next !== undefined) step = await feed(step);
  expect(step).toMatchObject({ phase: 'done', report: { files: 1 } });
  const copy = join(await temporaryHome(), 'copy');
  expect(await command<ExportDone>(second, 'export', copy, '--only', 'chat')).toMatchObject({ leftOut: 0 });
  expect(await readFile(join(copy, 'files/000001-heron.png'))).toEqual(PICTURE);
}, 180_000);

test('a disk that is full in the middle is told, and keeps nothing of the export, but all else [DATA-7]', async (context) => {
  const disk = await SmallDisk.mount(context, { megabytes: 1 });
  await writeFile(join(disk.folder, 'mine.txt'), Buffer.alloc(500_000));
  const folder = await ExportFolder.claim(join(disk.folder, 'export'));
  const data = Buffer.alloc(190_000).toString('base64');
  const fill = async () => {
    for (let pieces = 0; pieces < 10; pieces += 1) await folder.write({ file: 'files/000001-large.bin', data });
  };
  await expect(fill()).rejects.toMatchObject({
    code: 'EXPORT_UNWRITABLE',
    details: { problem: 'the disk is full' },
  });
  await folder.discard();
  expect(await readdir(disk.folder)).toEqual(['mine.txt']);
});

/** What DuckDB finds in the Parquet files. */
async function tables(folder: string): Promise<unknown[]> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const messages = `read_parquet('${join(folder, 'parquet/chat-messages.parquet')}')`;
  const remembered = `read_parquet('${join(folder, 'parquet/memory-memories.parquet')}')`;
  const ask = async (sql: string) =>
    (await connection.runAndReadAll(sql))
      .getRowsJson()[0]
      ?.map((cell) => (/^\d+$/.test(String(cell)) ? Number(cell) : cell));
  const first =
    await ask(`select (select text from ${messages} order by place limit 1), (select count(*) from ${remembered}),
    (select count(distinct conversation) from ${messages} where epoch_us("createdAt") > 1.7e15)`);
  const last = await ask(`select role, text from ${messages} where role = 'user' order by "createdAt" desc limit 1`);
  connection.closeSync();
  instance.closeSync();
  return [first, last];
}
