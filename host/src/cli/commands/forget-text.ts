import type { ForgetPlan, ForgetReceipt } from '@aico/schemas';
import { printable } from '../../printable.ts';
import { table } from '../table.ts';

const MOST_SHOWN = 40;
const MOST_CHARACTERS = 70;

/** What would go, for people. */
export function planText({ items, more, backups, absent }: ForgetPlan, keepBackups: boolean): string {
  if (items.length === 0) return 'Nothing of it is kept.\n';
  const rows = items
    .slice(0, MOST_SHOWN)
    .map(({ plugin, kind, when, text }) => [
      when.slice(0, 16).replace('T', ' '),
      printable(`${plugin}: ${kind}`),
      printable(text.replace(/\s+/g, ' ').slice(0, MOST_CHARACTERS)),
    ]);
  const parts = [table([['WHEN (UTC)', 'WHAT', 'TEXT'], ...rows])];
  if (items.length > MOST_SHOWN) parts.push(`… and ${items.length - MOST_SHOWN} more; --json tells all.\n`);
  if (more) parts.push('There is still more: repeat this afterwards.\n');
  if (absent.length > 0) parts.push(`These keep such things and do not run: ${absent.join(', ')}.\n`);
  parts.push(backupsText(backups.length, keepBackups));
  return parts.join('\n');
}

/** What went, for people. */
export function receiptText({ id, at, removed, failed, backups }: ForgetReceipt): string {
  const lines = [`Forgotten. Receipt ${id}, ${at}:`];
  for (const each of removed) lines.push(`  ${each.plugin}: ${each.removed} × ${each.kind}`);
  if (removed.length === 0) lines.push('  nothing was there any more');
  if (backups !== undefined)
    lines.push(`  backup: ${backups.made} was made and tested; ${backups.removed} before it open no more`);
  for (const { plugin, code } of failed) lines.push(`  not done yet: ${plugin} (${code}); it is tried again`);
  return lines.join('\n');
}

function backupsText(count: number, keepBackups: boolean): string {
  if (count === 0) return 'There are no backups that could hold it.\n';
  if (keepBackups) return `The ${count} backups stay as they are: it stays in them.\n`;
  const copies = 'A copy that you made of the folder with its key files still opens with your password: destroy it.';
  return `A new backup is made and tested; then the keys of all ${count} backups before are destroyed. ${copies}\n`;
}
