import type { ForgetPlan, ForgetReceipt } from '@aico/schemas';
import { expect, test } from 'vitest';
import { planText, previewText, receiptText } from '../../src/cli/commands/forget-text.ts';

const NOTHING: ForgetPlan = { items: [], more: false, backups: [], absent: [] };
const RECEIPT: ForgetReceipt = {
  ...{ id: '0190a0aa-0000-4000-8000-000000000001', at: '2026-11-26T12:00:00.000Z', scope: 'person', by: 'cli' },
  ...{ removed: [], failed: [] },
};

test('nothing is said to be kept only where everybody was asked [DATA-7]', () => {
  expect(planText(NOTHING, false)).toBe('Nothing of it is kept.\n');
  expect(planText({ ...NOTHING, absent: ['diary'] }, false)).toBe(
    'Nothing of it is found.\nThese keep such things and do not run: diary. What they keep of it goes once they run.\n',
  );
  expect(planText({ ...NOTHING, untold: ['scribe'] }, false)).toBe(
    'Nothing of it is found.\nkeep things of their own and take no part in forgetting: scribe\n',
  );
});

test('where nothing is kept but there are backups, it is said that nobody looked there [DATA-7]', () => {
  const told = 'Nothing of it is kept.\nBackups are not looked through: those from before it went may hold it.\n';
  const backups = [{ id: '20261126T120000Z-0a1b2c3d', createdAt: RECEIPT.at }];
  expect(planText({ ...NOTHING, backups }, false)).toBe(told);
  expect(planText({ ...NOTHING, backupsUnlisted: true }, false)).toBe(told);
});

test('who may keep something, cannot say so and does not run is named, found or not [DATA-7]', () => {
  const cache = 'These may keep something of it, cannot say so, and do not run: rocksdb.';
  expect(planText({ ...NOTHING, unseen: ['rocksdb'] }, false)).toBe(
    `Nothing of it is found.\n${cache} To be sure, switch them on and forget once more: aico plugin enable rocksdb\n`,
  );
  const item = { plugin: 'chat', kind: 'message', id: RECEIPT.id, text: 'Ada', when: RECEIPT.at };
  expect(planText({ ...NOTHING, items: [item], unseen: ['rocksdb'] }, false)).toContain(
    `${cache} What they keep goes once they run.\n`,
  );
});

test('a receipt says what is waited for, and what can be done about it [DATA-7]', () => {
  expect(receiptText(RECEIPT)).toMatch(/^Forgotten\. Receipt .*:\n {2}nothing was there any more$/);
  const failed = [
    { plugin: 'diary', code: 'PRIVACY_HOLDER_ABSENT' },
    { plugin: 'backup', code: 'PRIVACY_BACKUP_WAITS' },
  ];
  expect(
    receiptText({ ...RECEIPT, failed })
      .split('\n')
      .slice(1),
  ).toEqual([
    '  nothing',
    '  not done yet: diary (PRIVACY_HOLDER_ABSENT); it does not run: aico plugin enable diary, or uninstall it; it is tried again every quarter of an hour',
    '  not done yet: backup (PRIVACY_BACKUP_WAITS); earlier backups open until everything else is done; it is tried again every quarter of an hour',
  ]);
});

test('a preview tells backups that cannot be listed from none [DATA-7]', () => {
  const before = '2026-10-27T12:00:00.000Z';
  const preview = {
    kinds: [{ kind: 'memories' as const, before, count: 1, conversations: 1, more: false }],
    items: [],
  };
  const lastOf = (text: string) => text.trimEnd().split('\n').slice(1);
  expect(lastOf(previewText({ ...preview, backups: 0 }))).toEqual([]);
  expect(lastOf(previewText({ ...preview, backups: 0, backupsUnlisted: true }))).toEqual([
    'Backups cannot be listed now: those that hold it are made unreadable in 30 days, once they can be.',
  ]);
});
