import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PACKAGE_LIMITS, readPackage } from '../src/index.ts';
import { gzipOf, type HostileEntry, tarOf } from './hostile-archive.ts';
import { bytesOf, packageOf, refusalOf } from './plugin-maker.ts';

const read = (tar: Uint8Array) => () =>
  readPackage(gzipOf(tar), 'hostile.tgz', { ...PACKAGE_LIMITS, freeBytes: 64 * 1024 * 1024 });
const readEntries = (...entries: HostileEntry[]) => read(tarOf(entries));

test('reads what packing wrote, file by file [PLG-9]', () => {
  const files = readPackage(packageOf(), 'demo.tgz');
  expect([...files.keys()]).toEqual(['SIGNATURE.json', 'dist/bundle/index.js', 'plugin.json']);
  expect(Buffer.from(files.get('dist/bundle/index.js') ?? []).toString()).toBe('export default 1;\n');
});

test('keeps long names by splitting them as ustar does [PLG-9]', () => {
  const name = `ui/${'a'.repeat(90)}/${'b'.repeat(90)}.js`;
  expect([...readPackage(packageOf(undefined, { [name]: '1' }), 'demo.tgz').keys()]).toContain(name);
});

describe('refuses an archive with', () => {
  test.each<[string, HostileEntry, string]>([
    ['a symbolic link', { name: 'a', type: '2', linkName: '/etc/passwd' }, 'is a symbolic link'],
    ['a hard link', { name: 'a', type: '1', linkName: 'b' }, 'is a hard link'],
    ['a character device', { name: 'a', type: '3' }, 'is a device'],
    ['a block device', { name: 'a', type: '4' }, 'is a device'],
    ['a folder entry', { name: 'a', type: '5' }, 'is a folder entry'],
    ['a pipe', { name: 'a', type: '6' }, 'is a pipe'],
    ['a pax header, which could rename the next entry', { name: 'a', type: 'x' }, 'is an extended header'],
    ['a global pax header', { name: 'a', type: 'g' }, 'is an extended header'],
    ['a GNU long name', { name: 'a', type: 'L' }, 'is a long name entry'],
    ['an old-style plain file', { name: 'a', type: '\0' }, 'is of an unknown kind'],
    ['an absolute path', { name: '/etc/cron.d/a' }, 'is an absolute path'],
    ['an absolute path in its prefix', { name: 'passwd', prefix: '/etc' }, 'is an absolute path'],
    ['a path out of the folder', { name: '../a' }, 'leaves or restates its folder'],
    ['a path out of the folder and back', { name: 'a/../../b' }, 'leaves or restates its folder'],
    ['a dot segment', { name: './a' }, 'leaves or restates its folder'],
    ['an empty segment', { name: 'a//b' }, 'leaves or restates its folder'],
    ['a trailing slash', { name: 'a/' }, 'leaves or restates its folder'],
    ['a backslash', { name: '..\\a' }, 'has a character in its name that some systems do not allow'],
    ['a drive letter', { name: 'C:a' }, 'has a character in its name that some systems do not allow'],
    ['an alternate data stream', { name: 'a.js:evil' }, 'has a character in its name that some systems do not allow'],
    ['a control character', { name: 'a\u0007b' }, 'has control or invisible characters in its name'],
    ['a text direction override', { name: 'a\u202egnp.js' }, 'has control or invisible characters in its name'],
    ['a zero-width character', { name: 'plugin\u200b.json' }, 'has control or invisible characters in its name'],
    ['a decomposed name', { name: 'ui/cafe\u0301.js' }, 'has a name outside Unicode normalisation form C'],
    ['a device name', { name: 'ui/NUL.txt' }, 'has the name of a device on Windows'],
    ['a trailing dot', { name: 'ui/a.' }, 'has a name that ends with a dot or a space'],
    ['no name', { name: '' }, 'has no name'],
    ['a NUL inside a name', { name: 'plugin.json\0.png' }, 'hides part of its name'],
    ['a name that is not UTF-8', { name: Uint8Array.of(0x61, 0xff) }, 'hides part of its name'],
  ])('%s [PLG-9]', async (_, entry, problem) => {
    const error = await refusalOf('REGISTRY_ENTRY_UNSAFE', readEntries(entry));
    expect(error.details['problem']).toBe(problem);
    expect(error.message).toContain('hostile.tgz');
  });

  test.each<[string, string[], string]>([
    ['the same name twice', ['a', 'a'], 'is there twice'],
    ['names that differ in case', ['A.js', 'a.js'], 'some systems cannot tell from "A.js"'],
    ['folders that differ in case', ['UI/b.js', 'ui/a.js'], 'some systems cannot tell from "UI"'],
    ['names that fold alike', ['stra\u00dfe', 'strasse'].sort(), 'some systems cannot tell from "strasse"'],
    ['names that normalise alike', ['file', '\ufb01le'], 'some systems cannot tell from "file"'],
    ['a file and a folder of one name', ['a', 'a/b'], 'is both a file and a folder'],
    ['a folder and a file of one name', ['a/b', 'a'], 'is both a file and a folder'],
  ])('%s [PLG-9]', async (_, names, problem) => {
    const error = await refusalOf('REGISTRY_ENTRY_UNSAFE', readEntries(...names.map((name) => ({ name }))));
    expect(error.details['problem']).toBe(problem);
  });

  test.each<[string, Uint8Array, string]>([
    ['entries out of order', tarOf([{ name: 'b' }, { name: 'a' }]), 'a is out of order'],
    [
      'its signature anywhere but first',
      tarOf([{ name: 'A' }, { name: 'SIGNATURE.json' }]),
      'SIGNATURE.json is out of order',
    ],
    ['other modes', tarOf([{ name: 'a', mode: '0004755' }]), 'the header of a is not in its one form'],
    ['a link name on a plain file', tarOf([{ name: 'a', linkName: 'b' }]), 'the header of a is not in its one form'],
    [
      'a size in base 256',
      tarOf([{ name: 'a', size: '\x80'.padEnd(11, '\0') }]),
      'the header of a is not in its one form',
    ],
    ['a negative size', tarOf([{ name: 'a', size: '-0000000001' }]), 'the header of a is not in its one form'],
    ['a prefix that needs not be', tarOf([{ name: 'b', prefix: 'a' }]), 'the header of a/b is not in its one form'],
    ['a size beyond its end', tarOf([{ name: 'a', size: '77777777777' }]), 'a is cut short'],
    ['no end', tarOf([{ name: 'a' }], new Uint8Array(0)), 'its archive is cut short'],
    ['an end cut short', tarOf([{ name: 'a' }], new Uint8Array(512)), 'the header of  is not in its one form'],
    ['nothing', new Uint8Array(0), 'its archive is cut short'],
    ['something hidden behind a file', withPaddingByte(), 'something follows a'],
  ])('%s [PLG-9]', async (_, tar, problem) => {
    const error = await refusalOf(
      problem.includes('header of  ') ? 'REGISTRY_ENTRY_UNSAFE' : 'REGISTRY_PACKAGE_MALFORMED',
      read(tar),
    );
    if (!problem.includes('header of  ')) expect(error.details['problem']).toBe(problem);
  });

  test('a third empty block, behind which something could hide [PLG-9]', async () => {
    await refusalOf('REGISTRY_ENTRY_UNSAFE', read(tarOf([{ name: 'a' }], new Uint8Array(3 * 512))));
  });

  test('more files than the limit [PLG-9]', async () => {
    const entries = Array.from({ length: 2_001 }, (_, index) => ({ name: `a${String(index).padStart(4, '0')}` }));
    const error = await refusalOf('REGISTRY_TOO_LARGE', readEntries(...entries));
    expect(error.details['problem']).toBe('it holds more than 2000 files');
  });
});

describe('refuses compression that', () => {
  const tar = tarOf([{ name: 'a', content: bytesOf('a') }]);

  test('unpacks to many times its size, while it inflates [PLG-9]', async () => {
    const bomb = gzipOf(Buffer.alloc(150 * 1024 * 1024), 9);
    const before = process.memoryUsage().arrayBuffers;
    const error = await refusalOf('REGISTRY_TOO_LARGE', () => readPackage(bomb, 'bomb.tgz'));
    expect(error.details['problem']).toMatch(/^it unpacks to more than \d+ bytes$/);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(50 * 1024 * 1024);
  });

  test('lies about its length in the trailer [PLG-9]', async () => {
    const bytes = Buffer.from(gzipOf(tar));
    bytes.writeUInt32LE(1, bytes.length - 4);
    await refusalOf('REGISTRY_PACKAGE_MALFORMED', () => readPackage(bytes, 'a.tgz'));
  });

  test.each<[string, Uint8Array, string]>([
    ['is followed by anything', Buffer.concat([gzipOf(tar), Uint8Array.of(0)]), 'something follows its end'],
    ['is followed by a second member', Buffer.concat([gzipOf(tar), gzipOf(tar)]), 'something follows its end'],
    ['is cut in its trailer', gzipOf(tar).subarray(0, -1), 'it is cut short'],
    ['is cut in its body', gzipOf(tar).subarray(0, 30), 'its compression is damaged'],
    ['has a header of another form', gzipSync(tar), 'it does not begin with the gzip header of a package'],
    [
      'is no compression',
      bytesOf('PK\x03\x04 this is another thing'),
      'it does not begin with the gzip header of a package',
    ],
    ['is empty', new Uint8Array(0), 'it does not begin with the gzip header of a package'],
  ])('%s [PLG-9]', async (_, bytes, problem) => {
    const error = await refusalOf('REGISTRY_PACKAGE_MALFORMED', () => readPackage(bytes, 'a.tgz'));
    expect(error.details['problem']).toBe(problem);
  });

  test('is larger than any package may be, before it is looked at [PLG-9]', async () => {
    const limits = { ...PACKAGE_LIMITS, unpackedBytes: 1_000 };
    await refusalOf('REGISTRY_TOO_LARGE', () => readPackage(new Uint8Array(1_001), 'a.tgz', limits));
  });
});

test('answers any bytes with files or a typed refusal, never with another error [PLG-9]', () => {
  const anyTar = fc.uint8Array({ maxLength: 2_000 }).map((bytes) => gzipOf(bytes));
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), anyTar), (bytes) => {
      try {
        readPackage(bytes, 'a.tgz');
      } catch (error) {
        expect(error).toHaveProperty('code', expect.stringMatching(/^REGISTRY_/));
      }
    }),
  );
});

function withPaddingByte(): Uint8Array {
  const tar = tarOf([{ name: 'a', content: bytesOf('a') }]);
  tar[512 + 100] = 1;
  return tar;
}
