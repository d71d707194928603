import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AicoError } from '@aico/schemas';
import { expect, onTestFinished, test } from 'vitest';
import type { CommandBus } from '../../src/cli/bus-session.ts';
import { lendingFolder } from '../../src/cli/commands/backup-source.ts';

const PACK = 'packs/0123456789abcdef01234567.pack';
const LINK = 'packs/ffffffffffffffffffffffff.pack';

type Handler = (request: { readonly data: unknown }) => Promise<unknown>;

test('the command hands out the backups of the folder that was named to it, and nothing else of the disk [DATA-6, SEC-4]', async () => {
  const outside = await mkdtemp(join(tmpdir(), 'aico-source-'));
  onTestFinished(() => rm(outside, { recursive: true, force: true }));
  const folder = join(outside, 'backups of then');
  await mkdir(join(folder, 'packs'), { recursive: true });
  await writeFile(join(folder, PACK), 'sealed');
  await writeFile(join(outside, 'diary.txt'), 'secret');
  await symlink(join(outside, 'diary.txt'), join(folder, LINK));
  await writeFile(join(folder, 'packs', 'diary.txt'), 'secret');
  const served = new Map<string, Handler>();
  const bus = { serve: async (topic: string, handler: Handler) => served.set(topic, handler) };

  await lendingFolder(bus as unknown as CommandBus, folder, async ({ from }) => {
    expect(from).toBe(folder);
    const list = async (data: object) => served.get('backup.source.list.v1')?.({ data: { folder, ...data } });
    const read = async (data: object) =>
      served.get('backup.source.read.v1')?.({ data: { folder, offset: 0, bytes: 4, ...data } });
    const nothing = { there: false, size: 0, data: '' };
    expect(await list({ of: 'packs' })).toEqual({
      there: true,
      names: [PACK, LINK].map((name) => name.slice(6)),
      more: false,
    });
    expect(await list({ of: 'packs', after: PACK.slice(6) })).toMatchObject({ names: [LINK.slice(6)] });
    expect(await list({ of: 'keys' })).toEqual({ there: false, names: [], more: false });
    expect(await read({ file: PACK })).toEqual({ there: true, size: 6, data: Buffer.from('seal').toString('base64') });
    expect(await read({ file: PACK, offset: 9 })).toEqual({ there: true, size: 6, data: '' });
    expect(await read({ file: 'aico-backups.json' })).toEqual(nothing);
    for (const file of [LINK, 'packs/diary.txt', '../diary.txt', 'packs/../../diary.txt', 'packs'])
      await expect(read({ file })).rejects.toMatchObject({ code: 'BACKUP_UNREADABLE' });
    await expect(read({ folder: outside, file: PACK })).rejects.toMatchObject({ code: 'BACKUP_FOLDER_GONE' });
    await expect(list({ folder: outside, of: 'packs' })).rejects.toMatchObject({ code: 'BACKUP_FOLDER_GONE' });
  });
});

test('a second command with another folder is told to wait for the first [DATA-6]', async () => {
  const serve = () => Promise.reject(new AicoError('KERNEL_SERVER_EXISTS', { subject: 'backup.source.list.v1' }));
  const lent = lendingFolder({ serve } as unknown as CommandBus, '/mnt/disk', async () => undefined);
  await expect(lent).rejects.toMatchObject({ code: 'BACKUP_BUSY' });
});
