import { constants } from 'node:fs';
import { type FileHandle, lstat, open } from 'node:fs/promises';
import { join } from 'node:path';
import { AicoError, type ImportFeed, type ImportStep } from '@aico/schemas';
import type { CommandBus } from './bus-session.ts';

const MANIFEST = 'manifest.json';
/** As many as a message on the bus may carry of a file. */
const PIECE_BYTES = 196_608;
/** A batch of records may go to a slow disk. */
const TIMEOUT_MS = 10 * 60_000;

/** @throws AicoError EXPORT_UNREADABLE */
export async function assertExport(folder: string): Promise<void> {
  const found = await lstat(join(folder, MANIFEST)).catch(() => undefined);
  if (found?.isFile() === true) return;
  throw new AicoError('EXPORT_UNREADABLE', { subject: folder, details: { problem: `there is no ${MANIFEST} in it` } });
}

/** Gives an import every file that it asks for, until it asks for none. */
export async function feedFrom(
  folder: string,
  begun: ImportStep,
  bus: Pick<CommandBus, 'request'>,
  onStep: (step: ImportStep) => void,
): Promise<ImportStep> {
  let step = begun;
  while (step.next !== undefined) {
    const { session, next: file } = step;
    const handle = await openPlain(join(folder, file));
    const feed = (piece: Omit<ImportFeed, 'session' | 'file'>): Promise<ImportStep> =>
      bus.request('export.import.feed.v1', { session, file, ...piece }, { timeoutMs: TIMEOUT_MS });
    try {
      if (handle === undefined) step = await feed({ offset: 0, data: '', absent: true });
      else step = await feedFile(handle, feed, onStep);
    } finally {
      await handle?.close();
    }
    onStep(step);
  }
  return step;
}

async function feedFile(
  handle: FileHandle,
  feed: (piece: Pick<ImportFeed, 'offset' | 'data' | 'last'>) => Promise<ImportStep>,
  onStep: (step: ImportStep) => void,
): Promise<ImportStep> {
  const buffer = Buffer.alloc(PIECE_BYTES);
  for (let offset = 0; ; ) {
    const { bytesRead } = await handle.read(buffer, 0, PIECE_BYTES, offset);
    const data = buffer.toString('base64', 0, bytesRead);
    if (bytesRead === 0) return feed({ offset, data, last: true });
    onStep(await feed({ offset, data }));
    offset += bytesRead;
  }
}

/** A file, unless it is a link, a device, or not to be read. */
async function openPlain(path: string): Promise<FileHandle | undefined> {
  const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
  const handle = await open(path, flags).catch(() => undefined);
  if (handle === undefined || (await handle.stat()).isFile()) return handle;
  await handle.close();
  return undefined;
}
