// Writes rows, keys and now and then a checkpoint until it is killed; prints what was acknowledged.
import { Database } from '../src/database.ts';

const [path = '', key = ''] = process.argv.slice(2);
const database = await Database.open({ plugin: 'diary', path, key });
await database.migrate([
  { version: 1, name: 'rows', sql: 'CREATE TABLE pair (id INTEGER PRIMARY KEY, side INTEGER, filler TEXT);' },
]);
const [last] = await database.batch({ statements: [{ sql: 'SELECT coalesce(max(id), 0) FROM pair' }] });
for (let id = Number(last?.rows[0]?.[0]) + 1; ; id += 2) {
  const insert = (side: number) => ({
    sql: 'INSERT INTO pair VALUES (?, ?, ?)',
    values: [id + side, side, 'x'.repeat((id * 37) % 3000)],
  });
  await database.batch({ statements: [insert(0), insert(1)] });
  process.stdout.write(`row ${id + 1}\n`);
  await database.set('last', id + 1);
  process.stdout.write(`key ${id + 1}\n`);
  if (id % 20 === 1) await database.checkpoint();
}
