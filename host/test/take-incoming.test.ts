import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { homeFolders } from '../src/home/home-folders.ts';
import { hasIncoming, takeIncoming } from '../src/home/take-incoming.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

const ENTRIES = ['config.json', 'trust.json', 'vault', 'state', 'packages', 'data'];

function write(home: string, path: string, text: string): void {
  mkdirSync(join(home, path, '..'), { recursive: true });
  writeFileSync(join(home, path), text);
}

function read(home: string, path: string): string | undefined {
  return existsSync(join(home, path)) ? readFileSync(join(home, path), 'utf8') : undefined;
}

/** A data folder that is in use, with a backup of another one that lies ready. */
function prepared(format = 1) {
  const home = temporaryFolder();
  for (const path of [
    'config.json',
    'vault/vault.json',
    'data/storage/chat.db',
    'data/weather/old.txt',
    'packages/a.tgz',
  ])
    write(home, path, 'live');
  write(home, 'state/format.json', '{"format":1}');
  write(home, 'backups/packs/x.pack', 'a backup');
  for (const path of ['vault/vault.json', 'data/storage/chat.db']) write(home, `incoming/files/${path}`, 'restored');
  write(home, 'incoming/files/state/format.json', JSON.stringify({ format }));
  write(home, 'incoming/ready.json', JSON.stringify({ format: 1, backup: 'the-backup', entries: ENTRIES }));
  return { home, folders: homeFolders(home) };
}

function expectTaken(home: string, before: string): void {
  expect(read(home, 'vault/vault.json')).toBe('restored');
  expect(read(home, 'data/storage/chat.db')).toBe('restored');
  for (const path of ['config.json', 'data/weather/old.txt', 'packages/a.tgz'])
    expect(read(home, path), path).toBeUndefined();
  for (const path of [
    'config.json',
    'vault/vault.json',
    'data/storage/chat.db',
    'data/weather/old.txt',
    'packages/a.tgz',
  ])
    expect(read(before, path), path).toBe('live');
  expect(read(home, 'backups/packs/x.pack')).toBe('a backup');
  expect(existsSync(join(home, 'incoming'))).toBe(false);
}

test('a restored backup takes the place of everything, and what was there is kept beside it [DATA-6]', () => {
  const { home, folders } = prepared();
  expect(hasIncoming(folders)).toBe(true);
  const { backup, before } = takeIncoming(folders);
  expect(backup).toBe('the-backup');
  expectTaken(home, before);
  expect(hasIncoming(folders)).toBe(false);
});

test.for(ENTRIES.flatMap((entry) => [['aside', entry] as const, ['in place', entry] as const]))(
  'a start that was killed when it had moved %s as far as %s is ended by the next one [DATA-6, SVC-7]',
  ([what, last]) => {
    const { home, folders } = prepared();
    // What takeIncoming does, up to a place.
    const before = join(home, 'replaced-then');
    mkdirSync(before);
    write(home, 'incoming/plan.json', JSON.stringify({ before: 'replaced-then' }));
    const done = (entries: readonly string[], from: string, to: string): void => {
      for (const entry of entries) if (existsSync(join(from, entry))) renameSync(join(from, entry), join(to, entry));
    };
    const upTo = ENTRIES.slice(0, ENTRIES.indexOf(last) + 1);
    done(what === 'aside' ? upTo : ENTRIES, home, before);
    if (what === 'in place') {
      write(home, 'incoming/aside', '\n');
      done(upTo, join(home, 'incoming', 'files'), home);
    }
    expect(takeIncoming(folders).before).toBe(before);
    expectTaken(home, before);
  },
);

test('what is of a newer format, or says nothing of itself, is refused with everything as it was [DATA-6, UPD-4]', () => {
  const newer = prepared(9);
  expect(() => takeIncoming(newer.folders)).toThrowError(expect.objectContaining({ code: 'HOST_HOME_NEWER' }));
  expect(read(newer.home, 'vault/vault.json')).toBe('live');
  for (const text of ['', '{', '{"format":2}', '{"format":1,"backup":"x","entries":["../x"]}']) {
    const { home, folders } = prepared();
    write(home, 'incoming/ready.json', text);
    expect(() => takeIncoming(folders)).toThrowError(expect.objectContaining({ code: 'HOST_RESTORE_UNFIT' }));
    expect(read(home, 'vault/vault.json')).toBe('live');
  }
});

test('files without their mark are not taken', () => {
  const { folders, home } = prepared();
  rmSync(join(home, 'incoming/ready.json'));
  expect(hasIncoming(folders)).toBe(false);
});
