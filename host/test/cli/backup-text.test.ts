import { expect, test } from 'vitest';
import { backupFolderText, backupListText } from '../../src/cli/commands/backup-text.ts';

test('a backup whose date is still to come stands last, and the list says why [DATA-6]', () => {
  const backup = (day: string, leftOut: number) => ({
    ...{ id: `${day.replaceAll('-', '')}T000000Z-00000000`, createdAt: `${day}T00:00:00Z`, version: '0.1.0' },
    ...{ bytes: 2000, newBytes: 1000, files: 3, databases: 2, leftOut },
  });
  const text = backupListText({
    status: { folder: '/backups', ownDisk: false, daily: true },
    backups: [backup('2026-10-01', 1), backup('2031-01-01', 1)],
    ahead: 1,
    unreadable: [],
  });
  const lines = text.split('\n').filter((line) => line.includes('Z-'));
  expect(lines[0]).toMatch(/1 damaged left out\s*$/);
  expect(lines[1]).toMatch(/1 damaged left out; dated ahead of now: the clock was wrong then\s*$/);
});

test('who has backups go elsewhere is told of those that stay, which no forgetting reaches [DATA-6, DATA-7]', () => {
  const text = (folder: string, left: number) => backupFolderText('/disk', { folder, left });
  expect(text('/home/backups', 0)).toBe('Backups go to /disk.');
  expect(text('/disk', 2)).toBe('Backups go to /disk.');
  expect(text('/home/backups', 2)).toMatch(
    /^Backups go to \/disk\.\n2 backups stay in \/home\/backups: what you forget/,
  );
});
