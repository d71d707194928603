import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeNewFile } from '../../src/cli/new-file.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const refusalOf = (path: string): unknown => {
  try {
    writeNewFile(path, Buffer.from('new'));
  } catch (error) {
    const { code, message, fix } = error as { code: string; message: string; fix: string };
    return [code, message, fix];
  }
  return undefined;
};

test('a file that is there is told as that, stays as it is, and the fix is another name', () => {
  const path = join(temporaryFolder(), 'apart.key');
  writeNewFile(path, Buffer.from('first'));
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(refusalOf(path)).toEqual([
    'HOST_FILE_TAKEN',
    `There is a file ${path} already.`,
    'Name a file that does not exist yet.',
  ]);
  expect(readFileSync(path, 'utf8')).toBe('first');
});

test('a folder that is not there, or is none, is told with what is wrong with it', () => {
  const folder = temporaryFolder();
  const [absent, file] = [join(folder, 'absent', 'key'), join(folder, 'file')];
  writeFileSync(file, '');
  expect(refusalOf(absent)).toEqual([
    'HOST_FILE_UNWRITABLE',
    `The file ${absent} cannot be written: its folder does not exist.`,
    expect.stringContaining('another folder'),
  ]);
  expect(refusalOf(join(file, 'key'))).toEqual([
    'HOST_FILE_UNWRITABLE',
    `The file ${join(file, 'key')} cannot be written: a part of the path is not a folder.`,
    expect.any(String),
  ]);
});
