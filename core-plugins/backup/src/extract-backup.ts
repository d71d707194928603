import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AicoError, type BackupProgress } from '@aico/sdk';
import { type BackedFile, type BackupBody, chunksOf } from './backup-file.ts';
import { CHUNK_BYTES, type ChunkStore } from './chunk-store.ts';
import { folderError, unpackingTo } from './disk-error.ts';
import { openDurably } from './durable-file.ts';
import { BACKED_UP } from './home-files.ts';

export interface ExtractOptions {
  readonly id: string;
  readonly body: BackupBody;
  readonly chunks: ChunkStore;
  /** The folder that the backups lie in, for errors. */
  readonly source: string;
  /** An empty folder. */
  readonly target: string;
  readonly phase: BackupProgress['phase'];
  readonly progress: (progress: BackupProgress) => Promise<void>;
  readonly signal: AbortSignal;
  readonly onDamaged: (name: string) => void;
}

/** Chunks that are gathered before they are written. */
const WRITE_BYTES = 4 * 1024 * 1024;
/**
 * What storage packed comes as a file of pieces beside its place, each with its length before it: storage makes the file of them when it
 * opens it.
 */
const PACKED_FILE = Buffer.from('AICODBPK\u0001', 'latin1');
const PACKED_SUFFIX = '-packed';

/** Writes every file of a backup into a folder; each piece is checked. @throws AicoError BACKUP_DAMAGED, … */
export async function extractBackup(options: ExtractOptions): Promise<{ files: number; bytes: number }> {
  const { id, body, progress, phase } = options;
  const total = body.files.reduce((sum, { size }) => sum + size, 0);
  let done = 0;
  const damaged: string[] = [];
  for (const file of body.files) {
    assertSafe(id, file.path);
    if (!(await extractFile(options, file))) damaged.push(file.path);
    done += file.size;
    await progress({ phase, done, total });
  }
  if (damaged.length === 0) return { files: body.files.length, bytes: total };
  const named = damaged.slice(0, 3).join(', ');
  const more = damaged.length > 3 ? ` and ${damaged.length - 3} more` : '';
  throw new AicoError('BACKUP_DAMAGED', {
    subject: id,
    details: { problem: `pieces of ${named}${more} do not check out` },
  });
}

/** Whether all of it was there. */
async function extractFile(options: ExtractOptions, file: BackedFile): Promise<boolean> {
  const { target, chunks, source, signal, onDamaged } = options;
  const isPacked = file.packed === true;
  const path = join(target, ...file.path.split('/')) + (isPacked ? PACKED_SUFFIX : '');
  const writer = await unpackingTo(target, async () => {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    return openDurably(path);
  });
  let [whole, bytes, waiting, waits]: [boolean, number, Buffer[], number] = [true, 0, isPacked ? [PACKED_FILE] : [], 0];
  const write = async (): Promise<void> => {
    await unpackingTo(target, () => writer.write(Buffer.concat(waiting)));
    [waiting, waits] = [[], 0];
  };
  try {
    for (const name of chunksOf(file)) {
      signal.throwIfAborted();
      const content = await chunks.read(name).catch((error: unknown) => Promise.reject(folderError(source, error)));
      if (typeof content === 'string') {
        whole = false;
        onDamaged(name);
        continue;
      }
      if (isPacked) waiting.push(lengthOf(content));
      waiting.push(content);
      waits += content.length;
      bytes += content.length;
      if (waits >= WRITE_BYTES) await write();
    }
    await write();
  } finally {
    await writer.close();
  }
  // Pieces are of any length; each is one of 64 KiB, but for the last.
  return whole && (isPacked ? chunksOf(file).length === Math.ceil(file.size / CHUNK_BYTES) : bytes === file.size);
}

function lengthOf(content: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  return length;
}

/** Backups are sealed; all the same no path of one leads elsewhere. */
function assertSafe(id: string, path: string): void {
  const steps = path.split('/');
  const isSafe =
    BACKED_UP.includes(steps[0] ?? '') &&
    steps.every((step) => step !== '' && step !== '.' && step !== '..' && !step.includes('\\'));
  if (!isSafe)
    throw new AicoError('BACKUP_DAMAGED', { subject: id, details: { problem: 'it names a file elsewhere' } });
}
