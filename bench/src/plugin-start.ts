import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Broker, ContractTable, completeQuota } from '@aico/kernel';
import { Incarnation } from '@aico/kernel/internal';
import { ZmqPeerSockets } from '@aico/kernel/zeromq';
import { readPackage, readTrustStore, verifyPackage } from '@aico/registry';
import { createProcessRunner } from '@aico/sandbox';
import { type Benchmark, median, rounds } from './figure.ts';

const ROUNDS = 20;
const BUILD = fileURLToPath(new URL('../../.build/', import.meta.url));
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
      const packages = join(BUILD, 'packages');
      const file = (await readdir(packages)).find((name) => name.startsWith(`${SAMPLE}-`));
      if (file === undefined) throw new Error(`${SAMPLE} is not built`);
      const bytes = await readFile(join(packages, file));
      const trust = await readTrustStore(join(BUILD, 'trust.json'));
      const after = (milliseconds: number, handler: () => void): (() => void) => {
        const timer = setTimeout(handler, milliseconds);
        return () => clearTimeout(timer);
      };
      const clock = { now: () => Date.now(), after };
      const broker = new Broker({ contracts: new ContractTable(), clock }, 'bench');
      const startOnce = async (round: number): Promise<number> => {
        const begun = performance.now();
        const verified = verifyPackage(readPackage(bytes, file), trust, file);
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
