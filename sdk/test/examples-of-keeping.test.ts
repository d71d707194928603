import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { recordsOf, serveCache } from '@aico/sdk-testing';
import { describe, expect, test } from 'vitest';
import * as assets from '../examples/assets.ts';
import * as blobs from '../examples/blobs.ts';
import * as cache from '../examples/cache.ts';
import * as dataFolder from '../examples/data-folder.ts';
import * as records from '../examples/records.ts';
import * as secrets from '../examples/secrets.ts';
import * as storageKeys from '../examples/storage-keys.ts';
import * as storageSql from '../examples/storage-sql.ts';
import * as vectors from '../examples/vectors.ts';
import { runExample } from './support/run-example.ts';

describe('examples of what a plugin keeps [PLG-9]', () => {
  test('storage keeps values under keys', async () => {
    await using example = await runExample(storageKeys);
    await example.type('add milk');
    await example.type('add bread');
    expect(await example.type('add milk')).toBe('bread ×1, milk ×2');
    expect(await example.type('drop milk')).toBe('Dropped.');
    expect(await example.type('drop milk')).toBe('It was not there.');
  });

  test('what takes long is done once with a cache, and each time without', async () => {
    await using example = await runExample(cache);
    expect([await example.type('square 12'), await example.type('square 12')]).toEqual([
      '144, reckoned 1 times',
      '144, reckoned 2 times',
    ]);
    expect([await example.type(''), await example.type('again 12')]).toEqual(['', '144, reckoned 3 times']);
    await serveCache(example.kernel);
    expect([await example.type('square 12'), await example.type('square 12')]).toEqual([
      '144, reckoned 4 times',
      '144, reckoned 4 times',
    ]);
    expect(await example.type('')).toBe('square/12 = 144');
    expect(await example.type('again 12')).toBe('144, reckoned 5 times');
  });

  test('vectors are found by how near they are', async () => {
    await using example = await runExample(vectors);
    await example.type('add red 1,0,0');
    await example.type('add green 0,1,0');
    expect(await example.type('like 0.9,0.1,0')).toBe('red (0.99)');
    expect(await example.type('')).toBe('2: green, red');
    expect(await example.type('drop red')).toBe('Dropped.');
    expect(await example.type('like 1,0,0')).toBe('green (0.00)');
    expect(await example.type('clear')).toBe('All gone.');
  });

  test('blobs are kept a piece at a time, and read again in whole or in part', async () => {
    await using example = await runExample(blobs);
    const id = await example.type('draw 3');
    expect(id).toMatch(/^[0-9a-f]{64}$/);
    expect(await example.type('draw 3')).toBe(id);
    expect(await example.type('')).toBe('1 pictures');
    const row = `${'▀▄'.repeat(8)}\n`;
    expect(await example.type(`show ${id}`)).toBe(`147 bytes:\n${row.repeat(3)}`);
    expect(await example.type(`top ${id}`)).toBe(row);
    expect(await example.type(`drop ${id}`)).toBe('Dropped.');
    expect(await example.type(`show ${id}`)).toBe('There is no such picture.');
  });

  test('storage keeps a database, and its batches are whole', async () => {
    const sql =
      'create table expense (what text not null, amount real not null check (amount < 1000)); ' +
      'create table total (amount real not null); insert into total values (0);';
    const path = 'migrations/0001-expenses.sql';
    await using example = await runExample(storageSql, { assets: new Map([[path, new TextEncoder().encode(sql)]]) });
    await example.type('milk 2');
    await expect(example.type('car 9999')).rejects.toMatchObject({ code: 'STORAGE_SQL_INVALID' });
    expect(await example.type('bread 3')).toBe('5 in all');
  });

  test('records that are declared once are forgotten, exported and imported [DATA-7]', async () => {
    await using example = await runExample(records);
    await example.type('Meet Ada');
    expect(await example.type('See the sea')).toBe('2 wishes');
    const asked = await recordsOf(example.kernel, 'example');
    const exported = await asked.exported();
    expect(exported.map(({ kind, data }) => [kind, data['text']]).sort()).toEqual([
      ['wishes', 'Meet Ada'],
      ['wishes', 'See the sea'],
    ]);
    const [wish, ...others] = await asked.find({ names: ['Ada'] });
    expect([wish?.text, wish?.kind, others]).toEqual(['Meet Ada', 'wish', []]);
    expect(await asked.forget({ others: [wish?.id ?? ''] })).toEqual({ wish: 1 });
    expect(await example.type('')).toBe('1 wishes');
    const outcomes = (await asked.imported(exported)).map(({ is }) => is);
    expect([outcomes.sort(), await example.type('')]).toEqual([['known', 'new'], '2 wishes']);
  });

  test('secrets keep what nobody is shown', async () => {
    await using example = await runExample(secrets);
    expect(await example.type('')).toBe('There is no key.');
    expect(await example.type('sk-123')).toBe('There is a key of 6 characters.');
    expect(await example.type('forget')).toBe('There is no key.');
  });

  test('dataFolder is a place for files', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'aico-example-'));
    try {
      await using example = await runExample(dataFolder, { dataFolder: join(folder, 'data') });
      expect(await example.type('one')).toBe('Before that: nothing');
      expect(await example.type('two')).toBe('Before that: one');
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test('assets are files of the package', async () => {
    const files = new Map([['ui/index.html', new TextEncoder().encode('<h1>Hi</h1>')]]);
    await using example = await runExample(assets, { assets: files });
    expect(await example.type('index.html')).toBe('<h1>Hi</h1>');
    expect(await example.type('none')).toBe('There are ui/index.html.');
  });
});
