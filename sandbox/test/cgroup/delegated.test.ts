import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { DelegatedGroup } from '../support/delegated-group.ts';

const PATIENCE = { timeout: 60_000 };
const CALM = 'export default { activate() {} }';
const LOOP = 'export default { activate(ctx) { ctx.setTimer(1, () => { for (;;) {} }); } }';

test('where a cgroup was handed over, isolated plugins are limited by the kernel itself, and nothing of it stays [PLG-3, PLG-6]', async (context) => {
  const group = await DelegatedGroup.make(context);
  const host = group.host();
  const { confinement, usage } = await host.start({
    tier: 'isolated',
    id: 'calm',
    code: CALM,
    quota: { memoryMb: 128 },
  });
  expect(confinement).toEqual(
    expect.arrayContaining([
      { name: 'cgroup', on: true, why: 'limits memory, pids, cpu' },
      { name: 'watchdog', on: true, why: 'measured by its cgroup' },
    ]),
  );
  expect((usage as { memoryMb: number }).memoryMb).toBeGreaterThan(1);
  const name = `aico.plugin.${host.process.pid}.calm-1`;
  expect(await group.groups()).toEqual(expect.arrayContaining(['aico.host', name]));
  expect(await group.read('cgroup.procs')).toBe('');
  expect((await group.read('aico.host', 'cgroup.procs')).split('\n')).toContain(String(host.process.pid));
  expect(await Promise.all(['memory.max', 'pids.max', 'cpu.weight'].map((file) => group.read(name, file)))).toEqual([
    String(128 * 1024 * 1024),
    '256',
    '50',
  ]);

  // Trusted plugins get none, and are told of none.
  const trusted = await host.start({ tier: 'trusted', id: 'house', code: CALM });
  expect(JSON.stringify(trusted['confinement'])).not.toContain('cgroup');

  // Who works harder than it may is held as a whole.
  await host.start({ tier: 'isolated', id: 'busy', code: LOOP, quota: { cpuMsPerSecond: 50 } });
  const busy = `aico.plugin.${host.process.pid}.busy-3`;
  await expect.poll(() => group.read(busy, 'cgroup.events'), PATIENCE).toContain('frozen 1');

  // What the kernel ends for its memory is told as what it is.
  await writeFile(join(group.folder, name, 'memory.max'), String(4 * 1024 * 1024));
  expect(await host.told('gone', 'calm')).toMatchObject({ exit: { cause: { kind: 'memory', limit: 128 } } });
  await expect.poll(() => group.groups(), PATIENCE).not.toContain(name);

  // A host that is killed leaves groups behind, which the next one clears away.
  host.process.kill('SIGKILL');
  await once(host.process, 'exit');
  expect(await group.groups()).toContain(busy);
  // As from the shell that had started it, which was moved with it.
  const next = group.host('aico.host');
  await next.start({ tier: 'isolated', id: 'calm', code: CALM });
  expect((await group.groups()).toSorted()).toEqual(['aico.host', `aico.plugin.${next.process.pid}.calm-1`]);
  await next.close();
  expect(await group.groups()).toEqual([]);
}, 240_000);
