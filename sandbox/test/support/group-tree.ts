import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { GroupPowers } from '../../src/cgroup/group-files.ts';

export interface TreeOptions {
  /** As /proc/self/cgroup tells it. */
  readonly path?: string;
  readonly otherLines?: string;
  readonly controllers?: string;
  /** Processes directly in the group, besides this one. */
  readonly others?: Readonly<Record<number, number>>;
  readonly isRoot?: boolean;
  readonly delegated?: readonly string[];
}

/** Folders and files as cgroup v2 lays them out, without a kernel behind them: what is written stands there to be read. */
export class GroupTree {
  readonly powers: GroupPowers;
  readonly own: string;

  private constructor(powers: GroupPowers, own: string) {
    this.powers = powers;
    this.own = own;
  }

  static async make(options: TreeOptions = {}): Promise<GroupTree> {
    const { path = '/outer/mine', otherLines = '', controllers = 'cpuset cpu io memory pids', others = {} } = options;
    const folder = await mkdtemp(join(tmpdir(), 'aico groups-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const procFolder = join(folder, 'proc');
    const mount = join(folder, 'mount point');
    // The part of the hierarchy that is mounted begins below its root.
    const own = join(mount, path.slice('/outer'.length));
    const file = async (name: string, text: string): Promise<void> => {
      await mkdir(join(folder, name, '..'), { recursive: true });
      await writeFile(join(folder, name), text);
    };
    await mkdir(own, { recursive: true });
    await file('proc/self/cgroup', `${otherLines}0::${path}\n`);
    const escaped = mount.replaceAll(' ', '\\040');
    await file(
      'proc/self/mountinfo',
      `22 1 0:20 / /proc rw - proc proc rw\n30 22 0:26 /outer ${escaped} rw - cgroup2 cgroup2 rw\n`,
    );
    const parents = { [process.pid]: process.ppid, [process.ppid]: 1, ...others };
    for (const [id, parent] of Object.entries(parents))
      await file(`proc/${id}/stat`, `${id} (a (b) c) S ${parent} 1 1`);
    await writeFile(join(own, 'cgroup.procs'), [process.pid, process.ppid, ...Object.keys(others)].join('\n'));
    await writeFile(join(own, 'cgroup.subtree_control'), '');
    await writeFile(join(own, 'cgroup.controllers'), `${controllers}\n`);
    if (options.isRoot !== true) await writeFile(join(own, 'cgroup.events'), 'populated 1\n');
    const powers: GroupPowers = {
      procFolder,
      isDelegated: async (unit, ofUser) => options.delegated?.includes(`${ofUser ? 'user ' : ''}${unit}`) === true,
      remove: (gone) => rm(gone, { recursive: true }),
    };
    return new GroupTree(powers, own);
  }

  /** What a file of the own group, or of one within it, holds. */
  read(...path: string[]): Promise<string> {
    return readFile(join(this.own, ...path), 'utf8');
  }
}
