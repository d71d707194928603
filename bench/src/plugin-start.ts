import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Broker, ContractTable, completeQuota } from '@aico/kernel';
import { Incarnation } from '@aico/kernel/internal';
import { ZmqPeerSockets } from '@aico/kernel/zeromq';
import { createProcessRunner } from '@aico/sandbox';
import { type Benchmark, median, rounds } from './figure.ts';
import { readBuilt } from './read-built.ts';

const ROUNDS = 20;
const SAMPLE = 'dice';

/** From its package's bytes to active: verify, spawn, connect, activate; of an isolated plugin. */
export const pluginStart: Benchmark = {
  names: ['plugin.start.p50'],
  run: async () => {
    const folder = await mkdtemp(join(tmpdir(), 'aico-bench-'));
    const runner = createProcessRunner({
      runtimeFolder: folder,
      transport: new ZmqPeerSockets(folder),
      dataFolderOf: (id) => join(folder, 'data', id),
    });
    try {
      const after = (milliseconds: number, handler: () => void): (() => void) => {
        const timer = setTimeout(handler, milliseconds);
        return () => clearTimeout(timer);
      };
      const clock = { now: () => Date.now(), after };
      const broker = new Broker({ contracts: new ContractTable(), clock }, 'bench');
      const startOnce = async (round: number): Promise<number> => {
        const begun = performance.now();
        const verified = await readBuilt(SAMPLE);
        const { permissions, quota } = verified.manifest;
        const grants = permissions.map(({ verb, topic }) => ({ verb, topic, effect: 'allow' as const }));
        const incarnation = await Incarnation.start(
          {
            broker,
            runner,
            clock,
            package: verified,
            name: `${SAMPLE}-${round}`,
            grants,
            quota: completeQuota(quota),
            configuration: {},
            onLog: () => {},
          },
          new AbortController().signal,
        );
        const took = performance.now() - begun;
        await incarnation.stop('measured');
        return took;
      };
      await startOnce(-1);
      const values = await rounds(ROUNDS, startOnce);
      return [{ name: 'plugin.start.p50', value: median(values), unit: 'ms', rounds: ROUNDS }];
    } finally {
      await runner.close();
      await rm(folder, { recursive: true, force: true });
    }
  },
};
