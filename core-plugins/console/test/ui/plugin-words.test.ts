import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Manifest } from '@aico/sdk';
import { beforeAll, expect, test, vi } from 'vitest';
import { dataKindOf } from '../../../../kernel/src/control/permission-info.ts';
import { pluginWordsDe } from '../../ui/src/i18n/plugin-words-de.ts';
import { reasonWordsDe } from '../../ui/src/i18n/reason-words-de.ts';
import { settingWordsDe } from '../../ui/src/i18n/setting-words-de.ts';
import { Words } from '../../ui/src/i18n/words.svelte.ts';
import { fieldsOf } from '../../ui/src/plugin-settings/setting-fields.ts';
import { usePlainState } from '../support/plain-state.ts';

const ROOT = join(import.meta.dirname, '../../../..');

usePlainState();
beforeAll(() => void vi.stubGlobal('document', { documentElement: {} }));

test('each plugin and sample that comes along has a German name and says in German what it is for, and nothing else has [UI-1]', async () => {
  const said: string[] = [];
  for await (const path of glob('{core-plugins,samples}/*/plugin.json', { cwd: ROOT })) {
    const { name, description } = JSON.parse(await readFile(join(ROOT, path), 'utf8')) as Record<string, string>;
    said.push(name ?? '', description ?? '');
  }
  expect([...pluginWordsDe.keys()].sort()).toEqual(said.sort());
});

test('what for samples ask, and AICO itself where it reaches personal data, is said in German [UI-1, SEC-9]', async () => {
  const asked = new Set<string>();
  for await (const path of glob('{core-plugins,samples}/*/plugin.json', { cwd: ROOT })) {
    const { permissions } = JSON.parse(await readFile(join(ROOT, path), 'utf8')) as Manifest;
    for (const permission of permissions)
      if (path.startsWith('samples') || dataKindOf(permission) !== undefined) asked.add(permission.reason);
  }
  expect([...reasonWordsDe.keys()].sort()).toEqual([...asked].sort());
  const words = new Words();
  const reason = 'To keep your notes, encrypted, and to search them.';
  expect(words.reason(reason)).toEqual({ text: reason, language: 'en' });
  await words.use('de');
  expect(words.reason(reason)).toEqual({
    text: 'Um deine Notizen verschlüsselt aufzubewahren und zu durchsuchen.',
    language: 'de',
  });
  expect(words.reason('To boil water.')).toEqual({ text: 'To boil water.', language: 'en' });
});

test('settings of plugins and samples that come along are called and explained in German [UI-1]', async () => {
  const said = new Set<string>();
  for await (const path of glob('{core-plugins,samples}/*/plugin.json', { cwd: ROOT })) {
    const { configuration } = JSON.parse(await readFile(join(ROOT, path), 'utf8')) as Manifest;
    for (const { label, help } of fieldsOf(configuration as Readonly<Record<string, unknown>> | undefined)) {
      said.add(label);
      if (help !== undefined) said.add(help);
    }
  }
  expect([...settingWordsDe.keys()].sort()).toEqual([...said].sort());
  const words = new Words();
  await words.use('de');
  expect(words.setting('Memory')).toEqual({ text: 'Arbeitsspeicher', language: 'de' });
  expect(words.setting('Kettle')).toEqual({ text: 'Kettle', language: 'en' });
});

test('plugins are named in the language chosen, and those of others as they name themselves [UI-1]', async () => {
  const words = new Words();
  const list = [
    { id: 'vault', name: 'Vault' },
    { id: 'teapot', name: 'Teapot' },
  ];
  expect(words.named(list)).toBe(list);
  expect(words.plugin('Vault')).toEqual({ text: 'Vault', language: 'en' });
  await words.use('de');
  expect(words.named(list)).toEqual([
    { id: 'vault', name: 'Tresor' },
    { id: 'teapot', name: 'Teapot' },
  ]);
  expect(words.named(list)).toBe(words.named(list));
  expect([words.plugin('Vault'), words.plugin('Teapot')]).toEqual([
    { text: 'Tresor', language: 'de' },
    { text: 'Teapot', language: 'en' },
  ]);
});
