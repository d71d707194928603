import { spawnSync } from 'node:child_process';
import { statfsSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { onTestFinished, type TestContext } from 'vitest';
import { temporaryHome } from './product.ts';

/** A disk of a few megabytes that goes when the test ends; skips the test, with the reason, where none can be mounted. */
export class SmallDisk {
  readonly folder: string;
  readonly #filler: string;

  private constructor(folder: string) {
    this.folder = folder;
    this.#filler = join(folder, 'filler');
  }

  /** Mounts one on a folder, a new one unless it is given. */
  static async mount(
    context: Pick<TestContext, 'skip'>,
    { megabytes, on, readOnly = false }: { megabytes: number; on?: string; readOnly?: boolean },
  ): Promise<SmallDisk> {
    const folder = on ?? (await temporaryHome());
    const options = `size=${megabytes}m,mode=700,${readOnly ? 'ro' : 'rw'}`;
    const refused = run('mount', '-t', 'tmpfs', '-o', options, 'tmpfs', folder);
    if (refused !== undefined) return context.skip(`a small disk cannot be mounted here: ${refused}`);
    onTestFinished(() => void run('umount', '-l', folder));
    return new SmallDisk(folder);
  }

  /** Leaves no byte. */
  fill(): void {
    const { bavail, bsize } = statfsSync(this.folder);
    try {
      // One block more than there is: others write meanwhile, and full is what it is to be.
      writeFileSync(this.#filler, Buffer.alloc((bavail + 1) * bsize));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    }
  }

  empty(): Promise<void> {
    return rm(this.#filler, { force: true });
  }
}

/** What a command said when it failed. */
function run(command: string, ...parameters: string[]): string | undefined {
  const { status, stderr, error } = spawnSync(command, parameters, { encoding: 'utf8' });
  return status === 0 ? undefined : (error?.message ?? stderr.trim());
}
