import { constants } from 'node:fs';
import { type FileHandle, open, readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import {
  AicoError,
  isAicoError,
  type SourceList,
  type SourceNames,
  type SourcePiece,
  type SourceRead,
} from '@aico/schemas';
import { problemOf } from '../../problem.ts';
import type { CommandBus } from '../bus-session.ts';

/** What a request names, when it is about another folder than the one in use. */
export interface LentFolder {
  readonly from?: string;
}

/** Names that an answer may carry. */
const NAMES_AT_ONCE = 5_000;
const MOST_NAME_CHARACTERS = 100;
const MOST_BYTES = 512 * 1024;
/** What a folder of backups is made of, and no path that leads out of it. */
const FILE =
  /^(aico-backups\.json|backups\/[0-9A-Za-z-]{1,60}\.aico-backup|packs\/[0-9a-f]{24}\.pack|keys\/[0-9A-Za-z-]{1,60}\.key)$/;
const NOWHERE: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR']);

/**
 * Works with the backups of another folder. The plugin of backups sees the folder in use alone, so this process, which its user
 * started, hands out what is in the other one, while it works and no longer; no setting changes.
 * @throws AicoError BACKUP_BUSY while another command does
 */
export async function lendingFolder<Result>(
  bus: CommandBus,
  path: string | undefined,
  work: (folder: LentFolder) => Promise<Result>,
): Promise<Result> {
  if (path === undefined) return work({});
  const folder = resolve(path);
  // The bus ends both with the connection.
  await bus.serve('backup.source.list.v1', ({ data }) => listOf(folder, data)).catch(busy);
  await bus.serve('backup.source.read.v1', ({ data }) => readOf(folder, data)).catch(busy);
  return work({ from: folder });
}

async function listOf(lent: string, { folder, of, after = '' }: SourceList): Promise<SourceNames> {
  assertLent(lent, folder);
  const none = { there: false, names: [], more: false };
  const found = await onDisk(join(lent, of), () => readdir(join(lent, of)));
  if (found === undefined) return none;
  const names = found.filter((name) => FILE.test(`${of}/${name}`) && name.length <= MOST_NAME_CHARACTERS);
  const behind = names.filter((name) => name > after).sort();
  return { there: true, names: behind.slice(0, NAMES_AT_ONCE), more: behind.length > NAMES_AT_ONCE };
}

async function readOf(lent: string, { folder, file, offset, bytes }: SourceRead): Promise<SourcePiece> {
  assertLent(lent, folder);
  const path = join(lent, file);
  if (!FILE.test(file)) throw unreadable(path, 'it is no file of backups');
  const handle = await onDisk(path, () => openPlain(path));
  if (handle === undefined) return { there: false, size: 0, data: '' };
  try {
    const { size } = await handle.stat();
    const buffer = Buffer.alloc(Math.min(bytes, MOST_BYTES, Math.max(0, size - offset)));
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, offset);
    return { there: true, size, data: buffer.toString('base64', 0, bytesRead) };
  } finally {
    await handle.close();
  }
}

/** A file, and no link to one elsewhere, no device. */
async function openPlain(path: string): Promise<FileHandle> {
  const handle = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
  if ((await handle.stat()).isFile()) return handle;
  await handle.close();
  throw unreadable(path, 'it is no plain file');
}

/** What the disk answers; undefined where there is nothing. @throws AicoError BACKUP_UNREADABLE */
async function onDisk<Value>(path: string, work: () => Promise<Value>): Promise<Value | undefined> {
  try {
    return await work();
  } catch (error) {
    if (isAicoError(error)) throw error;
    const { code = String(error) } = error as NodeJS.ErrnoException;
    if (NOWHERE.has(code)) return undefined;
    throw unreadable(path, problemOf(error), error);
  }
}

/** Who runs a second command with another folder gets nothing of this one. */
function assertLent(lent: string, asked: string): void {
  if (lent !== asked)
    throw new AicoError('BACKUP_FOLDER_GONE', { subject: asked, details: { problem: 'it is not handed out' } });
}

function busy(cause: unknown): never {
  if (!isAicoError(cause, 'KERNEL_SERVER_EXISTS')) throw cause;
  throw new AicoError('BACKUP_BUSY', { subject: 'backup', details: { doing: 'restore' }, cause });
}

function unreadable(path: string, problem: string, cause?: unknown): AicoError {
  return new AicoError('BACKUP_UNREADABLE', { subject: path, details: { problem }, cause });
}
