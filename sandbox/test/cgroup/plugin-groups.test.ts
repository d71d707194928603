import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { PluginGroups } from '../../src/cgroup/plugin-groups.ts';
import { GroupTree, type TreeOptions } from '../support/group-tree.ts';

// The files alone, as a kernel would find them; delegated.test.ts tries them on a kernel, where there is one to try.
const ME = process.pid;
const onLinux = test.runIf(process.platform === 'linux');

async function opened(tree: GroupTree): Promise<PluginGroups> {
  const state = await PluginGroups.open(tree.powers);
  return state.on ? state.groups : expect.fail(state.why);
}

onLinux(
  'the host moves out of the way, what it can limit is handed down, and a plugin gets its limits [PLG-3]',
  async () => {
    const tree = await GroupTree.make();
    const groups = await opened(tree);
    expect([groups.controllers, await tree.read('cgroup.subtree_control')]).toEqual([
      ['memory', 'pids', 'cpu'],
      '+cpu',
    ]);
    // A real kernel moves each process that is named; here the last one named stands in the file.
    expect(await tree.read('aico.host', 'cgroup.procs')).toBe(String(process.ppid));
    const group = await groups.make('dice-1', 100);
    const name = `aico.plugin.${ME}.dice-1`;
    const written = ['memory.max', 'memory.swap.max', 'memory.oom.group', 'pids.max', 'cpu.weight'];
    const values = await Promise.all(written.map((file) => tree.read(name, file)));
    expect(values).toEqual([String(100 * 1024 * 1024), '0', '1', '256', '50']);
    expect(group.wrap('/bin/node', ['--permission'])).toEqual({
      command: '/bin/sh',
      parameters: [
        ...['-c', 'echo 0 > "$0" 2>/dev/null; exec "$@"', join(tree.own, name, 'cgroup.procs')],
        ...['/bin/node', '--permission'],
      ],
    });
    expect(await group.isInhabited()).toBe(false);
  },
);

onLinux(
  'what a group uses is read, without what the kernel would give up, and out of memory is noticed [PLG-3]',
  async () => {
    const tree = await GroupTree.make();
    const group = await (await opened(tree)).make('dice-1', 128);
    const file = (name: string, text: string) => writeFile(join(tree.own, `aico.plugin.${ME}.dice-1`, name), text);
    await file('memory.current', `${50 * 1024 * 1024}\n`);
    await file('cpu.stat', 'usage_usec 1500000\nuser_usec 1000000\n');
    await file('memory.stat', `anon 1\ninactive_file ${20 * 1024 * 1024}\nactive_file 7\n`);
    const meter = group.meter();
    expect([meter.read(), await meter.readFairMemory()]).toEqual([{ residentMb: 50, cpuMs: 1_500 }, 30]);
    group.stopAndGo(true);
    expect(await tree.read(`aico.plugin.${ME}.dice-1`, 'cgroup.freeze')).toBe('1');
    meter.close();
    expect(meter.read()).toBeUndefined();
    await file('memory.events', 'low 0\nmax 3\noom 1\noom_kill 1\noom_group_kill 1\n');
    expect(await Promise.all([group.end(), group.end()])).toEqual([{ outOfMemory: true }, { outOfMemory: true }]);
    expect((await readdir(tree.own)).filter((name) => name.startsWith('aico.plugin.'))).toEqual([]);
  },
);

onLinux('what a host left behind that is gone goes, and what one has that runs stays [PLG-3, PLG-6]', async () => {
  const tree = await GroupTree.make({ path: '/outer/mine/aico.host' });
  const mine = join(tree.own, '..');
  for (const file of ['cgroup.procs', 'cgroup.subtree_control']) await writeFile(join(mine, file), '');
  await writeFile(join(mine, 'cgroup.controllers'), 'memory');
  await writeFile(join(mine, 'cgroup.events'), 'populated 1\n');
  // No process has this number: the kernel gives out none above 4194304.
  for (const host of [4_194_999, process.ppid]) await mkdir(join(mine, `aico.plugin.${host}.dice-1`));
  const groups = await opened(tree);
  const left = async () => (await readdir(mine)).filter((name) => name.startsWith('aico.')).toSorted();
  expect(await left()).toEqual(['aico.host', `aico.plugin.${process.ppid}.dice-1`]);
  // Another host uses it: nothing is put back under its feet.
  await groups.close();
  expect(await left()).toEqual(['aico.host', `aico.plugin.${process.ppid}.dice-1`]);
});

onLinux('with the last host everything is as it was found [PLG-3]', async () => {
  const tree = await GroupTree.make();
  const groups = await opened(tree);
  await (await groups.make('dice-1', 128)).end();
  await groups.close();
  expect((await readdir(tree.own)).filter((name) => name.startsWith('aico.'))).toEqual([]);
  expect(await tree.read('cgroup.subtree_control')).toBe('-cpu');
});

const SERVICE = '/outer/user.slice/user-1000.slice/user@1000.service/app.slice/aico.service';

onLinux('in a unit of systemd it is divided only where systemd handed it over [PLG-3]', async () => {
  const unit = 'user aico.service';
  const [handed, kept] = [
    await GroupTree.make({ path: SERVICE, delegated: [unit] }),
    await GroupTree.make({ path: SERVICE }),
  ];
  expect((await PluginGroups.open(handed.powers)).on).toBe(true);
  expect(await PluginGroups.open(kept.powers)).toEqual({
    on: false,
    why: 'systemd has not handed the cgroup of aico.service over to it (Delegate=yes)',
  });
});

test.runIf(process.platform === 'linux').for<[TreeOptions, string]>([
  [{ otherLines: '4:memory:/x\n' }, 'this system limits memory by cgroup v1'],
  [{ isRoot: true }, 'AICO runs in the root cgroup, which is the whole system'],
  [{ controllers: 'cpu pids' }, 'memory cannot be limited in the cgroup of AICO'],
  [{ others: { 77: 1 } }, 'other programs run in the cgroup of AICO'],
  [{ path: '/elsewhere/mine' }, 'the cgroup of AICO is out of its sight'],
])('without a group of its own it says why: %j [PLG-3]', async ([options, why]) => {
  const tree = await GroupTree.make(options);
  expect(await PluginGroups.open(tree.powers)).toEqual({ on: false, why });
});

onLinux('what it was started by and what it started are no other programs [PLG-3]', async () => {
  const tree = await GroupTree.make({ others: { 77: ME, 78: 77 } });
  expect((await PluginGroups.open(tree.powers)).on).toBe(true);
});
