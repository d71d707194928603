import { type Benchmark, median, quantile, rounds } from '../figure.ts';
import { BusRun } from './bus-run.ts';
import { REQUEST } from './roles.ts';

const ROUNDS = 5;
const REQUESTS = 3_000;

/** Round trips of one request after another through the kernel. */
export const busRequests: Benchmark = {
  names: ['bus.request.p50', 'bus.request.p99'],
  run: async () => {
    const run = new BusRun();
    try {
      await run.peer('answerer', [`serve ${REQUEST}`]);
      const asker = await run.peer('asker', [`request ${REQUEST}`]);
      const latencies = await rounds(ROUNDS, async () => {
        asker.tell({ type: 'go', count: REQUESTS });
        return (await asker.hear('finished')).latencies ?? [];
      });
      const of = (share: number): number => median(latencies.map((round) => quantile(round, share)));
      return [
        { name: 'bus.request.p50', value: of(0.5), unit: 'ms', rounds: ROUNDS },
        { name: 'bus.request.p99', value: of(0.99), unit: 'ms', rounds: ROUNDS },
      ];
    } finally {
      await run.end();
    }
  },
};
