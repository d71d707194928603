import type { Actor } from './actor.ts';
import { DURABLE, EVENT, KEY, SIZED, USUAL_BYTES } from './payloads.ts';
import type { Scenario } from './scenario.ts';
import type { Stage } from './stage.ts';

interface Shape {
  readonly publishers: number;
  readonly subscribers: number;
  /** Each publisher's. */
  readonly messages: number;
  readonly bytes?: number;
}

const DURABLE_MESSAGES = 30_000;

export const throughputScenarios: readonly Scenario[] = [
  throughput('bus.throughput.1to1', { publishers: 1, subscribers: 1, messages: 600_000 }),
  throughput('bus.throughput.1to8', { publishers: 1, subscribers: 8, messages: 100_000 }),
  throughput('bus.throughput.8to1', { publishers: 8, subscribers: 1, messages: 80_000 }),
  throughput('bus.size.64b', { publishers: 1, subscribers: 1, messages: 150_000, bytes: 64 }),
  throughput('bus.size.4kb', { publishers: 1, subscribers: 1, messages: 40_000, bytes: 4_096 }),
  throughput('bus.size.64kb', { publishers: 1, subscribers: 1, messages: 3_000, bytes: 65_536 }),
  throughput('bus.size.1mb', { publishers: 1, subscribers: 1, messages: 200, bytes: 1_048_576 }),
];

/** Events a second from the first one sent until the last is acknowledged as kept: on the disk, or with the server. */
export const durableScenario: Scenario = {
  figures: [['bus.durable.throughput', 'msg/s']],
  prepare: async (open) => {
    const stage = await open();
    if (stage.carrier !== undefined) await stage.peer('keyholder', KEY);
    const publisher = await stage.peer('publisher', DURABLE);
    return async () => {
      publisher.tell({ type: 'go', count: DURABLE_MESSAGES, bytes: USUAL_BYTES });
      const { at: began } = await publisher.hear('began');
      const { at: finished } = await publisher.hear('finished');
      return [(DURABLE_MESSAGES * 1000) / (finished - began)];
    };
  },
};

function throughput(name: string, shape: Shape): Scenario {
  return {
    figures: [[name, 'msg/s']],
    prepare: async (open) => {
      const stage = await open();
      const measure = await prepareFlow(stage, shape);
      return async () => [await measure()];
    },
  };
}

/** Deliveries a second from the first message sent until the last subscriber has received all. */
export async function prepareFlow(stage: Stage, shape: Shape): Promise<() => Promise<number>> {
  const { publishers, subscribers, messages, bytes = USUAL_BYTES } = shape;
  const topic = shape.bytes === undefined ? EVENT : SIZED;
  const peers = async (role: 'publisher' | 'subscriber', count: number): Promise<Actor[]> => {
    const actors: Actor[] = [];
    for (let each = 0; each < count; each++) actors.push(await stage.peer(role, topic));
    return actors;
  };
  const listening = await peers('subscriber', subscribers);
  const speaking = await peers('publisher', publishers);
  return async () => {
    for (const subscriber of listening) subscriber.tell({ type: 'go', count: messages * publishers, bytes });
    for (const publisher of speaking) publisher.tell({ type: 'go', count: messages, bytes });
    const began = await Promise.all(speaking.map((publisher) => publisher.hear('began')));
    const finished = await Promise.all(listening.map((subscriber) => subscriber.hear('finished')));
    await Promise.all(speaking.map((publisher) => publisher.hear('finished')));
    const took = Math.max(...finished.map(({ at }) => at)) - Math.min(...began.map(({ at }) => at));
    return (messages * publishers * subscribers * 1000) / took;
  };
}
