import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { House, TIERS } from './support/house.ts';

const onLinux = describe.skipIf(process.platform !== 'linux');

interface OrphaningHost {
  readonly host: ChildProcess;
  readonly folder: string;
  readonly processes: readonly number[];
}

async function startHost(): Promise<OrphaningHost> {
  const script = join(import.meta.dirname, 'support', 'orphaning-host.ts');
  const host = spawn(process.execPath, ['--conditions=source', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(createInterface({ input: host.stdout as NodeJS.ReadableStream }), 'line')) as [string];
  return { host, ...(JSON.parse(line) as { folder: string; processes: number[] }) };
}

/** Processes in the groups, and below the parents, of the given ones. */
function family(roots: readonly number[]): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    const parent = statOf(Number(name))?.parent;
    if (parent !== undefined) parents.set(Number(name), parent);
  }
  const found = new Set(roots);
  for (let before = 0; before !== found.size; ) {
    before = found.size;
    for (const [child, parent] of parents) if (found.has(parent)) found.add(child);
  }
  return [...found];
}

function statOf(processId: number): { readonly parent: number; readonly state: string } | undefined {
  try {
    const stat = readFileSync(`/proc/${processId}/stat`, 'utf8');
    const [state = '', parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { state, parent: Number(parent) };
  } catch {
    return undefined;
  }
}

function alive(processes: readonly number[]): number[] {
  return processes.filter((processId) => (statOf(processId)?.state ?? 'Z') !== 'Z');
}

onLinux('when the host is killed with -9', () => {
  test('no process of its plugins remains, not even one that loops for ever [PLG-6]', async () => {
    const { host, folder, processes } = await startHost();
    const everybody = family([host.pid as number]);
    expect(processes.every((processId) => everybody.includes(processId))).toBe(true);
    expect(everybody.length).toBeGreaterThan(processes.length + 1);
    await delay(400);
    host.kill('SIGKILL');
    await expect.poll(() => alive(everybody), { timeout: 5_000 }).toEqual([]);
    await rm(folder, { recursive: true, force: true });
  });
});

onLinux('when a trusted plugin ends', () => {
  test.each([
    ['holds nothing of it', `{ stdio: 'ignore' }`],
    ['holds its log open', `{ stdio: 'inherit' }`],
  ])('a program that it started and that %s ends with it [PLG-6]', async (_, options) => {
    await using house = await House.open();
    const plugin = await house.start({ tier: 'trusted', process: { programs: ['sleep'] }, code: starting(options) });
    const { id } = await plugin.logged('started');
    expect(await plugin.gone(1_500)).toEqual({ code: 3, signal: undefined });
    await expect.poll(() => alive([Number(id)])).toEqual([]);
  });

  test('one that got away with its log keeps nobody from knowing that the plugin is gone [PLG-6]', async () => {
    await using house = await House.open();
    const code = starting(`{ stdio: 'inherit', detached: true }`);
    const plugin = await house.start({ tier: 'trusted', process: { programs: ['sleep'] }, code });
    const { id } = await plugin.logged('started');
    onTestFinished(() => void process.kill(Number(id)));
    expect(await plugin.gone(5_000)).toEqual({ code: 3, signal: undefined });
  });
});

function starting(options: string): string {
  return `import { spawn } from 'node:child_process';
    export default { activate(ctx) {
      ctx.log.info('started', { id: spawn('/bin/sleep', ['60'], ${options}).pid });
      ctx.setTimer(200, () => process.exit(3));
    } }`;
}

onLinux.each(TIERS)('while a plugin of the %s tier runs', (tier) => {
  test('its keys are in no command line, environment or file [PLG-6]', async () => {
    process.env['AICO_TEST_SECRET'] = 'do-not-inherit';
    await using house = await House.open();
    const plugin = await house.start({
      tier,
      process: { files: [{ path: '$tmp', mode: 'readWrite' }] },
      code: `/* code-of-the-plugin */ export default { activate(ctx) { ctx.log.info('up'); } }`,
    });
    await plugin.logged('up');
    const processes = family([plugin.running.processId as number]);
    const node = processes.at(-1) as number;
    expect(readlinkSync(`/proc/${node}/exe`)).toBe(process.execPath);
    for (const processId of processes) {
      const line = readFileSync(`/proc/${processId}/cmdline`, 'utf8');
      const environment = readFileSync(`/proc/${processId}/environ`, 'utf8');
      // A CURVE key in Z85 is 40 characters without a slash or a space.
      for (const part of `${line}\0${environment}`.split(/[\0= ]/)) expect(part).not.toMatch(/^[^/\s-][^/\s]{39,}$/);
      expect(line).not.toContain('code-of-the-plugin');
      expect(environment.split('\0').filter((entry) => entry !== '' && !/^(TZ|TMPDIR|PWD)=/.test(entry))).toEqual(
        processId === node ? [] : expect.anything(),
      );
    }
    const names = await house.left();
    expect(names.filter((name) => !/^(tmp-guest-1|guest-1|guest-1\/bus)$/.test(name))).toEqual([]);
  });
});

test('after close no process and no socket remains, whatever still ran [PLG-1]', async () => {
  const house = await House.open();
  const plugins = await Promise.all(
    TIERS.map((tier) => house.start({ tier, id: tier, code: 'export default { activate() {} }' })),
  );
  await Promise.all(plugins.map((plugin) => plugin.lifecycle('active')));
  const processes =
    process.platform === 'linux' ? family(plugins.map(({ running }) => running.processId as number)) : [];
  await house.runner.close();
  for (const plugin of plugins) expect((await plugin.gone(100)).signal).toBe('SIGKILL');
  await expect.poll(() => alive(processes)).toEqual([]);
  expect(await readdir(house.folder)).toEqual([]);
  await rm(house.folder, { recursive: true });
});
