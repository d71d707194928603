import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { codeOf } from '../temporary-database.ts';
import { contentOf, DIARY, keep, noise, temporaryBlobs } from './temporary-blobs.ts';

const DICE = { plugin: 'dice', incarnation: 'dice-1' };
const filesOf = (folder: string, plugin = 'diary'): string[] => readdirSync(join(folder, 'blobs', plugin)).sort();

test.each([0, 1, 65_535, 65_536, 65_537, 3 * 65_536, 3 * 65_536 + 1, 1_500_000])(
  'a blob of %i bytes comes back as it was written, and nothing of it lies readable [DATA-1]',
  async (size) => {
    const { folder, store } = temporaryBlobs();
    const content = noise(size);
    const id = await keep(store, content);
    expect((await contentOf(store, id)).equals(content)).toBe(true);
    expect(await store.stat('diary', id)).toEqual({ id, size });
    const [file = ''] = filesOf(folder);
    expect(file).toBe(`${id}.blob`);
    if (size > 64) expect(readFileSync(join(folder, 'blobs/diary', file)).indexOf(content.subarray(0, 32))).toBe(-1);
  },
);

test('a part of a blob is read by itself, and one that is none is refused [DATA-1]', async () => {
  const { store } = temporaryBlobs();
  const content = noise(300_000);
  const id = await keep(store, content);
  for (const [start, end] of [
    [0, 0],
    [0, 10],
    [65_530, 65_540],
    [196_600, 196_620],
    [299_999, 300_000],
  ] as const)
    expect(await contentOf(store, id, { start, end })).toEqual(content.subarray(start, end));
  for (const range of [{ start: 10, end: 9 }, { end: 300_001 }])
    expect(await codeOf(() => contentOf(store, id, range))).toBe('BLOB_RANGE_WRONG');
});

test('the same content is there once, under an id that tells nothing to another plugin [DATA-1] [SEC-1]', async () => {
  const { folder, store } = temporaryBlobs();
  const content = noise(100_000);
  const id = await keep(store, content);
  const used = await store.usedBy('diary');
  expect(await keep(store, content)).toBe(id);
  expect(filesOf(folder)).toEqual([`${id}.blob`]);
  expect(await store.usedBy('diary')).toBe(used);
  const other = await keep(store, content, DICE);
  expect(other).not.toBe(id);
  expect(await codeOf(() => contentOf(store, id, {}, 'dice'))).toBe('BLOB_UNKNOWN');
  expect(await store.list('dice', {})).toEqual({ blobs: [{ id: other, size: 100_000 }] });
  expect(await store.delete('dice', id)).toBe(false);
  expect((await contentOf(store, id)).equals(content)).toBe(true);
});

test('what is written or deleted several times at once is counted once [PLG-3]', async () => {
  const { store } = temporaryBlobs();
  const content = noise(100_000);
  const uploads = await Promise.all(Array.from({ length: 8 }, () => store.write(DIARY, { offset: 0, data: content })));
  const [first] = await Promise.all(uploads.map(({ upload }) => store.finish(DIARY, upload)));
  const used = await store.usedBy('diary');
  expect(used).toBeLessThan(2 * content.length);
  const deleted = await Promise.all(Array.from({ length: 20 }, () => store.delete('diary', first?.id ?? '')));
  expect(deleted.filter(Boolean)).toHaveLength(1);
  expect(await store.usedBy('diary')).toBe(0);
});

test('blobs are listed in pages, and are gone when they are deleted [DATA-1]', async () => {
  const { folder, store } = temporaryBlobs();
  const ids: string[] = [];
  for (let number = 0; number < 5; number += 1) ids.push(await keep(store, Buffer.of(number)));
  ids.sort();
  const first = await store.list('diary', { limit: 3 });
  expect(first).toEqual({ blobs: ids.slice(0, 3).map((id) => ({ id, size: 1 })), next: ids[2] });
  expect((await store.list('diary', { after: first.next ?? '', limit: 3 })).blobs.map(({ id }) => id)).toEqual(
    ids.slice(3),
  );
  for (const id of ids) expect(await store.delete('diary', id)).toBe(true);
  expect(await store.delete('diary', ids[0] ?? '')).toBe(false);
  expect(await store.list('diary', {})).toEqual({ blobs: [] });
  expect([filesOf(folder), await store.usedBy('diary')]).toEqual([[], 0]);
});

test('what was interrupted leaves no blob and no file behind [DATA-1]', async () => {
  const { folder, store, world } = temporaryBlobs();
  const id = await keep(store, Buffer.from('kept'));
  const data = noise(1_500_000);
  const begun = await store.write(DIARY, { offset: 0, data });
  expect(filesOf(folder)).toHaveLength(2);
  // As a kill would leave it.
  const next = temporaryBlobs(folder);
  expect(filesOf(folder)).toEqual([`${id}.blob`]);
  expect(await codeOf(() => next.store.finish(DIARY, begun.upload))).toBe('BLOB_UPLOAD_UNKNOWN');
  const idle = await store.write(DIARY, { offset: 0, data });
  const given = await store.write(DIARY, { offset: 0, data });
  await store.abort(DIARY, given.upload);
  world.now += 61_000;
  await store.tidy();
  expect(await codeOf(() => store.finish(DIARY, idle.upload))).toBe('BLOB_UPLOAD_UNKNOWN');
  expect(filesOf(folder)).toEqual([`${id}.blob`]);
});

test('an upload takes its pieces in their order, from the run of the plugin that began it, and few at a time [DATA-1]', async () => {
  const { store } = temporaryBlobs();
  const data = Buffer.from('abc');
  const { upload } = await store.write(DIARY, { offset: 0, data });
  for (const offset of [0, 2, 4])
    expect(await codeOf(() => store.write(DIARY, { upload, offset, data }))).toBe('BLOB_OFFSET_WRONG');
  const strangers = [DICE, { ...DIARY, incarnation: 'diary-2' }];
  for (const stranger of strangers)
    expect(await codeOf(() => store.write(stranger, { upload, offset: 3, data }))).toBe('BLOB_UPLOAD_UNKNOWN');
  const both = [store.write(DIARY, { upload, offset: 3, data }), store.write(DIARY, { upload, offset: 3, data })];
  expect((await Promise.allSettled(both)).map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
  for (let more = 1; more < 8; more += 1) await store.write(DIARY, { offset: 0, data });
  expect(await codeOf(() => store.write(DIARY, { offset: 0, data }))).toBe('BLOB_UPLOADS_FULL');
  await store.write(DICE, { offset: 0, data });
});

test('a plugin keeps no more than it may, and what is refused leaves nothing [PLG-3, DATA-1]', async () => {
  const { folder, store } = temporaryBlobs();
  const id = await keep(store, noise(700_000));
  const { upload } = await store.write(DIARY, { offset: 0, data: noise(200_000) }, 1);
  const more = { upload, offset: 200_000, data: noise(190_000) };
  expect(await codeOf(() => store.write(DIARY, more, 1))).toBe('STORAGE_QUOTA_EXCEEDED');
  expect(await codeOf(() => store.write(DIARY, more, 2))).toBe('BLOB_UPLOAD_UNKNOWN');
  expect(filesOf(folder)).toEqual([`${id}.blob`]);
  await store.delete('diary', id);
  await store.write(DIARY, { offset: 0, data: noise(900_000) }, 1);
});

test('when the vault locks, reading and writing end at once, and go on with a new key after it [SEC-1]', async () => {
  const { folder, store, world } = temporaryBlobs();
  const content = noise(1_000_000);
  const id = await keep(store, content);
  const { upload } = await store.write(DIARY, { offset: 0, data: noise(1_500_000) });
  let pieces = 0;
  const reading = codeOf(() =>
    store.read(
      'diary',
      { id },
      async () => {
        pieces += 1;
        if (pieces > 1) return;
        world.isLocked = true;
        await store.close();
      },
      new AbortController().signal,
    ),
  );
  expect([await reading, pieces]).toEqual(['STORAGE_LOCKED', 1]);
  expect(filesOf(folder)).toEqual([`${id}.blob`]);
  world.isLocked = false;
  expect(await codeOf(() => store.finish(DIARY, upload))).toBe('BLOB_UPLOAD_UNKNOWN');
  expect((await contentOf(store, id)).equals(content)).toBe(true);
});

test('while a backup is made files stay, and what was deleted goes after it, also over a crash [DATA-6]', async () => {
  const { folder, store } = temporaryBlobs();
  const [one, other, again] = [await keep(store, noise(10)), await keep(store, noise(10)), Buffer.from('again')];
  const back = await keep(store, again);
  const release = store.hold();
  for (const id of [one, back]) expect(await store.delete('diary', id)).toBe(true);
  expect(await store.delete('diary', one)).toBe(false);
  expect((await store.list('diary', {})).blobs.map(({ id }) => id)).toEqual([other]);
  expect(await codeOf(() => contentOf(store, one))).toBe('BLOB_UNKNOWN');
  expect(filesOf(folder)).toContain(`${one}.blob`);
  expect(await keep(store, again)).toBe(back);
  release();
  expect(filesOf(folder)).toEqual([`${back}.blob`, `${other}.blob`].sort());
  store.hold();
  await store.delete('diary', other);
  const next = temporaryBlobs(folder);
  expect(filesOf(folder)).toEqual([`${back}.blob`]);
  expect((await contentOf(next.store, back)).equals(again)).toBe(true);
});

test('all blobs of a plugin go at once, also one that is damaged, and nobody else’s [DATA-7]', async () => {
  const { folder, store } = temporaryBlobs();
  const [one] = [await keep(store, noise(10)), await keep(store, noise(70_000))];
  const kept = await keep(store, noise(10), DICE);
  writeFileSync(join(folder, 'blobs', 'diary', `${one}.blob`), 'no blob at all');
  const release = store.hold();
  expect((await store.erase('diary')).files).toBe(2);
  expect((await store.list('diary', {})).blobs).toEqual([]);
  expect(filesOf(folder)).toContain(`${one}.blob`);
  release();
  expect([filesOf(folder), filesOf(folder, 'dice')]).toEqual([[], [`${kept}.blob`]]);
  expect(store.plugins()).toEqual(['dice']);
});
