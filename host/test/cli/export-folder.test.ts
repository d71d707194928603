import { lstat, mkdir, readdir, readFile, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ImportFeed, ImportStep } from '@aico/schemas';
import { expect, test } from 'vitest';
import { ExportFolder } from '../../src/cli/export-folder.ts';
import { assertExport, feedFrom } from '../../src/cli/import-files.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const piece = (file: string, text: string, last = true) => ({
  file,
  data: Buffer.from(text).toString('base64'),
  ...(last && { last: true as const }),
});

test('an export goes into a new folder that only its user can look into, file by file, side by side [DATA-7, SEC-9]', async () => {
  const path = join(temporaryFolder(), 'mine');
  const folder = await ExportFolder.claim(path);
  await folder.write(piece('chat/messages.jsonl', 'one\n', false));
  await folder.write(piece('markdown/conversations/1.md', '# One'));
  await folder.write(piece('chat/messages.jsonl', 'two\n'));
  await folder.write(piece('empty.txt', ''));
  await folder.finish();
  expect(await readFile(join(path, 'chat/messages.jsonl'), 'utf8')).toBe('one\ntwo\n');
  expect(await readFile(join(path, 'empty.txt'), 'utf8')).toBe('');
  if (process.platform === 'win32') return;
  const modes = await Promise.all(
    ['', 'chat', 'markdown/conversations', 'chat/messages.jsonl'].map(
      async (each) => (await lstat(join(path, each))).mode & 0o777,
    ),
  );
  expect(modes).toEqual([0o700, 0o700, 0o700, 0o600]);
});

test('a folder with something in it, a file, a link, and one without a parent are refused and stay as they are [DATA-7]', async () => {
  const home = temporaryFolder();
  await mkdir(join(home, 'full'));
  await writeFile(join(home, 'full', 'mine.txt'), 'mine');
  await mkdir(join(home, 'empty'));
  await symlink(join(home, 'empty'), join(home, 'link'));
  for (const [name, code] of Object.entries({
    full: 'EXPORT_FOLDER_TAKEN',
    'full/mine.txt': 'EXPORT_FOLDER_TAKEN',
    link: 'EXPORT_FOLDER_TAKEN',
    'none/new': 'EXPORT_UNWRITABLE',
  }))
    await expect(ExportFolder.claim(join(home, name)), name).rejects.toMatchObject({ code });
  expect((await readdir(home)).sort()).toEqual(['empty', 'full', 'link']);
  expect(await readdir(join(home, 'full'))).toEqual(['mine.txt']);
});

test.each(['../out.txt', '/etc/x', 'a/../../x', 'a//b', '.hidden', 'a/b/c/d', 'a\\b', 'con:', 'a/./b', ''])(
  'a file called %j is not written [DATA-7, SEC-9]',
  async (file) => {
    const home = temporaryFolder();
    const folder = await ExportFolder.claim(join(home, 'mine'));
    await expect(folder.write(piece(file, 'x'))).rejects.toMatchObject({ code: 'EXPORT_UNWRITABLE' });
    await folder.discard();
    expect(await readdir(home)).toEqual([]);
  },
);

test('what is given up is removed, and what somebody else put there stays [DATA-7]', async () => {
  const home = temporaryFolder();
  const path = join(home, 'empty');
  await mkdir(path);
  const folder = await ExportFolder.claim(path);
  await folder.write(piece('chat/messages.jsonl', 'one\n', false));
  await folder.write(piece('memory/memories.jsonl', 'one\n'));
  await writeFile(join(path, 'chat', 'theirs.txt'), 'theirs');
  await symlink(join(home, 'elsewhere'), join(path, 'files'));
  // A link that somebody put in the way is not followed.
  await expect(folder.write(piece('files/1-x.txt', 'x'))).rejects.toMatchObject({ code: 'EXPORT_UNWRITABLE' });
  await folder.discard();
  expect((await readdir(path, { recursive: true })).sort()).toEqual(['chat', 'chat/theirs.txt', 'files']);
  expect(await readdir(home)).toEqual(['empty']);
});

test('a folder that goes away or is swapped in the middle is told, and its successor is not touched [DATA-7]', async () => {
  const home = temporaryFolder();
  const path = join(home, 'mine');
  const folder = await ExportFolder.claim(path);
  await folder.write(piece('chat/messages.jsonl', 'one\n'));
  await rename(path, join(home, 'moved'));
  await expect(folder.write(piece('manifest.json', '{}'))).rejects.toMatchObject({ code: 'EXPORT_UNWRITABLE' });
  await mkdir(join(path, 'chat'), { recursive: true });
  await writeFile(join(path, 'chat', 'messages.jsonl'), 'theirs');
  await expect(folder.finish()).rejects.toMatchObject({ code: 'EXPORT_UNWRITABLE' });
  await folder.discard();
  expect(await readFile(join(path, 'chat', 'messages.jsonl'), 'utf8')).toBe('theirs');
});

test('an import is given plain files of its folder alone: no link, no device, nothing that is not there [DATA-7, SEC-9]', async () => {
  const home = temporaryFolder();
  await expect(assertExport(home)).rejects.toMatchObject({ code: 'EXPORT_UNREADABLE' });
  await writeFile(join(home, 'manifest.json'), 'x'.repeat(500_000));
  await assertExport(home);
  await symlink('/etc/passwd', join(home, 'link.jsonl'));
  await mkdir(join(home, 'folder.jsonl'));
  const wanted = ['manifest.json', 'link.jsonl', 'folder.jsonl', 'none.jsonl'];
  const fed: ImportFeed[] = [];
  const session = crypto.randomUUID();
  const stepAt = (at: number): ImportStep => {
    const next = wanted[at];
    return { session, phase: 'check', ...(next !== undefined && { next }), done: 0, total: 0 };
  };
  const request = async (_: string, data: ImportFeed): Promise<ImportStep> => {
    fed.push(data);
    const at = wanted.indexOf(data.file);
    return stepAt(data.last || data.absent ? at + 1 : at);
  };
  await feedFrom(home, stepAt(0), { request } as never, () => undefined);
  expect(fed.filter(({ absent }) => absent).map(({ file }) => file)).toEqual(wanted.slice(1));
  const whole = fed.filter(({ file }) => file === 'manifest.json');
  expect(whole.map(({ offset }) => offset)).toEqual([0, 196_608, 393_216, 500_000]);
  expect(Buffer.concat(whole.map(({ data }) => Buffer.from(data, 'base64'))).toString()).toBe('x'.repeat(500_000));
});
