import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { AicoError, type BackupProgress, isAicoError } from '@aico/schemas';
import { type CommandBus, withBus } from '../bus-session.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT } from '../exit-codes.ts';
import { writeNewFile } from '../new-file.ts';
import { askPassword, readPipedPassword } from '../read-password.ts';
import { type LentFolder, lendingFolder } from './backup-source.ts';
import { backupFolderText, backupListText, byteSize, keptConversationsText, restoredText } from './backup-text.ts';
import { ProgressLine } from './progress-line.ts';

/** How a backup is found and opened that is not of the vault or the folder in use. */
interface OpenOptions {
  readonly from?: string;
  readonly password?: boolean;
  readonly passwordStdin?: boolean;
  readonly key?: string;
}

export interface RestoreOptions extends OpenOptions {
  readonly conversation?: string;
}

export interface ConversationsOptions extends OpenOptions {
  readonly before?: string;
}

/** Without a sign of life for so long, work on backups counts as hung: a disk may be slow. */
const SILENCE_MS = 5 * 60_000;
/** A key file is some 70 bytes long. */
const MOST_KEY_BYTES = 256;
const PRUNE_TIMEOUT_MS = 30 * 60_000;

/** `aico backup create`: backs everything up now. What could not be is a failure, for whoever runs it by a timer. */
export async function runBackupCreate(context: CommandContext): Promise<number> {
  const info = await withBus(context.folders, (bus) =>
    follow(context, bus.stream('backup.create.v1', {}, { timeoutMs: SILENCE_MS })),
  );
  const left = info.leftOut === 0 ? '' : ` Damaged databases that are not in it: ${info.leftOut}; see aico doctor.`;
  context.answer(
    info,
    `Backed up as ${info.id}: ${info.files} files, ${info.databases} databases, ${byteSize(info.bytes)}; ${byteSize(info.newBytes)} of that were new.${left}`,
  );
  return info.leftOut === 0 ? EXIT.done : EXIT.failed;
}

/** `aico backup list`: what there is, and where. */
export async function runBackupList(context: CommandContext): Promise<number> {
  const answer = await withBus(context.folders, async (bus) => ({
    status: await bus.request('backup.status.get.v1', {}),
    ...(await bus.request('backup.list.v1', {})),
  }));
  context.answer(answer, backupListText(answer));
  return answer.unreadable.length === 0 ? EXIT.done : EXIT.failed;
}

/** `aico backup verify [id]`: really restores one, the newest unless it is named, and opens every database in it. */
export async function runBackupVerify(context: CommandContext, id: string): Promise<number> {
  const verified = await withBus(context.folders, async (bus) => {
    const wanted = await idOf(bus, id);
    return follow(context, bus.stream('backup.verify.v1', { id: wanted }, { timeoutMs: SILENCE_MS }));
  });
  const { files, bytes, databases } = verified;
  context.answer(
    verified,
    `${verified.id} is whole: ${files} files (${byteSize(bytes)}) were restored to a scratch folder, and all ${databases} databases opened.`,
  );
  return EXIT.done;
}

/** `aico backup conversations [id]`: which conversations one holds, the newest backup unless it is named. */
export async function runBackupConversations(
  context: CommandContext,
  options: ConversationsOptions,
  id: string,
): Promise<number> {
  const { before } = options;
  const page = await withBus(context.folders, (bus) =>
    lendingFolder(bus, options.from, async (from) => {
      const wanted = await idOf(bus, id, from);
      const listed = await opened(context, options, (opener) => {
        const asked = { id: wanted, ...opener, ...from, ...(before !== undefined && { before }) };
        return follow(context, bus.stream('backup.conversation.list.v1', asked, { timeoutMs: SILENCE_MS }));
      });
      return { id: wanted, ...listed };
    }),
  );
  context.answer(page, keptConversationsText(page));
  return EXIT.done;
}

/** `aico backup restore [id] --conversation <id>`: brings one conversation back at once, and touches nothing else. */
async function restoreConversation(
  context: CommandContext,
  options: RestoreOptions,
  conversation: string,
  id: string,
): Promise<number> {
  const restored = await withBus(context.folders, (bus) =>
    lendingFolder(bus, options.from, async (from) => {
      const wanted = await idOf(bus, id, from);
      return opened(context, options, (opener) => {
        const asked = { id: wanted, conversation, ...opener, ...from };
        return follow(context, bus.stream('backup.conversation.restore.v1', asked, { timeoutMs: SILENCE_MS }));
      });
    }),
  );
  const { title, messages } = restored.conversation;
  const { added, files = 0 } = restored;
  const withFiles = files === 0 ? '' : ` Its files are there, too: ${files}.`;
  context.answer(restored, `“${title}” is there with ${messages} messages; ${added} of them were missing.${withFiles}`);
  return EXIT.done;
}

/** `aico backup restore [id]`: lays one ready, to take the place of everything at the next start. */
export async function runBackupRestore(context: CommandContext, options: RestoreOptions, id: string): Promise<number> {
  if (options.conversation !== undefined) return restoreConversation(context, options, options.conversation, id);
  const restored = await withBus(context.folders, (bus) =>
    goingOnWith(bus, options.from, async () => {
      const wanted = await idOf(bus, id);
      return opened(context, options, (opener) =>
        follow(context, bus.stream('backup.restore.v1', { id: wanted, ...opener }, { timeoutMs: SILENCE_MS })),
      );
    }),
  );
  context.answer(restored, restoredText(restored, context.folders.home));
  return EXIT.done;
}

/** Works with the key file and the password that were given, or asked for once the vault here does not open it. */
async function opened<Result>(
  context: CommandContext,
  options: OpenOptions,
  work: (opener: { readonly password?: string; readonly key?: string }) => Promise<Result>,
): Promise<Result> {
  const key = options.key === undefined ? undefined : await readKey(options.key);
  const run = (password?: string) =>
    work({ ...(password !== undefined && { password }), ...(key !== undefined && { key }) });
  if (options.password === true || options.passwordStdin === true) return run(await passwordOf(context, options));
  try {
    return await run();
  } catch (error) {
    // On another machine the vault is another one, or there is none yet.
    if (!isAicoError(error, 'BACKUP_KEY_WRONG') || context.powers.stdin.isTTY !== true) throw error;
    return run(await passwordOf(context, options));
  }
}

/** `aico backup key <file>`: the key file of the backups of now; by itself it opens nothing. */
export async function runBackupKey(context: CommandContext, path: string): Promise<number> {
  const { name, key } = await withBus(context.folders, (bus) => bus.request('backup.key.get.v1', {}));
  const file = resolve(path);
  writeNewFile(file, Buffer.from(key, 'base64'));
  context.answer(
    { name, file },
    `The key ${name} is in ${file}. Keep it apart from the backups; forgetting something makes a new one.`,
  );
  return EXIT.done;
}

/** `aico backup prune`: removes what is too old to be kept. */
export async function runBackupPrune(context: CommandContext): Promise<number> {
  const pruned = await withBus(context.folders, (bus) =>
    bus.request('backup.prune.v1', {}, { timeoutMs: PRUNE_TIMEOUT_MS }),
  );
  const { removed, kept, freedBytes } = pruned;
  context.answer(pruned, `Removed ${removed.length}, kept ${kept}, freed ${byteSize(freedBytes)}.`);
  return EXIT.done;
}

/** `aico backup folder <path>`: where backups go from now on. */
export async function runBackupFolder(context: CommandContext, path: string): Promise<number> {
  const [status, before] = await withBus(context.folders, async (bus) => {
    // That the folder before cannot be looked into, as its disk is gone, must not keep anybody from another.
    const left = (await bus.request('backup.list.v1', {}).catch(() => undefined))?.backups.length ?? 0;
    const { folder } = await bus.request('backup.status.get.v1', {});
    await goingOnWith(bus, path, () => bus.request('backup.folder.check.v1', {}));
    return [await bus.request('backup.status.get.v1', {}), { folder, left }] as const;
  });
  context.answer(status, backupFolderText(status.folder, before));
  return EXIT.done;
}

/** Has backups go to another folder from now on, unless the work with it fails: a slip of the pen must not end the daily ones. */
async function goingOnWith<Result>(
  bus: CommandBus,
  path: string | undefined,
  work: () => Promise<Result>,
): Promise<Result> {
  if (path === undefined) return work();
  const { folder, ownDisk } = await bus.request('backup.status.get.v1', {});
  await setFolder(bus, resolve(path));
  try {
    return await work();
  } catch (error) {
    await setFolder(bus, ownDisk ? '' : folder).catch(() => undefined);
    throw error;
  }
}

/** @param folder a whole path; none means beside the data */
async function setFolder(bus: CommandBus, folder: string): Promise<void> {
  await bus.request('kernel.config.set.v1', { id: 'backup', values: { folder } });
}

/** The newest, unless one is named; another AICO's only where there is none of this one. */
async function idOf(bus: CommandBus, id: string, folder: LentFolder = {}): Promise<string> {
  if (id !== '') return id;
  const { backups, unreadable } = await bus.request('backup.list.v1', folder);
  const newest = backups.find(({ elsewhere }) => elsewhere !== true) ?? backups[0];
  if (newest !== undefined) return newest.id;
  const [broken] = unreadable;
  if (broken === undefined) throw new AicoError('BACKUP_UNKNOWN', { subject: 'at all' });
  return broken.file.replace('.aico-backup', '');
}

async function readKey(path: string): Promise<string> {
  try {
    const bytes = await readFile(path);
    return bytes.subarray(0, MOST_KEY_BYTES).toString('base64');
  } catch (cause) {
    throw new AicoError('BACKUP_UNREADABLE', { subject: path, details: { problem: codeOf(cause) }, cause });
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error);
}

function passwordOf({ powers }: CommandContext, { passwordStdin }: OpenOptions): Promise<string> {
  return passwordStdin === true
    ? readPipedPassword(powers)
    : askPassword(powers, 'Master password or recovery code of that time: ', 'aico backup restore');
}

async function follow<Reply>(
  context: CommandContext,
  stream: AsyncIterable<BackupProgress> & { readonly result: Promise<Reply> },
): Promise<Reply> {
  const line = new ProgressLine(context);
  try {
    for await (const progress of stream) line.show(progress);
    return await stream.result;
  } finally {
    line.close();
  }
}
