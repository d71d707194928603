import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PluginRecord } from '@aico/kernel/contracts';
import type { Notice } from '@aico/schemas';
import { describe, expect, test } from 'vitest';
import { JsonStateStore } from '../../src/state/json-state-store.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const DICE: PluginRecord = {
  enabled: true,
  decisions: [{ verb: 'serve', topic: 'plugin.dice.command.run.v1', allow: false }],
  used: { 'serve plugin.dice.command.run.v1': 20_783 },
  crashes: [1000, 2000],
  quarantined: false,
};

function open(file: string) {
  const notices: Notice[] = [];
  return { store: new JsonStateStore(file, (notice) => notices.push(notice)), notices };
}

describe('what the kernel remembers of plugins', () => {
  test('is there at the next start, and leaves no draft behind', async () => {
    const folder = temporaryFolder();
    const file = join(folder, 'plugins.json');
    const { store } = open(file);
    await Promise.all([
      store.write('dice', DICE),
      store.write('diary', { enabled: false, crashes: [], quarantined: true }),
      store.write('gone', DICE),
    ]);
    await store.remove('gone');
    const again = open(file).store;
    expect([again.read('dice'), again.read('diary'), again.read('gone')]).toEqual([
      DICE,
      { enabled: false, crashes: [], quarantined: true },
      undefined,
    ]);
    expect(readdirSync(folder)).toEqual(['plugins.json']);
  });

  test.skipIf(process.platform === 'win32')('is for its owner alone', async () => {
    const file = join(temporaryFolder(), 'plugins.json');
    await open(file).store.write('dice', DICE);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test.each([
    ['cut short', '{"format": 1, "plugins": {"dice": {"ena'],
    ['of another form', '{"format": 1, "plugins": {"dice": {"enabled": "yes"}}}'],
    [
      'with a decision that is none',
      '{"format":1,"plugins":{"dice":{"enabled":true,"decisions":[{"verb":"own"}],"crashes":[],"quarantined":false}}}',
    ],
    ['of a format to come', '{"format": 2, "plugins": {}}'],
    ['empty', ''],
  ])('is set aside with a notice, not overwritten, when it is %s', async (_, text) => {
    const folder = temporaryFolder();
    const file = join(folder, 'plugins.json');
    writeFileSync(file, text);
    const { store, notices } = open(file);
    expect(store.read('dice')).toBeUndefined();
    await store.write('dice', DICE);
    const aside = readdirSync(folder).filter((name) => name.startsWith('plugins.json.damaged-'));
    expect(aside.map((name) => readFileSync(join(folder, name), 'utf8'))).toEqual([text]);
    expect(notices).toEqual([
      expect.objectContaining({ code: 'HOST_STATE_DAMAGED', message: expect.stringContaining(aside[0] ?? '') }),
    ]);
    expect(open(file).store.read('dice')).toEqual(DICE);
  });

  test('holds until the end when the disk refuses it, and says so', async () => {
    const folder = temporaryFolder();
    const file = join(folder, 'plugins.json');
    const { store } = open(file);
    mkdirSync(file);
    await expect(store.write('dice', DICE)).rejects.toMatchObject({ code: 'HOST_STATE_UNWRITABLE', subject: file });
    expect(store.read('dice')).toEqual(DICE);
    expect(readdirSync(folder)).toEqual(['plugins.json']);
  });
});
