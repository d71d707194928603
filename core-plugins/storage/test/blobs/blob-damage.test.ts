import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { addressKey, contentKey } from '../../src/blobs/blob-file.ts';
import { BlobKeyring } from '../../src/blobs/blob-keyring.ts';
import { checkBlobs } from '../../src/blobs/check-blobs.ts';
import { codeOf } from '../temporary-database.ts';
import { contentOf, keep, noise, temporaryBlobs } from './temporary-blobs.ts';

const HEAD_BYTES = 105;
const SEALED = 65_552;

describe('a blob that was changed is never taken for what it was [DATA-1] [SEC-1]', () => {
  const flipped = (at: number) => (file: Buffer) => {
    file[at] = (file[at] ?? 0) ^ 1;
    return file;
  };
  test.each<readonly [string, (file: Buffer, other: Buffer) => Buffer]>([
    ['a bit of its magic', flipped(0)],
    ['its format', flipped(8)],
    ['a bit of its salt', flipped(20)],
    ['a bit of its id', flipped(50)],
    ['a bit of its size', flipped(80)],
    ['a bit of its first chunk', flipped(HEAD_BYTES)],
    ['a bit of the tag of its last chunk', (file) => flipped(file.length - 1)(file)],
    ['its last chunk is cut off', (file) => file.subarray(0, HEAD_BYTES + 2 * SEALED)],
    ['its last byte is cut off', (file) => file.subarray(0, -1)],
    ['all but its head is cut off', (file) => file.subarray(0, HEAD_BYTES)],
    ['everything is cut off', () => Buffer.alloc(0)],
    ['a chunk is added', (file) => Buffer.concat([file, file.subarray(-SEALED)])],
    ['two chunks have changed places', swapped],
    ['a chunk is from another blob', (file, other) => spliced(file, other)],
    ['it is another blob under its name', (_, other) => other],
  ])('%s', async (_, change) => {
    const { folder, store } = temporaryBlobs();
    const id = await keep(store, noise(150_000));
    const otherId = await keep(store, noise(150_000));
    const pathOf = (which: string): string => join(folder, 'blobs/diary', `${which}.blob`);
    const [file, other] = [readFileSync(pathOf(id)), readFileSync(pathOf(otherId))];
    writeFileSync(pathOf(id), change(Buffer.from(file), other));
    expect(await codeOf(() => contentOf(store, id))).toBe('BLOB_DAMAGED');
    expect((await contentOf(store, otherId)).length).toBe(150_000);
  });

  function swapped(file: Buffer): Buffer {
    const [first, second] = [HEAD_BYTES, HEAD_BYTES + SEALED];
    return Buffer.concat([
      file.subarray(0, first),
      file.subarray(second, second + SEALED),
      file.subarray(first, second),
      file.subarray(second + SEALED),
    ]);
  }

  function spliced(file: Buffer, other: Buffer): Buffer {
    return Buffer.concat([
      file.subarray(0, HEAD_BYTES),
      other.subarray(HEAD_BYTES, HEAD_BYTES + SEALED),
      file.subarray(HEAD_BYTES + SEALED),
    ]);
  }
});

test('the same content again makes a damaged blob good, and is counted once [DATA-1]', async () => {
  const { folder, store } = temporaryBlobs();
  const content = noise(150_000);
  const id = await keep(store, content);
  const used = await store.usedBy('diary');
  const path = join(folder, 'blobs/diary', `${id}.blob`);
  const whole = readFileSync(path);
  expect(await keep(store, content)).toBe(id);
  expect(readFileSync(path).equals(whole)).toBe(true);
  for (const at of [20, 80, HEAD_BYTES + 7, whole.length - 1]) {
    const file = Buffer.from(whole);
    file[at] = (file[at] ?? 0) ^ 1;
    writeFileSync(path, file);
    expect(await codeOf(() => contentOf(store, id))).toBe('BLOB_DAMAGED');
    expect(await keep(store, content)).toBe(id);
    expect((await contentOf(store, id)).equals(content)).toBe(true);
  }
  writeFileSync(path, whole.subarray(0, 100_000));
  expect(await keep(store, content)).toBe(id);
  expect((await contentOf(store, id)).equals(content)).toBe(true);
  expect(await store.usedBy('diary')).toBe(used);
});

test('what comes before the damage is given out, and nothing behind it [DATA-1]', async () => {
  const { folder, store } = temporaryBlobs();
  const content = noise(500_000);
  const id = await keep(store, content);
  const path = join(folder, 'blobs/diary', `${id}.blob`);
  const file = readFileSync(path);
  file[HEAD_BYTES + 5 * SEALED] = (file[HEAD_BYTES + 5 * SEALED] ?? 0) ^ 1;
  writeFileSync(path, file);
  expect((await contentOf(store, id, { end: 196_608 })).equals(content.subarray(0, 196_608))).toBe(true);
  expect(await codeOf(() => contentOf(store, id, { start: 390_000 }))).toBe('BLOB_DAMAGED');
});

test('copies of blobs are checked from end to end, with the key of their plugin alone [DATA-6]', async () => {
  const { folder, store } = temporaryBlobs();
  const id = await keep(store, noise(500_000));
  await keep(store, noise(3));
  const copies = join(folder, 'blobs/diary');
  const key = createHash('sha256').update('key of diary').digest('hex');
  const check = (databaseKey: string) =>
    codeOf(() => checkBlobs('diary', copies, new BlobKeyring('diary', async () => databaseKey)));
  expect(await check(key)).toEqual({ blobs: 2, bytes: 500_003 });
  expect(await check('ab'.repeat(32))).toBe('BLOB_DAMAGED');
  const path = join(copies, `${id}.blob`);
  const file = readFileSync(path);
  file[file.length - 20] = (file.at(-20) ?? 0) ^ 1;
  writeFileSync(path, file);
  expect(await check(key)).toBe('BLOB_DAMAGED');
});

test('addresses and contents have keys of their own [SEC-1]', () => {
  const key = 'ab'.repeat(32);
  expect(addressKey(key).equals(contentKey(key))).toBe(false);
});

test('a file of a form that a newer AICO made is told as that, not as damage, and left untouched [DATA-1]', async () => {
  const { folder, store } = temporaryBlobs();
  const [id, other] = [await keep(store, noise(150_000)), await keep(store, noise(10))];
  const path = join(folder, 'blobs/diary', `${id}.blob`);
  const newer = readFileSync(path);
  newer[8] = 4;
  // What else a newer form changed is not known here: all but its name may be another.
  newer.fill(0xa5, 9);
  writeFileSync(path, newer);
  await expect(contentOf(store, id)).rejects.toMatchObject({
    code: 'BLOB_NEWER',
    details: { blob: id, found: 4, known: 3 },
  });
  const told: unknown[] = [];
  expect(await store.check('diary', (error) => void told.push((error as { code?: string }).code))).toBe(true);
  expect(told).toEqual(['BLOB_NEWER']);
  expect(await store.rotate('diary')).toMatchObject({ damaged: [], done: true });
  const keys = new BlobKeyring('diary', async () => createHash('sha256').update('key of diary').digest('hex'));
  expect(await codeOf(() => checkBlobs('diary', join(folder, 'blobs/diary'), keys))).toBe('BLOB_NEWER');
  expect(readFileSync(path).equals(newer)).toBe(true);
  expect((await contentOf(store, other)).length).toBe(10);
});
