import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Manifest } from '@aico/schemas';
import { expect, test } from 'vitest';
import { checkPlainStore } from '../../src/cli/doctor/plain-store-check.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const path = new URL('../../../core-plugins/chroma/plugin.json', import.meta.url);
const manifest = JSON.parse(readFileSync(path, 'utf8')) as Manifest;

test('vectors in a store that does not encrypt are told of while its plugin is on, with the address and the way back [DATA-3] [SEC-1]', async () => {
  const file = join(temporaryFolder(), 'plugins.json');
  const check = () => checkPlainStore(file, manifest, { layers: [] });
  expect(await check()).toEqual([]);
  writeFileSync(file, JSON.stringify({ format: 1, plugins: { chroma: { enabled: false } } }));
  expect(await check()).toEqual([]);
  writeFileSync(file, JSON.stringify({ format: 1, plugins: { chroma: { enabled: true } } }));
  expect(await check()).toMatchObject([
    {
      state: 'warning',
      message: expect.stringMatching(/http:\/\/127\.0\.0\.1:8000.*unencrypted.*no login.*other users/),
      fix: expect.stringContaining('aico vectors move embedded'),
    },
  ]);
  expect(await checkPlainStore(file, undefined, { layers: [] })).toEqual([]);
});
