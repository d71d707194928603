import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { zstdCompressSync } from 'node:zlib';
import { expect, test } from 'vitest';
import {
  compressedOpening,
  contentKey,
  encodeHead,
  fileBytesOf,
  fileKeyOf,
  newOpening,
  sealChunk,
} from '../../src/blobs/blob-file.ts';
import { BlobStore } from '../../src/blobs/blob-store.ts';
import { encodeTable } from '../../src/blobs/chunk-table.ts';
import { databasesIn, keyOf } from '../generation-keys.ts';
import { codeOf, temporaryFolder } from '../temporary-database.ts';
import { contentOf, DIARY, keep, noise, temporaryBlobs } from './temporary-blobs.ts';

const HEAD_BYTES = 105;
const CHUNK = 65_536;
const COMPRESSED = 3;

/** Text of so many bytes, with a share of noise in it. */
function text(bytes: number, noisy = 0): Buffer {
  const words = Array.from({ length: Math.ceil(bytes / 20) }, (_, at) => `line ${at} of what was said\n`).join('');
  const content = Buffer.from(words).subarray(0, bytes);
  content.set(noise(Math.floor(bytes * noisy)));
  return content;
}

const pathOf = (folder: string, id: string): string => join(folder, 'blobs/diary', `${id}.blob`);

test.each([200, 65_535, 65_536, 65_537, 3 * CHUNK, 1_500_001])(
  'a text of %i bytes lies there smaller and unreadable, and comes back whole and in parts [DATA-1] [SEC-1]',
  async (size) => {
    const { folder, store } = temporaryBlobs();
    const content = size < 1000 ? Buffer.alloc(size, 'ab') : text(size);
    const id = await keep(store, content);
    const file = readFileSync(pathOf(folder, id));
    expect(file[8]).toBe(COMPRESSED);
    expect(file.length).toBeLessThan(size / 2 + 200);
    expect(file.includes('line 1')).toBe(false);
    expect(await store.stat('diary', id)).toEqual({ id, size });
    expect(await store.list('diary', {})).toEqual({ blobs: [{ id, size }] });
    expect((await contentOf(store, id)).equals(content)).toBe(true);
    for (const [start, end] of [
      [0, 1],
      [size - 1, size],
      [Math.floor(size / 3), Math.floor(size / 2)],
      [Math.min(size, CHUNK - 1), Math.min(size, CHUNK + 1)],
    ] as const)
      expect((await contentOf(store, id, { start, end })).equals(content.subarray(start, end))).toBe(true);
    expect(await store.usedBy('diary')).toBe(file.length);
    expect(await keep(store, content)).toBe(id);
    expect(await store.usedBy('diary')).toBe(file.length);
    await store.delete('diary', id);
    expect(await store.usedBy('diary')).toBe(0);
  },
);

test('what does not compress is kept to the byte as long as before, and of a mixture what helps is compressed [DATA-1]', async () => {
  const { folder, store } = temporaryBlobs();
  for (const content of [noise(0), noise(10), Buffer.alloc(100), noise(300_000)]) {
    const file = readFileSync(pathOf(folder, await keep(store, content)));
    expect([file.length, file[8]]).toEqual([fileBytesOf(content.length), 1]);
  }
  const mixed = Buffer.concat([noise(2 * CHUNK), text(2 * CHUNK), noise(CHUNK), text(100)]);
  const id = await keep(store, mixed);
  expect((await contentOf(store, id)).equals(mixed)).toBe(true);
  const { size } = statSync(pathOf(folder, id));
  expect(size).toBeGreaterThan(3 * CHUNK);
  expect(size).toBeLessThan(3.5 * CHUNK);
});

test('contents of one size lie in files of sixteen lengths at most, however well they compress [SEC-1]', async () => {
  const { folder, store } = temporaryBlobs();
  const size = 40_003;
  const lengths = new Set<number>();
  for (let step = 0; step <= 60; step += 1)
    lengths.add(statSync(pathOf(folder, await keep(store, text(size, step / 60)))).size);
  expect(lengths.size).toBeGreaterThan(8);
  expect(lengths.size).toBeLessThanOrEqual(16);
  expect(Math.max(...lengths)).toBe(fileBytesOf(size));
});

test('a compressed blob that was changed or cut is never taken for what it was [DATA-1] [SEC-1]', async () => {
  const { folder, store } = temporaryBlobs();
  const content = text(400_000, 0.1);
  const id = await keep(store, content);
  const other = readFileSync(pathOf(folder, await keep(store, text(400_000, 0.2))));
  const whole = readFileSync(pathOf(folder, id));
  const tableBytes = 7 * 4 + 16 + 8;
  const flipped = (at: number): Buffer => {
    const file = Buffer.from(whole);
    file[at] = (file[at] ?? 0) ^ (1 << (at % 8));
    return file;
  };
  const damaged: Buffer[] = [
    ...Array.from({ length: HEAD_BYTES + 40 }, (_, at) => flipped(at)),
    ...Array.from({ length: tableBytes }, (_, at) => flipped(whole.length - 1 - at)),
    ...[0, 8, 100, HEAD_BYTES, 70_000, whole.length - 1].map((length) => whole.subarray(0, length)),
    Buffer.concat([whole, Buffer.of(0)]),
    Buffer.concat([whole.subarray(0, -tableBytes), other.subarray(-tableBytes)]),
    Buffer.concat([whole.subarray(0, HEAD_BYTES), other.subarray(HEAD_BYTES)]),
    other,
  ];
  for (const [at, file] of damaged.entries()) {
    writeFileSync(pathOf(folder, id), file);
    expect(await codeOf(() => contentOf(store, id)), `change ${at}`).toBe('BLOB_DAMAGED');
    expect((await store.list('diary', {})).blobs).toHaveLength(2);
  }
  // Anywhere else it is damage, or fills up only and is no part of what comes back.
  for (let at = HEAD_BYTES; at < whole.length; at += 997) {
    writeFileSync(pathOf(folder, id), flipped(at));
    const found = await contentOf(store, id).catch((error: { code?: string }) => error.code);
    if (typeof found === 'string') expect(found).toBe('BLOB_DAMAGED');
    else expect(found?.equals(content)).toBe(true);
  }
});

test('a part that swells up beyond its bound, or is shorter than it should be, is damage [DATA-1] [SEC-1]', async () => {
  const { folder, store } = temporaryBlobs();
  const id = await keep(store, noise(CHUNK));
  // Only who has the plugin's key can write this.
  const opening = compressedOpening(newOpening(1));
  const key = fileKeyOf(contentKey(createHash('sha256').update('key of diary').digest('hex')), opening);
  for (const bytes of [0, 100, CHUNK - 1, CHUNK + 1, 64 * 1024 * 1024]) {
    const chunk = sealChunk(key, 0, zstdCompressSync(Buffer.alloc(bytes)));
    const table = encodeTable(key, [chunk.length], CHUNK);
    writeFileSync(pathOf(folder, id), Buffer.concat([encodeHead(key, opening, id, CHUNK), chunk, table]));
    expect(await codeOf(() => contentOf(store, id)), `${bytes} bytes`).toBe('BLOB_DAMAGED');
  }
});

test('a vault that locks while a chunk is compressed leaves nothing, sealed by no key that was forgotten [SEC-1]', async () => {
  for (let turns = 0; turns < 12; turns += 1) {
    const { folder, store } = temporaryBlobs();
    const kept = await keep(store, text(100_000));
    const writing = codeOf(() => store.write(DIARY, { offset: 0, data: text(1_500_000) }));
    for (let turn = 0; turn < turns; turn += 1) await setImmediate();
    await store.close();
    expect(['STORAGE_LOCKED', undefined]).toContain(
      await writing.then((ended) => (typeof ended === 'string' ? ended : undefined)),
    );
    expect(readdirSync(join(folder, 'blobs/diary'))).toEqual([`${kept}.blob`]);
    expect((await contentOf(store, kept)).equals(text(100_000))).toBe(true);
  }
});

test('files of the forms before are read on, and are compressed when their plugin gets another key [DATA-1] [SEC-2]', async () => {
  const folder = temporaryFolder();
  const databases = databasesIn(folder);
  await databases.use('diary', (own) => own.set('mood', 'well'));
  await databases.closeAll();
  const blobs = (): BlobStore =>
    new BlobStore({ folder, keyOf: async (plugin, generation) => keyOf(plugin, generation), now: () => 0 });
  const first = blobs();
  const content = text(150_000);
  const id = await keep(first, content);
  await first.close();
  // As an earlier version wrote it: nothing compressed, and a salt of random bytes alone.
  const opening = Buffer.concat([Buffer.from('AICOBLOB'), Buffer.of(1), randomBytes(32)]);
  const key = fileKeyOf(contentKey(keyOf('diary', 1)), opening);
  const chunks = [0, 1, 2].map((index) => sealChunk(key, index, content.subarray(index * CHUNK, (index + 1) * CHUNK)));
  writeFileSync(pathOf(folder, id), Buffer.concat([encodeHead(key, opening, id, content.length), ...chunks]));
  const store = blobs();
  const before = await store.usedBy('diary');
  expect((await contentOf(store, id)).equals(content)).toBe(true);
  expect(await store.stat('diary', id)).toEqual({ id, size: content.length });
  await databases.rotate('diary');
  await databases.closeAll();
  expect((await store.rotate('diary')).blobs).toBe(1);
  const file = readFileSync(pathOf(folder, id));
  expect([file[8], file.readUInt16BE(9)]).toEqual([COMPRESSED, 2]);
  expect(await store.usedBy('diary')).toBe(file.length);
  expect(file.length).toBeLessThan(before);
  expect((await contentOf(store, id)).equals(content)).toBe(true);
  expect(readdirSync(join(folder, 'blobs/diary'))).toEqual([`${id}.blob`]);
  await store.close();
});
