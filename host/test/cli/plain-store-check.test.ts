import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Manifest } from '@aico/schemas';
import { expect, test } from 'vitest';
import { checkPlainStore } from '../../src/cli/doctor/plain-store-check.ts';
import { EnvironmentLayer } from '../../src/configuration/environment-layer.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const manifestOf = (plugin: string): Manifest | undefined => {
  if (!plugin.startsWith('chroma')) return undefined;
  const path = new URL(`../../../core-plugins/${plugin}/plugin.json`, import.meta.url);
  return JSON.parse(readFileSync(path, 'utf8')) as Manifest;
};

/** What doctor says of Chroma while some plugins are on, with settings in the environment. */
function checkWith(on: readonly string[], variables: Record<string, string> = {}) {
  const pluginsFile = join(temporaryFolder(), 'plugins.json');
  const plugins = Object.fromEntries(['chroma', ...on].map((id) => [id, { enabled: on.includes(id) }]));
  writeFileSync(pluginsFile, JSON.stringify({ format: 1, plugins }));
  return checkPlainStore({ pluginsFile, manifestOf, settings: { layers: [new EnvironmentLayer(variables)] } });
}

test('vectors in a server that does not encrypt are told of while its plugin is on, with the address and the way back [DATA-3] [SEC-1]', async () => {
  expect(await checkWith([])).toEqual([]);
  expect(await checkWith(['chroma'])).toMatchObject([
    {
      state: 'warning',
      message: expect.stringMatching(/http:\/\/127\.0\.0\.1:8000.*unencrypted.*no login.*other users/),
      fix: expect.stringContaining('aico vectors move embedded'),
    },
  ]);
  const settings = { layers: [] };
  expect(await checkPlainStore({ pluginsFile: '/nowhere', manifestOf, settings })).toEqual([]);
  expect(await checkPlainStore({ pluginsFile: '/nowhere', manifestOf: () => undefined, settings })).toEqual([]);
});

test('of the Chroma that AICO starts it says that it is encrypted and out of reach, or what is missing for it to start [DATA-3] [SEC-1]', async () => {
  const installed = temporaryFolder();
  const own = { AICO_PLUGINS_CHROMA_SERVER: 'own' };
  const named = { ...own, AICO_PLUGINS_CHROMA_SERVER_FOLDER: installed };
  const all = ['chroma', 'chroma-server', 'vault-folder'];
  expect(await checkWith(['chroma'], own)).toMatchObject([
    {
      state: 'warning',
      message: expect.stringMatching(/chroma-server is not on; .*vault-folder is not on; .*name no folder of chromadb/),
    },
  ]);
  expect(await checkWith(all, named)).toMatchObject([
    { state: 'warning', message: expect.stringContaining(`there is no node_modules/chromadb in ${installed}`) },
  ]);
  mkdirSync(join(installed, 'node_modules/chromadb'), { recursive: true });
  expect(await checkWith(all, named)).toMatchObject([
    { state: 'ok', message: expect.stringMatching(/encrypted folder; .*no other user or program .*reaches/) },
  ]);
});
