import type { Manifest } from '@aico/schemas';
import { expect, test } from 'vitest';
import { grantedFolders, isolatedFlags, trustedFlags } from '../../src/launch/node-flags.ts';

const FOLDERS = {
  packages: ['/app/node_modules/libsql'],
  data: '/home/me/vault',
  tmp: '/run/aico/tmp-1',
  home: '/home/me',
  settings: {},
};

function flagsFor(process: Manifest['process']): string[] {
  const flags = trustedFlags({ id: 'p', process } as Manifest, 192, { sodium: '/z.node' }, FOLDERS);
  return flags.filter((flag) => /^--(?!disable)/.test(flag) && !flag.includes('children'));
}

test('a trusted plugin gets what its manifest asks for and nothing else [SEC-4]', () => {
  const least = [
    '--permission',
    // Both are given up before the plugin's code is read, unless the manifest asks for them.
    '--allow-addons',
    '--allow-net',
    '--allow-fs-read=/etc/alpine-release',
    '--allow-fs-read=/z.node',
    '--allow-fs-read=/app/node_modules/libsql',
  ];
  expect(flagsFor(undefined)).toEqual([...least, '--max-old-space-size=192']);
  expect(
    flagsFor({
      network: true,
      files: [
        { path: '$data', mode: 'readWrite' },
        { path: '$tmp/in', mode: 'read' },
      ],
    }),
  ).toEqual([
    ...least,
    '--allow-fs-read=/home/me/vault',
    '--allow-fs-read=/run/aico/tmp-1/in',
    '--allow-fs-write=/home/me/vault',
    '--max-old-space-size=192',
  ]);
});

test('a folder that its user named is granted as it is, whether it is there or not; anything else is not [SEC-4]', () => {
  const files = [{ path: '$setting/folder', mode: 'readWrite' }] as const;
  const granted = (folder: unknown): string[] =>
    trustedFlags(
      { id: 'p', process: { files } } as never,
      192,
      { sodium: '/s.node' },
      { ...FOLDERS, settings: { folder } },
    ).filter((flag) => /fs-write|disk/.test(flag));
  expect(granted('/mnt/disk')).toEqual([
    '--allow-fs-read=/mnt/disk',
    '--allow-fs-read=/mnt/disk/*',
    '--allow-fs-write=/mnt/disk',
    '--allow-fs-write=/mnt/disk/*',
  ]);
  for (const folder of [undefined, '', 'disk', '/mnt/*', 7]) expect(granted(folder)).toEqual([]);
  expect(
    grantedFolders({ id: 'p', process: { files } } as never, { ...FOLDERS, settings: { folder: '/mnt/disk' } }),
  ).toEqual([]);
  expect(flagsFor({ files: [{ path: '$home', mode: 'read' }] })).toContain('--allow-fs-read=/home/me');
});

test('no plugin may ever start processes, threads or a debugger [SEC-4]', () => {
  for (const flags of [
    isolatedFlags({ sodium: '/s.node', isolatedVm: '/z.node' }),
    trustedFlags({ id: 'p' } as Manifest, 192, { sodium: '/s.node' }, FOLDERS),
  ]) {
    expect(flags).toContain('--permission');
    expect(flags.join(' ')).not.toMatch(/--allow-(child|worker|inspector|wasi|ffi)/);
    expect(flags.join(' ')).not.toMatch(/allow-fs-(read|write)=(\*|\/)( |$)/);
  }
});
