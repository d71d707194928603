import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { FileVersionLedger } from '../src/index.ts';
import { folderOf, refusalOf } from './plugin-maker.ts';

test('remembers the highest version, also after a restart [UPD-3]', async () => {
  const path = join(await folderOf(), 'versions.json');
  const ledger = new FileVersionLedger(path);
  for (const version of ['1.9.0', '1.10.0', '1.10.0-beta', '0.1.0']) await ledger.record('demo', version);
  expect(await new FileVersionLedger(path).highest('demo')).toBe('1.10.0');
});

test('loses no record of many at once [UPD-3]', async () => {
  const ledger = new FileVersionLedger(join(await folderOf(), 'versions.json'));
  const ids = Array.from({ length: 20 }, (_, index) => `plugin-${index}`);
  await Promise.all(ids.map((id) => ledger.record(id, '1.0.0')));
  expect(await Promise.all(ids.map((id) => ledger.highest(id)))).toEqual(ids.map(() => '1.0.0'));
});

test('forgets a plugin, and only that one [UPD-3]', async () => {
  const ledger = new FileVersionLedger(join(await folderOf(), 'versions.json'));
  await ledger.record('one', '1.0.0');
  await ledger.record('other', '1.0.0');
  await ledger.forget('one');
  expect([await ledger.highest('one'), await ledger.highest('other')]).toEqual([undefined, '1.0.0']);
});

test.each(['{', '{}', '{"versions":{"demo":"newest"}}', 'null'])(
  'never takes a damaged record for an empty one: %s [UPD-3]',
  async (text) => {
    const path = join(await folderOf(), 'versions.json');
    await writeFile(path, text);
    const ledger = new FileVersionLedger(path);
    await refusalOf('REGISTRY_LEDGER_INVALID', () => ledger.highest('demo'));
    await refusalOf('REGISTRY_LEDGER_INVALID', () => ledger.record('demo', '1.0.0'));
  },
);

test('goes on after a change that failed [UPD-3]', async () => {
  const folder = join(await folderOf(), 'later');
  const ledger = new FileVersionLedger(join(folder, 'versions.json'));
  await refusalOf('REGISTRY_STORE_FAILED', () => ledger.record('demo', '1.0.0'));
  await mkdir(folder);
  await ledger.record('demo', '1.0.0');
  expect(await ledger.highest('demo')).toBe('1.0.0');
});

test('says that its file cannot be opened [UPD-3]', async () => {
  await refusalOf('REGISTRY_LEDGER_INVALID', async () => new FileVersionLedger(await folderOf()).highest('demo'));
});
