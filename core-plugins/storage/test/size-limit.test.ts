import { expect, test } from 'vitest';
import { codeOf, temporaryDatabase } from './temporary-database.ts';

const TEXT = 'x'.repeat(100_000);

test('a database that is full reads and deletes on, and takes more once there is room [PLG-3, DATA-1]', async () => {
  const database = await temporaryDatabase();
  await database.limit(1);
  let stored = 0;
  const fill = async (): Promise<void> => {
    for (; stored < 30; stored += 1) await database.set(`key-${stored}`, TEXT);
  };
  expect(await codeOf(fill)).toBe('STORAGE_QUOTA_EXCEEDED');
  expect(stored).toBeGreaterThan(5);
  expect(stored).toBeLessThan(11);
  expect(await database.get('key-0')).toEqual({ value: TEXT });
  const sql = 'CREATE TABLE more AS SELECT 1';
  expect(await database.delete('key-0')).toBe(true);
  await database.set('again', TEXT);
  expect(await database.get('again')).toEqual({ value: TEXT });
  expect(await codeOf(() => database.batch({ statements: [{ sql }, ...big()] }))).toBe('STORAGE_QUOTA_EXCEEDED');
  expect(await codeOf(() => database.batch({ statements: [{ sql: 'SELECT * FROM more' }] }))).toBe(
    'STORAGE_SQL_INVALID',
  );
});

test('a higher limit takes what the lower one refused, and one below what is there keeps what is there [PLG-3, DATA-1]', async () => {
  const database = await temporaryDatabase();
  await database.limit(2);
  for (let key = 0; key < 12; key += 1) await database.set(`key-${key}`, TEXT);
  await database.limit(1);
  expect(await database.get('key-11')).toEqual({ value: TEXT });
  expect(await codeOf(() => database.set('more', TEXT.repeat(3)))).toBe('STORAGE_QUOTA_EXCEEDED');
  await database.limit(4);
  await database.set('more', TEXT.repeat(3));
});

/** Statements that add more than a megabyte together. */
function big(): { sql: string; values: string[] }[] {
  const insert = { sql: 'INSERT INTO more VALUES (?)', values: [TEXT] };
  return Array.from({ length: 15 }, () => insert);
}
