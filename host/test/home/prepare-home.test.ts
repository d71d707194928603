import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findHome, homeFolders } from '../../src/home/home-folders.ts';
import { prepareHome } from '../../src/home/prepare-home.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

function refusal(home: string): unknown {
  try {
    prepareHome(homeFolders(home));
    return undefined;
  } catch (error) {
    return error;
  }
}

describe('the data folder', () => {
  test('is what was named, else the usual place of the platform', () => {
    expect(findHome('/data/aico')).toBe(join('/data/aico'));
    expect(findHome('relative')).toBe(join(process.cwd(), 'relative'));
    expect(findHome(undefined)).toMatch(/aico/);
  });

  test('is made with everything in it, marked with its format, and found again', () => {
    const home = join(temporaryFolder(), 'new', 'home');
    prepareHome(homeFolders(home));
    prepareHome(homeFolders(home));
    expect(readdirSync(home).sort()).toEqual(['data', 'logs', 'packages', 'state', 'vault']);
    expect(readdirSync(join(home, 'state'))).toEqual(['format.json']);
    expect(JSON.parse(readFileSync(join(home, 'state', 'format.json'), 'utf8'))).toEqual({ format: 1 });
  });

  test.skipIf(process.platform === 'win32')('is closed to others', () => {
    const home = join(temporaryFolder(), 'home');
    mkdirSync(home);
    chmodSync(home, 0o755);
    prepareHome(homeFolders(home));
    expect(
      [home, ...readdirSync(home).map((name) => join(home, name))].map((path) => statSync(path).mode & 0o777),
    ).toEqual(Array(6).fill(0o700));
  });

  test('of a newer version is refused and left as it is', () => {
    const home = temporaryFolder();
    mkdirSync(join(home, 'state'));
    writeFileSync(join(home, 'state', 'format.json'), '{"format": 7}');
    expect(refusal(home)).toMatchObject({ code: 'HOST_HOME_NEWER', subject: home, details: { found: 7, known: 1 } });
    expect(readFileSync(join(home, 'state', 'format.json'), 'utf8')).toBe('{"format": 7}');
  });

  test.each(['', '{"format": ', '{"format": "1"}', '[]', '{"format": -1}'])(
    'whose format is unreadable (%j) is refused and left as it is',
    (text) => {
      const home = temporaryFolder();
      const file = join(home, 'state', 'format.json');
      mkdirSync(join(home, 'state'));
      writeFileSync(file, text);
      expect(refusal(home)).toMatchObject({ code: 'HOST_HOME_FORMAT_DAMAGED', subject: file });
      expect(readFileSync(file, 'utf8')).toBe(text);
    },
  );

  test('that is a file is refused', () => {
    const home = join(temporaryFolder(), 'home');
    writeFileSync(home, '');
    expect(refusal(home)).toMatchObject({ code: 'HOST_HOME_UNWRITABLE', subject: home });
  });

  test('below a file is refused, with the reason in words', () => {
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, '');
    expect(refusal(join(file, 'home'))).toMatchObject({
      code: 'HOST_HOME_UNWRITABLE',
      details: { problem: 'a part of the path is not a folder' },
    });
  });

  test('that is read-only is refused', (context) => {
    context.skip(
      process.platform === 'win32' || process.getuid?.() === 0,
      'root may write everywhere, and Windows has no modes',
    );
    const home = temporaryFolder();
    chmodSync(home, 0o500);
    expect(refusal(home)).toMatchObject({ code: 'HOST_HOME_UNWRITABLE', details: { problem: 'permission denied' } });
    chmodSync(home, 0o700);
  });
});
