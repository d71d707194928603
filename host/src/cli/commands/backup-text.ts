import type { BackupList, BackupRestored, BackupStatus, KeptConversations } from '@aico/schemas';
import { printable } from '../../printable.ts';
import { table } from '../table.ts';

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];

/** Bytes as people say them. */
export function byteSize(bytes: number): string {
  const step = bytes < 1000 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), UNITS.length - 1);
  const value = bytes / 1000 ** step;
  return `${value >= 100 || step === 0 ? Math.round(value) : value.toFixed(1)} ${UNITS[step]}`;
}

/** Where backups go from now on. @param before where they went until now, and how many are left there */
export function backupFolderText(folder: string, before: { readonly folder: string; readonly left: number }): string {
  const goes = `Backups go to ${printable(folder)}.`;
  if (before.left === 0 || before.folder === folder) return goes;
  const stay = before.left === 1 ? '1 backup stays' : `${before.left} backups stay`;
  return `${goes}\n${stay} in ${printable(before.folder)}: what you forget is not made unreadable there, so remove that folder yourself in time.`;
}

/** Where backups go, then each of them. */
export function backupListText({
  status,
  backups,
  ahead = 0,
  unreadable,
}: BackupList & { readonly status: BackupStatus }): string {
  const parts = [
    `Backups go to ${printable(status.folder)}${status.daily ? ', every day while the vault is open' : ''}.\n`,
  ];
  if (status.ownDisk)
    parts.push('That is beside the data, and lost with it: aico backup folder <path> chooses another disk.\n');
  const { failed } = status;
  if (failed !== undefined)
    parts.push(`The last try failed at ${shortTime(failed.at)}: ${failed.message} ${failed.fix}\n`);
  const rows = backups.map((each, index) => [
    each.id,
    shortTime(each.createdAt),
    byteSize(each.bytes),
    byteSize(each.newBytes),
    String(each.databases),
    [
      ...(each.elsewhere === true ? ['made by another AICO'] : []),
      ...(each.leftOut === 0 ? [] : [`${each.leftOut} damaged left out`]),
      ...(index < backups.length - ahead ? [] : ['dated ahead of now: the clock was wrong then']),
    ].join('; '),
  ]);
  if (rows.length === 0) parts.push('There are none yet: aico backup create makes one.\n');
  else parts.push(table([['BACKUP', 'MADE (UTC)', 'HOLDS', 'ADDED', 'DATABASES', ''], ...rows]));
  for (const { file, message, fix } of unreadable) parts.push(`${printable(file)}: ${message} ${fix}\n`);
  return parts.join('\n');
}

export function restoredText({ id, files, bytes }: BackupRestored, home: string): string {
  return [
    `${id} lies ready: ${files} files, ${byteSize(bytes)}.`,
    'It takes the place of everything when AICO starts the next time: aico stop, then aico start.',
    `What is there now is kept in ${printable(home)}, in a folder named replaced-….`,
  ].join('\n');
}

function shortTime(time: string): string {
  return time.slice(0, 16).replace('T', ' ');
}

/** The conversations of a backup, and what became of each. */
export function keptConversationsText({
  id,
  conversations,
  next,
}: KeptConversations & { readonly id: string }): string {
  if (conversations.length === 0)
    return `The backup ${id} holds no conversations${next === undefined ? '' : ' so old'}.`;
  const rows = conversations.map(({ conversation, here }) => [
    conversation.id,
    shortTime(conversation.updatedAt),
    String(conversation.messages),
    here === undefined ? 'gone' : String(here),
    printable(conversation.title),
  ]);
  const more = next === undefined ? '' : `\nThere are older ones: --before ${next}`;
  const hint = `One comes back with: aico backup restore ${id} --conversation <conversation>`;
  return `${table([['CONVERSATION', 'CHANGED (UTC)', 'MESSAGES', 'NOW', 'TITLE'], ...rows])}${more}\n${hint}`;
}
