import { mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Migration } from '@aico/sdk';
import { expect, onTestFinished, test } from 'vitest';
import { Databases } from '../src/databases.ts';
import { Trials } from '../src/trials.ts';
import { Vectors } from '../src/vectors.ts';
import { codeOf, temporaryFolder } from './temporary-database.ts';

const step = (version: number, name: string, sql: string): Migration => ({ version, name, sql });
const OLD = [step(1, 'lines', 'CREATE TABLE line (text TEXT)')];
const NEW = [...OLD, step(2, 'gone', 'DROP TABLE line; CREATE TABLE other (text TEXT);')];
const COUNT = { statements: [{ sql: 'SELECT text FROM line ORDER BY rowid' }] };

async function stage(folder = temporaryFolder()) {
  const state = { now: 1_000_000, returns: [] as unknown[] };
  const keyOf = async (plugin: string) => Buffer.from(plugin.padEnd(32, '.')).toString('hex');
  const databases = new Databases({ folder, keyOf, now: () => state.now, onFailure: () => {} });
  const trials = new Trials({
    databases,
    wallClock: Date.now,
    after: () => () => {},
    onReturn: (...told) => state.returns.push(told),
  });
  onTestFinished(async () => {
    await databases.closeAll();
  });
  const write = (incarnation: string, text: string) =>
    trials
      .admit('diary', incarnation)
      .then(() =>
        databases.use('diary', (own) =>
          own.batch({ statements: [{ sql: 'INSERT INTO line VALUES (?)', values: [text] }] }),
        ),
      );
  const lines = async () => (await databases.use('diary', (own) => own.batch(COUNT)))[0]?.rows.flat();
  const copies = () => readdirSync(folder).filter((name) => name.includes('before'));
  return { folder, databases, trials, state, write, lines, copies };
}

/** An old version ran and wrote a line; a newer one migrated after it. */
async function migrated() {
  const here = await stage();
  await here.trials.migrate('diary', 'old', OLD);
  await here.write('old', 'kept');
  await here.trials.changed({ id: 'diary', to: 'active', incarnation: 'old' });
  expect(here.copies()).toEqual([]);
  expect(await here.trials.migrate('diary', 'new', NEW)).toEqual({ version: 2, applied: [2] });
  expect(here.copies()).toEqual(['diary.db-before-1']);
  return here;
}

test('a migration is final once the plugin runs that made it [DATA-1]', async () => {
  const { trials, copies, state } = await migrated();
  await trials.changed({ id: 'diary', to: 'active', incarnation: 'new' });
  expect(copies()).toEqual([]);
  expect(await codeOf(() => trials.migrate('diary', 'old', OLD))).toBe('STORAGE_NEWER');
  expect(state.returns).toEqual([]);
});

test('a plugin that migrates while it runs keeps what it wrote since, whatever version comes after it [DATA-1]', async () => {
  const { trials, write, lines, copies, state } = await migrated();
  await trials.changed({ id: 'diary', to: 'active', incarnation: 'new' });
  const third = [...NEW, step(3, 'back', 'CREATE TABLE line (text TEXT)')];
  expect(await trials.migrate('diary', 'new', third)).toEqual({ version: 3, applied: [3] });
  expect(copies()).toEqual([]);
  await write('new', 'written since');
  for (const [incarnation, steps] of [
    ['new', NEW],
    ['older', NEW],
  ] as const)
    expect(await codeOf(() => trials.migrate('diary', incarnation, steps))).toBe('STORAGE_NEWER');
  expect([await lines(), state.returns]).toEqual([['written since'], []]);
});

test('an older version that runs on gets its database back, and nothing that it writes meanwhile is lost [DATA-1]', async () => {
  const { trials, write, lines, copies, state } = await migrated();
  const meanwhile = write('old', 'meanwhile');
  await trials.changed({ id: 'diary', to: 'active', incarnation: 'old' });
  await meanwhile;
  expect(await lines()).toEqual(['kept', 'meanwhile']);
  expect(copies()).toEqual([]);
  expect(state.returns).toEqual([['diary', 1]]);
});

test('an older version that is started again gets its database back when it asks for its own steps [DATA-1]', async () => {
  const { trials, lines, copies } = await migrated();
  await trials.changed({ id: 'diary', to: 'crashed', incarnation: 'new' });
  expect(await trials.migrate('diary', 'older', OLD)).toEqual({ version: 1, applied: [] });
  expect(await lines()).toEqual(['kept']);
  expect(copies()).toEqual([]);
});

test('a product that was killed in the middle gives it back as well, but not after a long time [DATA-1, SVC-7]', async () => {
  const { folder, databases } = await migrated();
  await databases.closeAll();
  const late = await stage(folder);
  const wait = new Trials({
    databases: late.databases,
    wallClock: () => Date.now() + 3_600_000,
    after: () => () => {},
    onReturn: () => {},
  });
  expect(await codeOf(() => wait.migrate('diary', 'older', OLD))).toBe('STORAGE_NEWER');
  expect(await late.trials.migrate('diary', 'older', OLD)).toEqual({ version: 1, applied: [] });
  expect(await late.lines()).toEqual(['kept']);
});

test('putting back that was cut short is done again before the database opens, and a copy that was cut short counts for nothing [SVC-7]', async () => {
  const { folder, databases } = await migrated();
  await databases.closeAll();
  writeFileSync(join(folder, 'diary.db-before-1', 'returning'), '1');
  writeFileSync(join(folder, 'diary.db'), 'half of it');
  const again = await stage(folder);
  expect(await again.lines()).toEqual(['kept']);
  expect(again.copies()).toEqual([]);
  await again.databases.closeAll();
  mkdirSync(join(folder, 'diary.db-before-0'));
  renameSync(join(folder, 'diary.db-before-0'), join(folder, 'diary.db-before-0.new'));
  const third = await stage(folder);
  expect(third.databases.restorePoint('diary')).toBeUndefined();
  expect(await third.trials.migrate('diary', 'new', NEW)).toEqual({ version: 2, applied: [2] });
});

test('vectors are found as they were before the migration, too [DATA-3] [SVC-7]', async () => {
  const { databases } = await migrated();
  const vectors = new Vectors(
    databases,
    () => Promise.reject(new Error('there is no other store')),
    () => 'embedded',
  );
  const keep = (id: string, ...numbers: number[]) =>
    vectors.upsert('diary', { collection: 'days', entries: [{ id, vector: vectorOf(numbers) }] });
  const found = async () =>
    (await vectors.query('diary', { collection: 'days', vector: vectorOf([1, 0]) })).map(({ id }) => id);
  await databases.confirm('diary');
  await keep('monday', 1, 0);
  await keep('tuesday', 0, 1);
  await databases.use('diary', (own) => own.migrate([...NEW, step(3, 'three', 'CREATE TABLE three (a)')]));
  expect(await found()).toEqual(['monday', 'tuesday']);
  await vectors.delete('diary', { collection: 'days', ids: ['monday'] });
  await databases.putBack('diary');
  expect(await found()).toEqual(['monday', 'tuesday']);
});

function vectorOf(numbers: readonly number[]): string {
  return new Uint8Array(Float32Array.from(numbers).buffer).toBase64();
}
