import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Manifest } from '@aico/sdk';
import { createTestKernel } from '@aico/sdk-testing';
import { expect, test } from 'vitest';
import storage from '../src/index.ts';
import { codeOf, temporaryFolder } from './temporary-database.ts';

const manifest = JSON.parse(readFileSync(join(import.meta.dirname, '../plugin.json'), 'utf8')) as Manifest;

test('a plugin reads an older copy of its own database and of no other, and what it reads stays as it is [DATA-6] [SEC-4]', async () => {
  await using kernel = await createTestKernel();
  const home = temporaryFolder();
  const vault = await kernel.peer({ id: 'vault', permissions: [{ verb: 'serve', topic: 'vault.key.derive.v1' }] });
  await vault.bus.serve('vault.key.derive.v1', ({ data }) => ({
    key: Buffer.from(data.plugin ?? '')
      .toString('hex')
      .padEnd(64, '0'),
  }));
  const dataFolder = join(home, 'data', 'storage');
  await kernel.load({ manifest, definition: storage, dataFolder });
  const permissions = ['storage.sql.batch.v1', 'storage.copy.query.v1'].map((topic) => ({
    verb: 'request' as const,
    topic,
  }));
  const diary = await kernel.peer({ id: 'diary', permissions });
  const spy = await kernel.peer({ id: 'spy', permissions });
  await diary.storage.batch([{ sql: 'create table line (text)' }, { sql: "insert into line values ('then')" }]);
  await kernel.unload('storage');
  const copied = join(home, 'scratch', 'lend-1', 'data', 'storage');
  for (const name of ['diary.db', 'diary.db-seal']) cpSync(join(dataFolder, name), join(copied, name));
  await kernel.load({ manifest, definition: storage, dataFolder });
  await diary.storage.batch([{ sql: "update line set text = 'now'" }]);

  const ask = ({ bus }: typeof diary, sql: string) =>
    bus.request('storage.copy.query.v1', { folder: 'lend-1', statements: [{ sql }] });
  expect(await ask(diary, 'select text from line')).toMatchObject({ results: [{ rows: [['then']] }] });
  expect(await diary.storage.query('select text from line')).toEqual([{ text: 'now' }]);
  expect(await codeOf(() => ask(spy, 'select text from line'))).toBe('STORAGE_UNKNOWN');
  expect(await codeOf(() => ask(diary, 'delete from line'))).toBe('STORAGE_SQL_READ_ONLY');
  // Another's database under one's own name opens with no key of one's own.
  for (const end of ['.db', '.db-seal']) cpSync(join(copied, `diary${end}`), join(copied, `spy${end}`));
  expect(await codeOf(() => ask(spy, 'select text from line'))).toMatch(/^STORAGE_(KEY_WRONG|DAMAGED)$/);
  const bytes = readFileSync(join(copied, 'diary.db'));
  bytes[100] = (bytes[100] ?? 0) ^ 1;
  writeFileSync(join(copied, 'diary.db'), bytes);
  expect(await codeOf(() => ask(diary, 'select text from line'))).toBe('STORAGE_DAMAGED');
});
