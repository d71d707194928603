import { constants } from 'node:fs';
import { access, readFile } from 'node:fs/promises';
import { basename, dirname, join, posix } from 'node:path';
import type { GroupPowers } from './group-files.ts';

/** The group that the host itself moves into: one with processes of its own hands no limits down. */
export const HOST_GROUP = 'aico.host';
/** Without this nothing is gained. */
const NEEDED = 'memory';

/** The group that is this process's own to divide, with what can be limited in it, or why there is none. */
type OwnGroup = { readonly folder: string; readonly controllers: readonly string[] } | { readonly why: string };

/** Looks whether cgroup v2 is here and whether this process's part of it was handed over to it. */
export async function findOwnGroup(powers: GroupPowers): Promise<OwnGroup> {
  const groups = (await textOf(join(powers.procFolder, 'self/cgroup'))).split('\n').filter(Boolean);
  const path = groups.find((line) => line.startsWith('0::'))?.slice('0::'.length);
  if (path === undefined) return { why: 'this system has no cgroup v2' };
  if (groups.some((line) => line.split(':')[1]?.split(',').includes(NEEDED)))
    return { why: 'this system limits memory by cgroup v1' };
  const own = basename(path) === HOST_GROUP ? dirname(path) : path;
  const folder = folderOf(own, await textOf(join(powers.procFolder, 'self/mountinfo')));
  if (folder === undefined) return { why: 'the cgroup of AICO is out of its sight' };
  if ((await textOf(join(folder, 'cgroup.events'))) === '')
    return { why: 'AICO runs in the root cgroup, which is the whole system' };
  const unit = unitOf(own);
  if (unit !== undefined && !(await powers.isDelegated(unit.name, unit.ofUser)))
    return { why: `systemd has not handed the cgroup of ${unit.name} over to it (Delegate=yes)` };
  if (!(await isWritable(folder))) return { why: 'the cgroup of AICO is not its own to divide' };
  const controllers = (await textOf(join(folder, 'cgroup.controllers'))).trim().split(' ');
  return controllers.includes(NEEDED)
    ? { folder, controllers }
    : { why: 'memory cannot be limited in the cgroup of AICO' };
}

/** Where a group lies in this process's file system, by mountinfo (proc_pid_mountinfo(5)). */
function folderOf(path: string, mountinfo: string): string | undefined {
  for (const line of mountinfo.split('\n')) {
    const [fields = '', source = ''] = line.split(' - ');
    const [, , , root = '', point = ''] = fields.split(' ').map(withoutOctals);
    if (!source.startsWith('cgroup2 ')) continue;
    const within = posix.relative(root, path);
    if (within !== '..' && !within.startsWith('../')) return join(point, within);
  }
  return undefined;
}

/** Blanks and the like are written as their octal numbers. */
function withoutOctals(field: string): string {
  return field.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}

/** The innermost unit of systemd that a group belongs to. */
function unitOf(path: string): { readonly name: string; readonly ofUser: boolean } | undefined {
  const parts = path.split('/');
  const at = parts.findLastIndex((part) => /\.(service|scope)$/.test(part));
  const name = parts[at];
  if (name === undefined) return undefined;
  return { name, ofUser: parts.slice(0, at).some((part) => /^user@\d+\.service$/.test(part)) };
}

async function isWritable(folder: string): Promise<boolean> {
  const files = ['.', 'cgroup.procs', 'cgroup.subtree_control'].map((file) => join(folder, file));
  const asked = await Promise.allSettled(files.map((file) => access(file, constants.W_OK)));
  return asked.every(({ status }) => status === 'fulfilled');
}

/** What a file holds; nothing where there is none. */
function textOf(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}
