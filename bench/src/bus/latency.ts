import { quantile } from '../figure.ts';
import { REQUEST, USUAL_BYTES } from './payloads.ts';
import type { Scenario } from './scenario.ts';

const REQUESTS = 3_000;
const STEADY_SECONDS = 3;
/** Until the code of everybody involved is compiled. */
const WARM_UP_RATE = 10_000;
const WARM_UP_SECONDS = 3;
/** The slowest hundredth are a few dozen messages a round, most of them of one moment in which the machine did something else. */
const ROUNDS = 15;

export const latencyScenarios: readonly Scenario[] = [
  roundTrips(),
  steady('bus.latency.1k', 1_000),
  steady('bus.latency.10k', 10_000),
];

/** One request after another, through the carrier to a server and back. */
function roundTrips(): Scenario {
  return {
    figures: [
      ['bus.request.p50', 'ms'],
      ['bus.request.p99', 'ms'],
    ],
    rounds: ROUNDS,
    prepare: async (open) => {
      const stage = await open();
      await stage.peer('answerer', REQUEST);
      const asker = await stage.peer('asker', REQUEST);
      return async () => {
        asker.tell({ type: 'go', count: REQUESTS, bytes: USUAL_BYTES });
        const { latencies = [] } = await asker.hear('finished');
        return [quantile(latencies, 0.5), quantile(latencies, 0.99)];
      };
    },
  };
}

/** From publish to handler, at a steady rate. */
function steady(name: string, rate: number): Scenario {
  return {
    figures: [
      [`${name}.p50`, 'ms'],
      [`${name}.p99`, 'ms'],
    ],
    rounds: ROUNDS,
    prepare: async (open) => {
      const stage = await open();
      const subscriber = await stage.peer('subscriber');
      const publisher = await stage.peer('publisher');
      const flow = async (perSecond: number, seconds: number): Promise<readonly number[]> => {
        const [count, bytes] = [perSecond * seconds, USUAL_BYTES];
        const order = { type: 'go', count, bytes, rate: perSecond, aged: true } as const;
        subscriber.tell(order);
        publisher.tell(order);
        const { latencies = [] } = await subscriber.hear('finished');
        await publisher.hear('began');
        await publisher.hear('finished');
        return latencies;
      };
      await flow(WARM_UP_RATE, WARM_UP_SECONDS);
      return async () => {
        const latencies = await flow(rate, STEADY_SECONDS);
        return [quantile(latencies, 0.5), quantile(latencies, 0.99)];
      };
    },
  };
}
