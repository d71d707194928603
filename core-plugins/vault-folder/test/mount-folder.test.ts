import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Manifest } from '@aico/sdk';
import { createTestKernel } from '@aico/sdk-testing';
import { expect, onTestFinished, test } from 'vitest';
import { requireGocryptfs } from '../../../test/support/system-tools.ts';
import plugin from '../src/index.ts';
import { mountFolder } from '../src/mount-folder.ts';

const KEY = '5a'.repeat(32);
const CHILD = join(import.meta.dirname, 'mount-child.ts');
const manifest = JSON.parse(readFileSync(join(import.meta.dirname, '../plugin.json'), 'utf8')) as Manifest;
const { needs: _, ...withoutNeeds } = manifest;

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'aico-folder-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const isMounted = (path: string): boolean => readFileSync('/proc/self/mountinfo', 'utf8').includes(` ${path} `);

/** Everything on disk below a folder, names and bytes. */
function onDisk(folder: string): string {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries
    .map((each) => each.name + (each.isFile() ? readFileSync(join(each.parentPath, each.name)) : ''))
    .join();
}

test('files are readable while it is open, and neither they nor their names are on disk [SEC-1]', async (context) => {
  requireGocryptfs(context);
  const folder = temporaryFolder();
  const first = await mountFolder(folder, KEY);
  writeFileSync(join(first.path, 'marked-name.txt'), 'marked content');
  await first.unmount();
  expect([isMounted(first.path), readdirSync(first.path)]).toEqual([false, []]);
  expect(onDisk(folder)).not.toMatch(/marked|5a5a/);

  await expect(mountFolder(folder, '5b'.repeat(32))).rejects.toMatchObject({ code: 'VAULT_FOLDER_UNAVAILABLE' });
  const second = await mountFolder(folder, KEY);
  expect(readFileSync(join(second.path, 'marked-name.txt'), 'utf8')).toBe('marked content');
  await second.unmount();
}, 30_000);

test('kill -9 of whoever opened it closes it; a mount that nobody answers for is taken away at the next start [SVC-7] [SEC-1]', async (context) => {
  requireGocryptfs(context);
  const folder = temporaryFolder();
  const path = join(folder, 'open');
  const child = spawn(process.execPath, ['--conditions=source', CHILD, folder, KEY], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  writeFileSync(join(path, 'kept'), 'kept');
  const commandLines = execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' }).split('\n');
  const own = commandLines.filter((line) => line.includes('gocryptfs') && line.includes(join(folder, 'cipher')));
  expect([own.length > 0, own.some((line) => line.includes(KEY))]).toEqual([true, false]);
  child.kill('SIGKILL');
  await expect.poll(() => isMounted(path), { timeout: 5000 }).toBe(false);

  const second = await mountFolder(folder, KEY);
  await killDaemon(folder);
  expect(isMounted(path)).toBe(true);
  const third = await mountFolder(folder, KEY);
  expect(readFileSync(join(third.path, 'kept'), 'utf8')).toBe('kept');
  await third.unmount();
  await second.unmount();
  expect(isMounted(path)).toBe(false);
}, 30_000);

test('what is seen of it while it is closed takes no files, which would lie there as they are [SEC-1]', async (context) => {
  requireGocryptfs(context);
  const folder = temporaryFolder();
  const modeOf = (path: string): number => statSync(path).mode & 0o777;
  for (let times = 0; times < 2; times += 1) {
    const { path, unmount } = await mountFolder(folder, KEY);
    expect(modeOf(path)).toBe(0o700);
    await unmount();
    expect(modeOf(path)).toBe(0o500);
  }
}, 30_000);

test('one whose gocryptfs is killed is told at once, opened again, and takes nothing meanwhile [SEC-1]', async (context) => {
  requireGocryptfs(context);
  const dataFolder = temporaryFolder();
  const open = join(dataFolder, 'open');
  await using kernel = await createTestKernel();
  await serveKeys(kernel);
  const heard: boolean[] = [];
  const notes = await kernel.peer({
    id: 'notes',
    permissions: [
      { verb: 'request', topic: 'vault.folder.open.v1' },
      { verb: 'subscribe', topic: 'kernel.condition.changed.v1' },
    ],
  });
  const atFall: unknown[] = [];
  await notes.bus.subscribe('kernel.condition.changed.v1', ({ data }) => {
    if (!data.holds) atFall.push(writing(join(open, 'notes', 'plain')));
    heard.push(data.holds);
  });
  await kernel.load({ manifest: withoutNeeds, definition: plugin, dataFolder });
  const { path } = await notes.bus.request('vault.folder.open.v1', {});
  writeFileSync(join(path, 'kept'), 'kept');
  await killDaemon(dataFolder);
  await expect.poll(() => heard, { timeout: 10_000 }).toEqual([true, false, true]);
  expect(atFall).not.toEqual(['written']);
  await notes.bus.request('vault.folder.open.v1', {});
  expect(readFileSync(join(path, 'kept'), 'utf8')).toBe('kept');
  await kernel.unload('vault-folder');
  expect([isMounted(open), readdirSync(open)]).toEqual([false, []]);
}, 30_000);

test('who asks for a folder that was taken away behind its back is refused, and nothing is made in its place [SEC-1]', async (context) => {
  requireGocryptfs(context);
  const dataFolder = temporaryFolder();
  const open = join(dataFolder, 'open');
  await using kernel = await createTestKernel();
  await serveKeys(kernel);
  await kernel.load({ manifest: withoutNeeds, definition: plugin, dataFolder });
  const notes = await kernel.peer({ id: 'notes', permissions: [{ verb: 'request', topic: 'vault.folder.open.v1' }] });
  await notes.bus.request('vault.folder.open.v1', {});
  rmSync(join(dataFolder, 'cipher', 'gocryptfs.conf'));
  execFileSync('fusermount3', ['-u', '-z', open]);
  await expect(notes.bus.request('vault.folder.open.v1', {})).rejects.toMatchObject({
    code: 'VAULT_FOLDER_UNAVAILABLE',
  });
  expect(readdirSync(open)).toEqual([]);
}, 30_000);

test('is closed in order also when gocryptfs was killed meanwhile [SEC-1]', async (context) => {
  requireGocryptfs(context);
  const folder = temporaryFolder();
  const { path, unmount } = await mountFolder(folder, KEY);
  await killDaemon(folder);
  expect(isMounted(path)).toBe(true);
  await unmount();
  expect(isMounted(path)).toBe(false);
}, 30_000);

test('gives each plugin its own folder, holds its condition while it is open, and closes with its plugin [SEC-4]', async (context) => {
  requireGocryptfs(context);
  const dataFolder = temporaryFolder();
  await using kernel = await createTestKernel();
  await serveKeys(kernel);
  const heard: unknown[] = [];
  const notes = await kernel.peer({
    id: 'notes',
    permissions: [
      { verb: 'request', topic: 'vault.folder.open.v1' },
      { verb: 'subscribe', topic: 'kernel.condition.changed.v1' },
    ],
  });
  await notes.bus.subscribe('kernel.condition.changed.v1', ({ data }) => void heard.push(data));
  await kernel.load({ manifest: withoutNeeds, definition: plugin, dataFolder });
  const { path } = await notes.bus.request('vault.folder.open.v1', {});
  expect(path).toBe(join(dataFolder, 'open', 'notes'));
  expect(heard).toMatchObject([{ name: 'vault.folder', holds: true }]);
  writeFileSync(join(path, 'mine'), 'mine');
  await kernel.unload('vault-folder');
  expect(isMounted(join(dataFolder, 'open'))).toBe(false);
}, 30_000);

test('where gocryptfs is missing it runs, says so to whoever asks, and holds no condition [SEC-1]', async () => {
  const { PATH } = process.env;
  process.env['PATH'] = '/nowhere';
  onTestFinished(() => {
    process.env['PATH'] = PATH;
  });
  await using kernel = await createTestKernel();
  await serveKeys(kernel);
  await kernel.load({ manifest: withoutNeeds, definition: plugin, dataFolder: temporaryFolder() });
  const notes = await kernel.peer({ id: 'notes', permissions: [{ verb: 'request', topic: 'vault.folder.open.v1' }] });
  const thrown = await notes.bus.request('vault.folder.open.v1', {}).catch((error: unknown) => error);
  expect(thrown).toMatchObject({ code: 'VAULT_FOLDER_UNAVAILABLE' });
  expect(String(thrown)).toContain('gocryptfs is not installed');
});

function writing(path: string): unknown {
  try {
    writeFileSync(path, 'plain');
    return 'written';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code;
  }
}

/** Kills what answers behind an open folder. */
async function killDaemon(folder: string): Promise<void> {
  writeFileSync(join(folder, 'open', 'seen'), '');
  const daemons = execFileSync('ps', ['-eo', 'pid,args'], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes('gocryptfs') && line.includes(join(folder, 'cipher')))
    .map((line) => line.trim().split(' ')[0]);
  expect(daemons).not.toEqual([]);
  for (const each of daemons) process.kill(Number(each), 'SIGKILL');
  await expect.poll(() => existsSync(join(folder, 'open', 'seen'))).toBe(false);
}

async function serveKeys(kernel: Awaited<ReturnType<typeof createTestKernel>>): Promise<void> {
  const vault = await kernel.peer({ id: 'vault', permissions: [{ verb: 'serve', topic: 'vault.key.derive.v1' }] });
  await vault.bus.serve('vault.key.derive.v1', () => ({ key: KEY }));
}
