import { appendFileSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { SealedLog } from '../src/sealed-log.ts';
import { codeOf, logOptions, temporaryFolder } from './temporary-journal.ts';

test('gives back every record in order, across files and restarts [BUS-6]', async () => {
  const folder = temporaryFolder();
  const log = await SealedLog.open(logOptions(folder));
  const texts = Array.from({ length: 300 }, (_, at) => `record ${at} ${'x'.repeat(at)}`);
  const half = await Promise.all(texts.slice(0, 150).map((text) => log.append(Buffer.from(text))));
  expect(half).toEqual(texts.slice(0, 150).map((_, at) => at + 1));
  await log.close();
  const again = await SealedLog.open(logOptions(folder));
  for (const text of texts.slice(150)) await again.append(Buffer.from(text));
  expect(files(folder).length).toBeGreaterThan(5);
  expect(await readAll(again)).toEqual(texts.map((text, at) => [at + 1, text]));
  await again.close();
});

test('what comes while a batch is being written goes together into the next', async () => {
  const folder = temporaryFolder();
  const log = await SealedLog.open({ ...logOptions(folder), segmentBytes: 1e9 });
  await Promise.all(Array.from({ length: 1_000 }, () => log.append(Buffer.from('12345678'))));
  // 12 bytes a record, and the headers of a handful of batches.
  expect(log.bytes).toBeLessThan(12_000 + 600);
  await log.close();
});

test('nothing of a record can be read in its files [SEC-1]', async () => {
  const folder = temporaryFolder();
  const log = await SealedLog.open(logOptions(folder));
  await log.append(Buffer.from('a very private sentence'));
  await log.close();
  for (const file of files(folder)) expect(readFileSync(file).includes('private')).toBe(false);
});

test('another key opens nothing and changes nothing [SEC-1]', async () => {
  const folder = temporaryFolder();
  const log = await SealedLog.open(logOptions(folder));
  await log.append(Buffer.from('kept'));
  await log.close();
  const before = files(folder).map((file) => readFileSync(file));
  const other = { ...logOptions(folder), key: Buffer.alloc(32, 8) };
  expect(await codeOf(() => SealedLog.open(other))).toBe('JOURNAL_KEY_WRONG');
  expect(files(folder).map((file) => readFileSync(file))).toEqual(before);
});

test('a torn end is cut off, wherever it was torn, and the log goes on [BUS-6]', async () => {
  const folder = temporaryFolder();
  const log = await SealedLog.open({ ...logOptions(folder), segmentBytes: 1e9 });
  for (let at = 0; at < 5; at += 1) await log.append(Buffer.from(`record ${at}`));
  await log.close();
  const [file = ''] = files(folder);
  const whole = readFileSync(file);
  const lastBatch = (whole.length - 128) / 5;
  for (let cut = 1; cut <= lastBatch; cut += 7) {
    writeFileSync(file, whole);
    truncateSync(file, whole.length - cut);
    const options = logOptions(folder);
    const torn = await SealedLog.open(options);
    expect([torn.last, options.damage]).toEqual([4, []]);
    expect(await torn.append(Buffer.from('new'))).toBe(5);
    expect((await readAll(torn)).at(-1)).toEqual([5, 'new']);
    await torn.close();
  }
});

test('garbage behind the end is cut off', async () => {
  const folder = temporaryFolder();
  const log = await SealedLog.open(logOptions(folder));
  await log.append(Buffer.from('one'));
  await log.close();
  const [file = ''] = files(folder);
  const { size } = statSync(file);
  appendFileSync(file, Buffer.alloc(500));
  const again = await SealedLog.open(logOptions(folder));
  expect([again.last, statSync(file).size]).toEqual([1, size]);
  await again.close();
});

test.each([
  ['its header', 10],
  ['its sealed bytes', 50],
])('a flipped byte in the middle costs its own batch and is reported: %s [BUS-6]', async (_, offset) => {
  const folder = temporaryFolder();
  const log = await SealedLog.open({ ...logOptions(folder), segmentBytes: 1e9 });
  for (let at = 1; at <= 9; at += 1) await log.append(Buffer.from(`record ${at}`));
  await log.close();
  const [file = ''] = files(folder);
  const bytes = readFileSync(file);
  const batch = (bytes.length - 128) / 9;
  const at = 128 + 4 * batch + offset;
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  writeFileSync(file, bytes);
  const options = logOptions(folder);
  const again = await SealedLog.open(options);
  expect((await readAll(again)).map(([number]) => number)).toEqual([1, 2, 3, 4, 6, 7, 8, 9]);
  expect(options.damage.length).toBeGreaterThan(0);
  expect(await again.append(Buffer.from('more'))).toBe(10);
  await again.close();
});

test('a last batch that is all there but does not check out is kept beside the log', async () => {
  const folder = temporaryFolder();
  const log = await SealedLog.open(logOptions(folder));
  for (const text of ['one', 'two']) await log.append(Buffer.from(text));
  await log.close();
  const [file = ''] = files(folder);
  const bytes = readFileSync(file);
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
  writeFileSync(file, bytes);
  const options = logOptions(folder);
  const again = await SealedLog.open(options);
  expect([again.last, options.damage]).toEqual([1, ['the last batch does not check out']]);
  expect(readdirSync(folder).filter((name) => name.endsWith('.damaged'))).toHaveLength(1);
  await again.close();
});

test('one flaw in the beginning of a file costs nothing; two set the file aside', async () => {
  const folder = temporaryFolder();
  const log = await SealedLog.open(logOptions(folder));
  await log.append(Buffer.from('one'));
  await log.close();
  const [file = ''] = files(folder);
  const bytes = readFileSync(file);
  bytes[30] = (bytes[30] ?? 0) ^ 1;
  writeFileSync(file, bytes);
  const again = await SealedLog.open(logOptions(folder));
  expect(await readAll(again)).toEqual([[1, 'one']]);
  await again.close();
  bytes[94] = (bytes[94] ?? 0) ^ 1;
  writeFileSync(file, bytes);
  const options = { ...logOptions(folder), notBefore: 2 };
  const third = await SealedLog.open(options);
  expect([options.damage.length, await third.append(Buffer.from('two'))]).toEqual([1, 2]);
  await third.close();
});

test('drops its oldest files, never the newest, and reads on behind them', async () => {
  const folder = temporaryFolder();
  const log = await SealedLog.open(logOptions(folder));
  for (let at = 1; at <= 30; at += 1) await log.append(Buffer.alloc(1_000, at));
  const second = log.segments[1]?.first ?? 0;
  await log.dropOldest();
  expect(log.first).toBe(second);
  expect((await log.read(1))?.records[0]?.number).toBe(second);
  for (let at = 0; at < 100; at += 1) await log.dropOldest();
  expect([files(folder).length, log.last]).toEqual([1, 30]);
  await log.close();
});

function files(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.log'))
    .sort()
    .map((name) => join(folder, name));
}

async function readAll(log: SealedLog): Promise<[number, string][]> {
  const read: [number, string][] = [];
  for (let from = log.first; ; ) {
    const stretch = await log.read(from);
    if (stretch === undefined) return read;
    for (const { number, bytes } of stretch.records) read.push([number, bytes.toString()]);
    from = stretch.next;
  }
}
