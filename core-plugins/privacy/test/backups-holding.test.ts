import type { BackupInfo } from '@aico/sdk';
import { createTestKernel } from '@aico/sdk-testing';
import { expect, test } from 'vitest';
import { backupsHolding } from '../src/backups-holding.ts';

const backup = (createdAt: string): BackupInfo => {
  const id = `${createdAt.replace(/[-:]/g, '')}-00000000`;
  return { id, createdAt, bytes: 1, newBytes: 1, files: 1, databases: 1, leftOut: 0, version: '0.1.0' };
};

test('a backup whose date is still to come may hold what was forgotten, as one that cannot be read may [DATA-7]', async () => {
  await using kernel = await createTestKernel();
  const served = await kernel.peer({ id: 'backup', permissions: [{ verb: 'serve', topic: 'backup.list.v1' }] });
  await served.bus.serve('backup.list.v1', () => ({
    backups: ['2026-10-03', '2026-10-01', '2031-01-01'].map((day) => backup(`${day}T00:00:00Z`)),
    ahead: 1,
    unreadable: [{ file: 'cut', code: 'BACKUP_DAMAGED', message: 'It is damaged.', fix: 'None.' }],
  }));
  const { bus } = await kernel.peer({ id: 'privacy', permissions: [{ verb: 'request', topic: 'backup.list.v1' }] });
  expect(await backupsHolding(bus, Date.UTC(2026, 9, 2))).toBe(3);
});
