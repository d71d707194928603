import { chmodSync, existsSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { claimRuntimeFolder, dropRuntimeFolder, runtimeFolder } from '../../src/home/runtime-folder.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const userId = process.getuid?.();
const onPosix = describe.skipIf(process.platform === 'win32');

onPosix('the place of the folder for sockets [BUS-1]', () => {
  const usual = { xdgRuntime: '/run/user/1000', temporary: '/tmp', userId: 1000 };

  test('is the one that the system gives each user', () => {
    expect(runtimeFolder('/data/a', usual)).toMatch(/^\/run\/user\/1000\/aico-[0-9a-f]{10}$/);
  });

  test('is a folder named for the user where there is no such one', () => {
    const path = runtimeFolder('/data/a', { ...usual, xdgRuntime: undefined });
    expect(path).toMatch(/^\/tmp\/aico-1000-[0-9a-f]{10}$/);
  });

  test('differs with the data folder, and not with the way to it', () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'a'));
    symlinkSync(join(folder, 'a'), join(folder, 'link'));
    const [a, link, b] = ['a', 'link', 'b'].map((name) => runtimeFolder(join(folder, name), usual));
    expect([link === a, b === a]).toEqual([true, false]);
  });

  test('leaves room for the names of sockets, however long the system makes its folders', () => {
    const long = { xdgRuntime: `/run/${'x'.repeat(60)}`, temporary: `/var/folders/${'y'.repeat(60)}/T`, userId: 501 };
    const socket = join(runtimeFolder('/data/a', long), `${'p'.repeat(40)}-0123456789ab`, 'bus');
    expect(Buffer.byteLength(socket)).toBeLessThanOrEqual(104);
  });
});

onPosix('the folder for sockets [BUS-1]', () => {
  test('is made for its owner alone, and found again', () => {
    const folder = join(temporaryFolder(), 'run');
    claimRuntimeFolder(folder, userId);
    claimRuntimeFolder(folder, userId);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
  });

  interface Trap {
    readonly problem: string;
    readonly set: (folder: string) => void;
    readonly owner?: number;
  }
  const traps: readonly Trap[] = [
    {
      problem: 'others can enter it',
      set: (folder) => {
        mkdirSync(folder);
        chmodSync(folder, 0o755);
      },
    },
    {
      problem: 'it is a symbolic link',
      set: (folder) => {
        mkdirSync(`${folder}-else`, { mode: 0o700 });
        symlinkSync(`${folder}-else`, folder);
      },
    },
    { problem: 'it is not a folder', set: (folder) => writeFileSync(folder, '') },
    {
      problem: 'it belongs to somebody else',
      set: (folder) => mkdirSync(folder, { mode: 0o700 }),
      owner: (userId ?? 0) + 1,
    },
    { problem: 'it does not exist', set: () => undefined },
  ];

  test.each(traps)('is refused when $problem', ({ problem, set, owner }) => {
    const above = temporaryFolder();
    const folder = problem === 'it does not exist' ? join(above, 'missing', 'run') : join(above, 'run');
    set(folder);
    expect(() => claimRuntimeFolder(folder, owner ?? userId)).toThrow(
      expect.objectContaining({ code: 'HOST_RUNTIME_FOLDER_UNSAFE', subject: folder, details: { problem } }),
    );
  });

  test('goes away again, unless something lies in it', () => {
    const [empty, used] = [join(temporaryFolder(), 'run'), join(temporaryFolder(), 'run')];
    for (const folder of [empty, used]) claimRuntimeFolder(folder, userId);
    writeFileSync(join(used, 'door'), '');
    for (const folder of [empty, used]) dropRuntimeFolder(folder);
    expect([existsSync(empty), existsSync(used)]).toEqual([false, true]);
  });
});
