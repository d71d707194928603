import { join } from 'node:path';
import {
  AicoError,
  type BackupProgress,
  isAicoError,
  type PluginContext,
  type Request,
  type StreamWriter,
} from '@aico/sdk';
import { Backups, type Call } from './backups.ts';
import { checkFolder } from './check-folder.ts';
import type { PackedDatabases } from './copy-files.ts';
import type { StillMoment } from './create-backup.ts';
import { removeLeftovers } from './leftovers.ts';
import { LentFiles } from './lent-files.ts';
import { PluginState } from './plugin-state.ts';
import { Schedule } from './schedule.ts';
import { serveConversations } from './serve-conversations.ts';

const LOOK_AFTER_MS = 5 * 60_000;
const LOOK_EVERY_MS = 60_000;
const TELL_EVERY_MS = 100;
/** Databases that are busy finish what they do first. */
const BEGIN_TIMEOUT_MS = 60_000;
/** A password takes its work. */
const UNLOCK_TIMEOUT_MS = 30_000;
const CHECK_TIMEOUT_MS = 15 * 60_000;

/** Answers the topics of backups. Resolves when others can ask. */
export async function serveBackup(ctx: PluginContext, folder: string): Promise<void> {
  const { bus, log, config } = ctx;
  // As `$home` means it: a plugin's folder is data/<id> there.
  const home = join(folder, '..', '..');
  const own = join(home, 'backups');
  await removeLeftovers(home).catch((error: unknown) => {
    log.warn('A copy that was left behind when this plugin ended cannot be removed.', { err: error });
  });
  const target = (): string => config.get<string>('folder') || own;
  const vault = await watchVault(ctx);
  const backups = new Backups({
    home,
    folder: target,
    lent: (other) => new LentFiles(bus, other),
    keysApart: () => config.get<boolean>('keysApart'),
    state: await PluginState.open(folder),
    version: ctx.version,
    now: () => new Date(),
    begin: () => beginSnapshot(ctx),
    key: async () => (await bus.request('vault.key.derive.v1', { purpose: 'backup' })).key,
    recover: async (text, password) =>
      (await bus.request('vault.key.recover.v1', { vault: text, password, purpose: 'backup' })).key,
    unlockCopy: async (copy) => {
      await bus.request('storage.copy.unlock.v1', copy, { timeoutMs: UNLOCK_TIMEOUT_MS });
      return async () => void (await bus.request('storage.copy.lock.v1', { folder: copy.folder }));
    },
    check: async (copy, plugin) => {
      await bus.request('storage.database.check.v1', { folder: copy, plugin }, { timeoutMs: CHECK_TIMEOUT_MS });
    },
    checkBlobs: async (copy, plugin) => {
      await bus.request('blob.check.v1', { folder: copy, plugin }, { timeoutMs: CHECK_TIMEOUT_MS });
    },
  });
  const backupsIn = (from: string | undefined) => (from === undefined ? backups : backups.in(from));
  const schedule = new Schedule({
    backups,
    isWanted: () => config.get<boolean>('daily'),
    isOpen: () => vault.isOpen,
    now: Date.now,
    signal: () => vault.signal,
    onFailure: ({ code, message, fix }) => log.warn(message, { code, fix }),
  });
  const look = async (): Promise<void> => {
    await schedule.look();
    ctx.setTimer(LOOK_EVERY_MS, look);
  };
  ctx.setTimer(LOOK_AFTER_MS, look);

  await bus.serve('backup.status.get.v1', () => {
    const { nextAt, failed } = schedule;
    return {
      folder: target(),
      ownDisk: target() === own,
      daily: config.get<boolean>('daily'),
      ...(backups.running !== undefined && { running: backups.running }),
      ...(nextAt !== undefined && { nextAt: new Date(nextAt).toISOString() }),
      ...(failed !== undefined && { failed }),
    };
  });
  await bus.serve('backup.list.v1', async ({ data: { from } }) => {
    const found = await backupsIn(from).list();
    const unreadable = found.unreadable.map(({ file, error: { code, message, fix } }) => ({
      file,
      code,
      message,
      fix,
    }));
    return { backups: [...found.backups], ...(found.ahead > 0 && { ahead: found.ahead }), unreadable };
  });
  await bus.serve('backup.prune.v1', async () => {
    const pruned = await backups.prune();
    schedule.pruned();
    return pruned;
  });
  await bus.serve('backup.folder.check.v1', async () => {
    await checkFolder(target());
    return {};
  });
  await bus.serveStream('backup.create.v1', (request, stream) =>
    orderly(async () => {
      const info = await backups.create(callOf(request, stream, vault.signal));
      schedule.made(info.createdAt);
      await bus.request('kernel.trail.note.v1', { kind: 'backup.created', details: { id: info.id } });
      log.info('A backup was made.', { id: info.id, bytes: info.bytes, newBytes: info.newBytes });
      return info;
    }),
  );
  await bus.serveStream('backup.shred.v1', (request, stream) =>
    orderly(async () => {
      const shredded = await backups.shred(callOf(request, stream, vault.signal));
      const details = { id: shredded.made, removed: String(shredded.removed.length) };
      await bus.request('kernel.trail.note.v1', { kind: 'backup.shredded', by: request.sender, details });
      return shredded;
    }),
  );
  await bus.serve('backup.key.get.v1', async ({ sender }) => {
    const { name, key } = await backups.exportKey();
    await bus.request('kernel.trail.note.v1', { kind: 'backup.key', by: sender, details: { name } });
    return { name, key: key.toString('base64') };
  });
  await bus.serveStream('backup.verify.v1', (request, stream) =>
    orderly(() => backups.verify(request.data.id, callOf(request, stream, vault.signal))),
  );
  await bus.serveStream('backup.restore.v1', (request, stream) =>
    orderly(async () => {
      const restored = await backups.restore(request.data, callOf(request, stream));
      const details = { id: request.data.id };
      await bus.request('kernel.trail.note.v1', { kind: 'backup.restored', by: request.sender, details });
      return restored;
    }),
  );
  await serveConversations(
    ctx,
    backupsIn,
    (request, stream) => callOf(request, stream, vault.signal),
    (work) => orderly(work),
  );
}

/** Whether the vault is open, and a signal that aborts when it is locked. */
async function watchVault(ctx: PluginContext): Promise<{ readonly isOpen: boolean; readonly signal: AbortSignal }> {
  let lock = new AbortController();
  let isOpen = false;
  await ctx.bus.subscribe('vault.state.changed.v1', ({ data }) => {
    isOpen = data.state === 'unlocked';
    if (isOpen) return;
    lock.abort(interrupted('the vault was locked'));
    lock = new AbortController();
  });
  // It may have been unlocked before anybody here listened.
  const { key } = await ctx.bus.request('vault.key.derive.v1', { purpose: 'backup' }).catch(() => ({ key: undefined }));
  isOpen ||= key !== undefined;
  return {
    get isOpen() {
      return isOpen;
    },
    get signal() {
      return AbortSignal.any([lock.signal, ctx.signal]);
    },
  };
}

async function beginSnapshot({ bus }: PluginContext): Promise<StillMoment> {
  const begun = await bus.request('storage.snapshot.begin.v1', {}, { timeoutMs: BEGIN_TIMEOUT_MS });
  const { snapshot, plugins, leftOut } = begun;
  const packed: PackedDatabases = {
    marks: async (plugin, from, count) => {
      const { held, bytes, marks } = await bus.request('storage.snapshot.mark.v1', { snapshot, plugin, from, count });
      return held ? { bytes, marks: Buffer.from(marks, 'base64') } : undefined;
    },
    pieces: async (plugin, from, count) => {
      const wanted = { snapshot, plugin, from, count };
      const { held, pieces } = await bus.request('storage.snapshot.read.v1', wanted, { timeoutMs: BEGIN_TIMEOUT_MS });
      return held ? pieces.map((piece) => Buffer.from(piece, 'base64')) : undefined;
    },
  };
  return {
    plugins,
    leftOut,
    packed,
    resume: async () => (await bus.request('storage.snapshot.resume.v1', { snapshot })).held,
    end: async () => (await bus.request('storage.snapshot.end.v1', { snapshot })).held,
  };
}

/** Progress is told now and then; a listener that went away ends the work. */
function callOf(request: Request<unknown>, stream: StreamWriter<BackupProgress>, ...more: AbortSignal[]): Call {
  let toldAt = 0;
  let phase = '';
  return {
    signal: AbortSignal.any([request.signal, ...more]),
    progress: async (progress) => {
      const now = performance.now();
      if (progress.phase === phase && progress.done < progress.total && now - toldAt < TELL_EVERY_MS) return;
      [toldAt, phase] = [now, progress.phase];
      await stream.write(progress);
    },
  };
}

/** What ends work from outside is told as what it is. */
async function orderly<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (isAicoError(error)) throw error;
    const problem = error instanceof Error && error.name === 'AbortError' ? 'it was stopped' : String(error);
    throw interrupted(problem, error);
  }
}

function interrupted(problem: string, cause?: unknown): AicoError {
  return new AicoError('BACKUP_INTERRUPTED', { subject: 'backup', details: { problem }, cause });
}
