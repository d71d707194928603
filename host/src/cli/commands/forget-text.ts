import type { ForgetPlan, ForgetReceipt, RetentionPreview, RetentionState } from '@aico/schemas';
import { printable } from '../../printable.ts';
import { table } from '../table.ts';

const MOST_SHOWN = 40;
const MOST_CHARACTERS = 70;
const BACKUPS_UNSEARCHED = 'Backups are not looked through: those from before it went may hold it.\n';

/** What would go, for people. */
export function planText(plan: ForgetPlan, keepBackups: boolean): string {
  const { items, more, absent, untold = [], unseen = [] } = plan;
  if (items.length === 0) {
    const isSure = absent.length === 0 && untold.length === 0 && unseen.length === 0;
    const others = `${absentText(absent)}${untoldText(untold)}${unseenText(unseen, 'nothing')}`;
    const older = plan.backups.length > 0 || plan.backupsUnlisted === true ? BACKUPS_UNSEARCHED : '';
    return `Nothing of it is ${isSure ? 'kept' : 'found'}.\n${others}${older}`;
  }
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
  if (absent.length > 0) parts.push(absentText(absent));
  if (untold.length > 0) parts.push(untoldText(untold));
  if (unseen.length > 0) parts.push(unseenText(unseen, 'something'));
  parts.push(backupsText(plan, keepBackups));
  return parts.join('\n');
}

/** What went, for people. */
export function receiptText({
  id,
  at,
  scope,
  removed,
  failed,
  backups,
  took,
  untold,
  heldUntil,
}: ForgetReceipt): string {
  const isDone = failed.length === 0;
  const lines = [`Forgotten${scope === 'age' ? ' for its age' : ''}${isDone ? '' : ' so far'}. Receipt ${id}, ${at}:`];
  for (const each of removed) lines.push(`  ${each.plugin}: ${each.removed} × ${each.kind}`);
  if (removed.length === 0) lines.push(isDone ? '  nothing was there any more' : '  nothing');
  if (backups !== undefined)
    lines.push(`  backup: ${backups.made} was made and tested; ${backups.removed} before it open no more`);
  else if (heldUntil !== undefined)
    lines.push(`  backup: those before still hold it, until ${heldUntil} at the latest`);
  if (took !== undefined) lines.push(`  took part: ${took.join(', ')}`);
  if (untold !== undefined) lines.push(`  ${untoldText(untold).trimEnd()}`);
  for (const { plugin, code } of failed) lines.push(`  not done yet: ${plugin} (${code}); ${openText(plugin, code)}`);
  return lines.join('\n');
}

/** How long things are kept, for people. */
export function retentionText({ policy, waits, heldUntil }: RetentionState): string {
  const lines = [`Conversations: ${daysText(policy.conversations)}`, `Memories: ${daysText(policy.memories)}`];
  if (waits !== undefined) {
    const { seen, since, steadyHours } = waits;
    lines.push(`The clock went from ${seen} to ${since} in one go: nothing goes for its age until that is set again,`);
    lines.push(`or until the clock was seen to go steadily for a week (so far ${steadyHours} hours).`);
  }
  if (heldUntil !== undefined) lines.push(`Backups still hold what went, until ${heldUntil} at the latest.`);
  return `${lines.join('\n')}\n`;
}

/** What would go at once, for people. */
export function previewText({ kinds, backups, backupsUnlisted }: RetentionPreview): string {
  const lines = kinds.map(({ kind, before, count, more }) => {
    const what = kind === 'conversations' ? 'messages' : 'memories';
    return `${more ? 'More than ' : ''}${count} ${what} from before ${before} would go at once.`;
  });
  if (kinds.length === 0) lines.push('Everything is kept for ever.');
  else if (backups > 0) lines.push('Backups hold it for 30 days more at most; then a new one takes their place.');
  else if (backupsUnlisted)
    lines.push('Backups cannot be listed now: those that hold it are made unreadable in 30 days, once they can be.');
  return `${lines.join('\n')}\n`;
}

function daysText(days: number): string {
  return days === 0 ? 'for ever' : `for ${days} days`;
}

function untoldText(untold: readonly string[]): string {
  if (untold.length === 0) return '';
  return `keep things of their own and take no part in forgetting: ${untold.join(', ')}\n`;
}

/** What it waits for, and what can be done. */
function openText(plugin: string, code: string): string {
  switch (code) {
    case 'PRIVACY_HOLDER_ABSENT':
      return `it does not run: aico plugin enable ${plugin}, or uninstall it; it is tried again every quarter of an hour`;
    case 'PRIVACY_BACKUP_WAITS':
      return 'earlier backups open until everything else is done; it is tried again every quarter of an hour';
    default:
      return 'it is tried again every quarter of an hour';
  }
}

/** Nobody can say what lies with a plugin that does not run. */
function absentText(absent: readonly string[]): string {
  if (absent.length === 0) return '';
  return `These keep such things and do not run: ${absent.join(', ')}. What they keep of it goes once they run.\n`;
}

/** They can only throw everything away, as the cache does: that happens once they run, if anything is forgotten. */
function unseenText(unseen: readonly string[], found: 'something' | 'nothing'): string {
  if (unseen.length === 0) return '';
  const next =
    found === 'something'
      ? 'What they keep goes once they run.'
      : `To be sure, switch them on and forget once more: aico plugin enable ${unseen[0]}`;
  return `These may keep something of it, cannot say so, and do not run: ${unseen.join(', ')}. ${next}\n`;
}

function backupsText({ backups: { length: count }, backupsUnlisted }: ForgetPlan, keepBackups: boolean): string {
  if (backupsUnlisted && !keepBackups && count === 0)
    return 'Backups cannot be listed now: they are made unreadable once they can be.\n';
  if (backupsUnlisted && count === 0) return 'Backups cannot be listed now: they stay as they are.\n';
  if (count === 0) return 'There are no backups that could hold it.\n';
  if (keepBackups) return `The ${count} backups stay as they are: it stays in them.\n`;
  const copies = 'A copy that you made of the folder with its key files still opens with your password: destroy it.';
  return `A new backup is made and tested; then the keys of all ${count} backups before are destroyed. ${copies}\n`;
}
