import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { readFileIfThere, removeDurably, writeFileAtomic } from '../src/system/index.ts';

const SYSTEM = pathToFileURL(join(import.meta.dirname, '../src/system/index.ts')).href;
const temporaryFolder = (): string => mkdtempSync(join(tmpdir(), 'aico-durable-'));

test('a plugin under the permission model replaces a file whole, for its user alone, and leaves nothing beside it [SVC-7]', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'state'), 'before'.repeat(1000), { mode: 0o644 });
  const code = `import { writeFileAtomic } from ${JSON.stringify(SYSTEM)};
    writeFileAtomic(${JSON.stringify(join(folder, 'state'))}, Buffer.from('after'));`;
  const confined = ['--permission', '--allow-fs-read=*', `--allow-fs-write=${folder}`];
  await promisify(execFile)(process.execPath, [...confined, '--input-type=module', '-e', code]);
  expect(readFileSync(join(folder, 'state'), 'utf8')).toBe('after');
  expect(readdirSync(folder)).toEqual(['state']);
  if (process.platform !== 'win32') expect(statSync(join(folder, 'state')).mode & 0o777).toBe(0o600);
});

test('what cannot be put in place leaves what was there [SVC-7]', () => {
  const path = join(temporaryFolder(), 'state');
  writeFileAtomic(path, Buffer.from('kept'));
  mkdirSync(`${path}.new`);
  expect(() => writeFileAtomic(path, Buffer.from('lost'))).toThrow('EISDIR');
  expect(readFileIfThere(path)?.toString()).toBe('kept');
});

test('a file that is removed is gone, and one that was not there is none [SVC-7]', () => {
  const path = join(temporaryFolder(), 'state');
  expect(readFileIfThere(path)).toBeUndefined();
  removeDurably(path);
  writeFileAtomic(path, Buffer.from('x'));
  removeDurably(path);
  expect(readFileIfThere(path)).toBeUndefined();
});
