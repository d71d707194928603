import { type Benchmark, median, rounds } from '../figure.ts';
import { type Actor, BusRun } from './bus-run.ts';
import { EVENT } from './roles.ts';

const ROUNDS = 5;

/** Deliveries a second from one publisher to some subscribers, until the last has received all. */
async function deliveriesPerSecond(subscribers: number, messages: number): Promise<number[]> {
  const run = new BusRun();
  try {
    const publisher = await run.peer('publisher', [`publish ${EVENT}`]);
    const listening: Actor[] = [];
    for (let each = 0; each < subscribers; each++) listening.push(await run.peer('subscriber', [`subscribe ${EVENT}`]));
    const measure = async (): Promise<number> => {
      for (const subscriber of listening) subscriber.tell({ type: 'go', count: messages });
      publisher.tell({ type: 'go', count: messages });
      const { at: began } = await publisher.hear('began');
      const finished = await Promise.all(listening.map((subscriber) => subscriber.hear('finished')));
      await publisher.hear('finished');
      const ended = Math.max(...finished.map(({ at }) => at));
      return (messages * subscribers * 1000) / (ended - began);
    };
    await measure();
    return await rounds(ROUNDS, measure);
  } finally {
    await run.end();
  }
}

function throughput(name: string, subscribers: number, messages: number): Benchmark {
  return {
    names: [name],
    run: async () => {
      const values = await deliveriesPerSecond(subscribers, messages);
      return [{ name, value: median(values), unit: 'msg/s', rounds: values.length }];
    },
  };
}

export const busOneToOne: Benchmark = throughput('bus.throughput.1to1', 1, 100_000);
export const busFanOut: Benchmark = throughput('bus.throughput.1to8', 8, 20_000);
