import { randomBytes } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CALL, codeOf, contentOf, smallHouse, writeInto } from './small-house.ts';

const BLOBS = {
  [`data/storage/blobs/chat/${'a'.repeat(64)}.blob`]: randomBytes(300_000),
  [`data/storage/blobs/camera/${'b'.repeat(64)}.blob`]: randomBytes(10),
};
const DATABASE = { 'data/storage/chat.db': randomBytes(1000), 'data/storage/chat.db-seal': randomBytes(100) };
const UNFINISHED = {
  'data/storage/blobs/chat/half.tmp': 'half',
  [`data/storage/blobs/chat/${'a'.repeat(64)}.deleted`]: '',
};

test('blobs are backed up, restored and checked, and what is no whole blob is not [DATA-6]', async () => {
  const house = await smallHouse();
  writeInto(house.home, { ...BLOBS, ...DATABASE, ...UNFINISHED });
  const { id } = await house.backups.create(CALL);
  expect(await house.backups.verify(id, CALL)).toMatchObject({ id, databases: 1 });
  expect(house.checkedBlobs.sort()).toEqual(['camera', 'chat']);
  await house.backups.restore({ id }, CALL);
  const files = contentOf(join(house.home, 'incoming', 'files'));
  for (const [path, content] of Object.entries(BLOBS)) expect(files[path]).toBe(content.toString('hex'));
  expect(Object.keys(files).filter((path) => path.includes('/blobs/'))).toHaveLength(2);
});

test('a second backup adds only the blobs that are new [DATA-6]', async () => {
  const house = await smallHouse();
  writeInto(house.home, { ...BLOBS, ...DATABASE });
  await house.backups.create(CALL);
  writeInto(house.home, { [`data/storage/blobs/chat/${'c'.repeat(64)}.blob`]: randomBytes(64 * 1024) });
  const second = await house.backups.create(CALL);
  expect(second.newBytes).toBeGreaterThan(64 * 1024);
  expect(second.newBytes).toBeLessThan(70 * 1024);
});

test('a blob that is written while a backup is made is in the next one; one that is gone stops it [DATA-6]', async () => {
  const house = await smallHouse();
  writeInto(house.home, { ...BLOBS, ...DATABASE });
  const late = `data/storage/blobs/chat/${'c'.repeat(64)}.blob`;
  house.between = () => writeFileSync(join(house.home, late), 'late');
  const { id } = await house.backups.create(CALL);
  await house.backups.restore({ id }, CALL);
  expect(Object.keys(contentOf(join(house.home, 'incoming', 'files')))).not.toContain(late);
  house.between = () => rmSync(join(house.home, late));
  expect(await codeOf(house.backups.create(CALL))).toBe('BACKUP_INTERRUPTED');
});
