import type { AuditRecord } from '@aico/sdk';
import { expect, test } from 'vitest';
import { foldKeyUses } from '../../ui/src/audit/fold-key-uses.ts';

function recordsOf(...kinds: readonly string[]): AuditRecord[] {
  return kinds.map((kind, at) => ({
    number: kinds.length - at,
    time: '2026-11-28T12:00:00.000Z',
    source: 'vault',
    kind: kind.replace('!', ''),
    ...(kind.endsWith('!') && { details: { failed: 'VAULT_LOCKED' } }),
    previous: '',
    hash: '',
  }));
}

test('keys that were used one after another, as at each start, are one row of the audit; what failed and what is something else is not [UI-1, SEC-9]', () => {
  const records = recordsOf(
    ...['key.lent', 'key.derived', 'plugin.enabled', 'key.derived', 'secret.read', 'key.lent', 'key.derived!'],
    ...['vault.unlocked', 'vault.locked'],
  );
  const folded = foldKeyUses(records);
  expect(folded.map((run) => run.map(({ number }) => number))).toEqual([[9], [8], [7], [6, 5, 4], [3], [2], [1]]);
  expect(folded.flat()).toEqual(records);
});
