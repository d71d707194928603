import { randomBytes } from 'node:crypto';
import { readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AicoError } from '@aico/sdk';
import { ifThere } from './backup-files.ts';

const SUFFIX = '.in-use';
const BEAT_MS = 60_000;
/** Whoever gave no sign for so long was killed, or sleeps. */
const STALE_MS = 10 * BEAT_MS;

/**
 * Says in a folder of backups that somebody changes it: several AICOs may use one, each on a machine of its own, and what one of them
 * is still writing looks to the others like what no backup needs. Everybody lays a file of their own there first, and looks for others
 * then. What tells whether one is stale is the clock of the folder alone: the machines' may differ.
 */
export class FolderClaim {
  readonly #path: string;
  readonly #beat: NodeJS.Timeout;

  private constructor(path: string) {
    this.#path = path;
    // What cannot be written now is told by whoever works there, and by `assertHeld`.
    let beats = false;
    this.#beat = setInterval(() => {
      // On a share that hangs each takes one of the few threads with which this process reads and writes, also elsewhere.
      if (beats) return;
      beats = true;
      void writeFile(path, '1', { flag: 'r+' })
        .catch(() => undefined)
        .finally(() => {
          beats = false;
        });
    }, BEAT_MS).unref();
  }

  /**
   * @param origin whose it is: one AICO does one thing at a time, so that another of its files was left behind
   * @throws AicoError BACKUP_BUSY while another AICO changes the folder; what the disk refuses as it is
   */
  static async take(folder: string, origin: string): Promise<FolderClaim> {
    const own = `${origin}-${randomBytes(8).toString('hex')}${SUFFIX}`;
    const path = join(folder, own);
    // Empty, since that can be written where a disk is full, and removing backups is what helps there.
    await writeFile(path, '', { flag: 'wx', mode: 0o600 });
    try {
      const { mtimeMs: now } = await stat(path);
      for (const name of await readdir(folder)) {
        if (!name.endsWith(SUFFIX) || name === own) continue;
        const there = await ifThere(stat(join(folder, name)));
        if (there === undefined) continue;
        // A clock that was ahead and was set right leaves times that are still to come.
        const isLeft = name.startsWith(`${origin}-`) || Math.abs(now - there.mtimeMs) > STALE_MS;
        if (!isLeft) throw new AicoError('BACKUP_BUSY', { subject: folder, details: { doing: 'by another AICO' } });
        await rm(join(folder, name), { force: true });
      }
      return new FolderClaim(path);
    } catch (error) {
      await rm(path, { force: true }).catch(() => undefined);
      throw error;
    }
  }

  /** To be called before each step that harms others: after a long sleep somebody else may be at work. @throws AicoError BACKUP_INTERRUPTED */
  async assertHeld(): Promise<void> {
    if ((await ifThere(stat(this.#path))) !== undefined) return;
    const problem = 'another AICO went on in its folder meanwhile';
    throw new AicoError('BACKUP_INTERRUPTED', { subject: 'backup', details: { problem } });
  }

  /** What cannot be removed counts as left behind. */
  async release(): Promise<void> {
    clearInterval(this.#beat);
    await rm(this.#path, { force: true }).catch(() => undefined);
  }
}
