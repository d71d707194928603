import { DatabaseSync } from 'node:sqlite';
import type { SqlStatement, Storage } from '@aico/sdk';
import { expect, test } from 'vitest';
import { ForgetStore } from '../src/forget-store.ts';
import { MessageStore } from '../src/message-store.ts';
import { migrations } from './support/load-chat.ts';

/** The chat's database, whose process ends before a transaction of the caller's choice. */
function storageThatEnds(before: (transaction: number) => boolean): { storage: Storage; database: DatabaseSync } {
  const database = new DatabaseSync(':memory:');
  for (const { sql } of migrations()) database.exec(sql);
  let transactions = 0;
  const storage = {
    query: async (sql: string, values: readonly string[] = []) => database.prepare(sql).all(...values),
    batch: async (statements: readonly SqlStatement[]) => {
      transactions += 1;
      if (before(transactions)) throw new Error('it ended');
      database.exec('begin');
      const results = statements.map(({ sql, values = [] }) => ({
        changes: Number(database.prepare(sql).run(...(values as string[])).changes),
      }));
      database.exec('commit');
      return results;
    },
  } as unknown as Storage;
  return { storage, database };
}

test('a title goes with the message that it was made of, whenever the process ends [DATA-7, SEC-9]', async () => {
  for (const end of [1, 2, 3]) {
    let ends = true;
    const { storage, database } = storageThatEnds((transaction) => ends && transaction === end);
    database.exec(`insert into conversation (id, title, created_at, updated_at, messages) values ('c', 'My secret', 't', 't', 2);
      insert into message (id, conversation, role, status, text, created_at) values
        ('m1', 'c', 'user', 'complete', 'My secret', 't'), ('m2', 'c', 'user', 'complete', 'Rain?', 't');`);
    const store = new ForgetStore(storage, new MessageStore(storage));
    const order = { messages: ['m1'], conversations: [], memories: [], titles: [], others: [], since: 't' };
    const forget = async () => store.remove(order, await store.touchedBy(order));
    await forget().catch(() => undefined);
    ends = false;
    await forget();
    expect(JSON.stringify(database.prepare('select * from conversation').all())).not.toContain('secret');
    expect(database.prepare('select id from message').all()).toEqual([{ id: 'm2' }]);
  }
});
