import { spawnSync } from 'node:child_process';
import { chmodSync, fstatSync, openSync, readdirSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readHandedPassword } from '../../src/cli/handed-password.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

function fileWith(content: string | Uint8Array, name = 'aico.password', mode = 0o400): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, content);
  chmodSync(path, mode);
  return path;
}

function messageOf(read: () => unknown): string {
  try {
    return `read: ${String(read())}`;
  } catch (error) {
    return `${(error as { code?: string }).code}: ${(error as Error).message}`;
  }
}

test('a password comes from an open descriptor, which is closed then, or from systemd’s credential [SEC-3]', () => {
  const file = openSync(fileWith('correct horse\r\nsecond line\n'), 'r');
  expect(readHandedPassword({ passwordFd: file }, {})).toBe('correct horse');
  expect(() => fstatSync(file)).toThrow('EBADF');
  const folder = join(fileWith('from systemd'), '..');
  expect(readHandedPassword({}, { CREDENTIALS_DIRECTORY: folder })).toBe('from systemd');
  expect(readHandedPassword({}, { CREDENTIALS_DIRECTORY: temporaryFolder() })).toBeUndefined();
  expect(readHandedPassword({}, { AICO_PASSWORD: 'never from here', PASSWORD: 'nor here' })).toBeUndefined();
});

test('what is no password is refused with its reason, and none of it is told [SEC-3]', () => {
  const folderOf = (...file: Parameters<typeof fileWith>) => ({ CREDENTIALS_DIRECTORY: join(fileWith(...file), '..') });
  const cases = [
    [{}, folderOf('secret words', 'aico.password', 0o644), 'other users of this machine may read it'],
    [{}, folderOf(''), 'it is empty'],
    [{}, folderOf(`${'s'.repeat(1025)}\n`), 'it is too long'],
    [{}, folderOf(Uint8Array.of(0x73, 0x65, 0xff, 0xfe)), 'it is no text'],
    [{ passwordFd: 4093 }, {}, 'EBADF'],
  ] as const;
  for (const [options, environment, problem] of cases) {
    const message = messageOf(() => readHandedPassword(options, environment));
    expect(message).toMatch(/^HOST_PASSWORD_UNREADABLE: /);
    expect(message).toContain(problem);
    expect(message).not.toMatch(/secret|sss|se\ufffd/);
  }
});

test('a pipe that another process fills is read to the end of its line [SEC-3]', () => {
  const script = `import { readHandedPassword } from ${JSON.stringify(join(import.meta.dirname, '../../src/cli/handed-password.ts'))};
    process.stdout.write(String(readHandedPassword({ passwordFd: 0 }, {})));`;
  const parameters = ['--conditions=source', '--input-type=module', '-e', script];
  const { stdout, stderr } = spawnSync(process.execPath, parameters, { input: 'pïped words\nmore', encoding: 'utf8' });
  expect([stdout, stderr]).toEqual(['pïped words', '']);
});

test.skipIf(process.platform !== 'linux')(
  'a number under which nobody handed anything over is told, and what the runtime keeps there stays open [SEC-3]',
  () => {
    const own = readdirSync('/proc/self/fd')
      .filter((name) => linkOf(name).startsWith('anon_inode:'))
      .map(Number);
    expect(own).not.toEqual([]);
    for (const passwordFd of own) {
      expect(messageOf(() => readHandedPassword({ passwordFd }, {}))).toContain('nothing was handed over by it');
      expect(() => fstatSync(passwordFd)).not.toThrow();
    }
  },
);

function linkOf(descriptor: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${descriptor}`);
  } catch {
    return '';
  }
}
