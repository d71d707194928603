import { execFile } from 'node:child_process';
import { mkdir, readdir, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type GroupPowers, moveInto, processesIn, removeGroup, write } from './group-files.ts';
import { strangersAmong } from './kin.ts';
import { findOwnGroup, HOST_GROUP } from './own-group.ts';
import { PluginGroup } from './plugin-group.ts';

/** Groups of plugins are named after the host that made them, so that another one knows whose they are. */
const PLUGIN_GROUP = 'aico.plugin.';
const ASK_TIMEOUT_MS = 3_000;
/** What is put to use where it is there, in this order. */
const CONTROLLERS = ['memory', 'pids', 'cpu'];

export type GroupsState =
  | { readonly on: true; readonly groups: PluginGroups }
  | { readonly on: false; readonly why: string };

/** Control groups for plugins, in the part of the tree that this process was given. */
export class PluginGroups {
  /** What is limited in them. */
  readonly controllers: readonly string[];
  readonly #folder: string;
  readonly #powers: GroupPowers;

  private constructor(folder: string, controllers: readonly string[], powers: GroupPowers) {
    this.#folder = folder;
    this.controllers = controllers;
    this.#powers = powers;
  }

  /** Divides the group that this process runs in, or says why that cannot be. To be done before anything is started. */
  static async open(powers: GroupPowers = SYSTEM): Promise<GroupsState> {
    if (process.platform !== 'linux') return { on: false, why: 'cgroups are for Linux' };
    const own = await findOwnGroup(powers);
    if ('why' in own) return { on: false, why: own.why };
    const { folder, controllers } = own;
    try {
      const inside = await processesIn(folder);
      if ((await strangersAmong(inside, powers.procFolder)).length > 0)
        return { on: false, why: 'other programs run in the cgroup of AICO' };
      await mkdir(join(folder, HOST_GROUP), { recursive: true });
      await moveInto(join(folder, HOST_GROUP), inside);
      const used = CONTROLLERS.filter((name) => controllers.includes(name));
      for (const name of used) await write(folder, 'cgroup.subtree_control', `+${name}`);
      const groups = new PluginGroups(folder, used, powers);
      await groups.#removeStale();
      return { on: true, groups };
    } catch (error) {
      await leave(folder, powers);
      return { on: false, why: `the cgroup of AICO cannot be divided: ${String(error)}`.slice(0, 200) };
    }
  }

  /** A group for one process, with its limits. */
  async make(incarnation: string, memoryMb: number): Promise<PluginGroup> {
    const folder = join(this.#folder, `${PLUGIN_GROUP}${process.pid}.${incarnation}`);
    await mkdir(folder);
    const group = new PluginGroup(folder, this.#powers.remove);
    try {
      await group.limit(this.controllers, memoryMb);
      return group;
    } catch (error) {
      await group.end();
      throw error;
    }
  }

  /** Puts everything back as it was found, unless another host uses it. */
  close(): Promise<void> {
    return leave(this.#folder, this.#powers);
  }

  /** What a host left behind that is no more: nothing of it is to go on. */
  async #removeStale(): Promise<void> {
    for (const name of await pluginGroups(this.#folder)) {
      const [host] = name.slice(PLUGIN_GROUP.length).split('.');
      if (isRunning(Number(host))) continue;
      await new PluginGroup(join(this.#folder, name), this.#powers.remove).end();
    }
  }
}

async function leave(folder: string, powers: GroupPowers): Promise<void> {
  try {
    if ((await pluginGroups(folder)).length > 0) return;
    for (const name of CONTROLLERS) await write(folder, 'cgroup.subtree_control', `-${name}`).catch(() => {});
    const host = join(folder, HOST_GROUP);
    await moveInto(folder, await processesIn(host));
    await removeGroup(host, powers.remove);
  } catch {
    // What cannot be put back is found and used by the next start.
  }
}

async function pluginGroups(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => name.startsWith(PLUGIN_GROUP));
}

function isRunning(id: number): boolean {
  try {
    process.kill(id, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

const SYSTEM: GroupPowers = {
  procFolder: '/proc',
  remove: rmdir,
  isDelegated: (unit, ofUser) =>
    new Promise((resolve) => {
      const asked = [...(ofUser ? ['--user'] : []), 'show', '--property=Delegate', '--value', unit];
      execFile('systemctl', asked, { timeout: ASK_TIMEOUT_MS }, (error, output) =>
        resolve(error === null && output.trim() === 'yes'),
      );
    }),
};
