import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Broker, ContractTable, completeQuota } from '@aico/kernel';
import type { Clock, PluginRunner } from '@aico/kernel/contracts';
import { Incarnation, type IncarnationOptions, succeed } from '@aico/kernel/internal';
import { ZmqPeerSockets } from '@aico/kernel/zeromq';
import { createProcessRunner } from '@aico/sandbox';
import { type Benchmark, type Figure, median, rounds } from './figure.ts';
import { readBuilt } from './read-built.ts';

const ROUNDS = 20;
const SAMPLE = 'dice';
const clock: Clock = {
  now: () => Date.now(),
  after: (milliseconds, handler) => {
    const timer = setTimeout(handler, milliseconds);
    return () => clearTimeout(timer);
  },
};

/**
 * An isolated plugin from its package's bytes to active (verify, spawn, connect, activate), and a newer version of one from
 * its bytes until it has taken the place of the one that runs.
 */
export const pluginStart: Benchmark = {
  names: ['plugin.start.p50', 'plugin.reload.p50'],
  run: async () => {
    const folder = await mkdtemp(join(tmpdir(), 'aico-bench-'));
    const transport = new ZmqPeerSockets(folder);
    const dataFolderOf = (id: string): string => join(folder, 'data', id);
    const runner = createProcessRunner({
      runtimeFolder: folder,
      transport,
      dataFolderOf,
      homeFolder: folder,
      spare: true,
    });
    try {
      return await measure(runner, new Broker({ contracts: new ContractTable(), clock }, 'bench'));
    } finally {
      await runner.close();
      await rm(folder, { recursive: true, force: true });
    }
  },
};

async function measure(runner: PluginRunner, broker: Broker): Promise<readonly Figure[]> {
  const { signal } = new AbortController();
  const lifeOf = async (name: string): Promise<IncarnationOptions> => {
    const verified = await readBuilt(SAMPLE);
    const { permissions, quota } = verified.manifest;
    const grants = permissions.map(({ verb, topic }) => ({ verb, topic, effect: 'allow' as const }));
    const rest = { quota: completeQuota(quota), configuration: {}, onLog: () => {}, onPressure: () => {} };
    return { broker, runner, clock, package: verified, name: `${SAMPLE}-${name}`, grants, ...rest };
  };
  const startOnce = async (round: number): Promise<number> => {
    const begun = performance.now();
    const incarnation = await Incarnation.start(await lifeOf(`start-${round}`), signal);
    const took = performance.now() - begun;
    await incarnation.stop('measured');
    return took;
  };
  await startOnce(-1);
  const starts = await rounds(ROUNDS, startOnce);
  let running = await Incarnation.start(await lifeOf('first'), signal);
  const reloads = await rounds(ROUNDS, async (round) => {
    const begun = performance.now();
    const next = await succeed(running, await lifeOf(`next-${round}`), signal);
    const took = performance.now() - begun;
    await running.stop('measured');
    running = next;
    return took;
  });
  await running.stop('measured');
  return [
    { name: 'plugin.start.p50', value: median(starts), unit: 'ms', rounds: ROUNDS },
    { name: 'plugin.reload.p50', value: median(reloads), unit: 'ms', rounds: ROUNDS },
  ];
}
