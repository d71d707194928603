import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readlinkSync,
  rmdirSync,
  writeFileSync,
} from 'node:fs';
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
    [{}, folderOf(`${'s'.repeat(1025)}\n`), 'it is longer than 1024 characters'],
    [{}, folderOf('ß'.repeat(5000)), 'it is longer than 1024 characters'],
    [{}, folderOf(Uint8Array.of(0x73, 0x65, 0xff, 0xfe)), 'it is no UTF-8 text'],
    [{ passwordFd: 4093 }, {}, 'EBADF'],
  ] as const;
  for (const [options, environment, problem] of cases) {
    const message = messageOf(() => readHandedPassword(options, environment));
    expect(message).toMatch(/^HOST_PASSWORD_UNREADABLE: /);
    expect(message).toContain(problem);
    expect(message).not.toMatch(/secret|sss|se\ufffd/);
  }
});

test.skipIf(process.platform === 'win32')(
  'a credential that is no file, as a folder or a pipe, is told instead of waited for [SEC-3]',
  () => {
    const folder = temporaryFolder();
    const path = join(folder, 'aico.password');
    const told = () => messageOf(() => readHandedPassword({}, { CREDENTIALS_DIRECTORY: folder }));
    mkdirSync(path);
    expect(told()).toMatch(/^HOST_PASSWORD_UNREADABLE: .*: it is no file/);
    rmdirSync(path);
    spawnSync('mkfifo', ['-m', '400', path]);
    expect(told()).toMatch(/^HOST_PASSWORD_UNREADABLE: .*: it is no file/);
  },
);

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

test.skipIf(process.platform !== 'linux')(
  'a pipe that only this process writes to is told at once, and one handed over under two numbers is read [SEC-3]',
  () => {
    const script = `import { readdirSync, readlinkSync } from 'node:fs';
      import { readHandedPassword } from ${JSON.stringify(join(import.meta.dirname, '../../src/cli/handed-password.ts'))};
      const links = new Map(readdirSync('/proc/self/fd').map((name) => {
        try { return [name, readlinkSync('/proc/self/fd/' + name)]; } catch { return [name, '']; }
      }));
      const all = [...links.values()];
      const own = [...links].filter(([name, link]) => Number(name) > 2 && link.startsWith('pipe:') && all.indexOf(link) !== all.lastIndexOf(link));
      for (const [name] of own) {
        if (links.get(name) === links.get('0')) continue;
        try { readHandedPassword({ passwordFd: Number(name) }, {}); } catch ({ message }) { console.log(message.replace(name, 'n')); }
      }
      console.log(readHandedPassword({ passwordFd: 30 }, {}));`;
    const parameters = ['--conditions=source', '--input-type=module', '-e', script];
    const { stdout, stderr } = spawnSync('/bin/bash', ['-c', 'exec "$0" "$@" 30<&0', process.execPath, ...parameters], {
      input: 'handed over\n',
      encoding: 'utf8',
      timeout: 20_000,
    });
    const lines = new Set(stdout.trim().split('\n'));
    const told = 'The password cannot be read from descriptor n: nothing was handed over by it.';
    expect([[...lines], stderr]).toEqual([[told, 'handed over'], '']);
  },
);

function linkOf(descriptor: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${descriptor}`);
  } catch {
    return '';
  }
}
