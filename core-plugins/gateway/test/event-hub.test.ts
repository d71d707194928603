import { expect, test } from 'vitest';
import { EventHub } from '../src/socket/event-hub.ts';

test('ends the subscription of a topic with its last listener, so that nothing is told for nobody [OBS-1]', async () => {
  const log: string[] = [];
  const hub = new EventHub({
    subscribe: async (topic) => {
      log.push(`subscribe ${topic}`);
      return async () => void log.push(`end ${topic}`);
    },
  });
  const [one, other] = [new AbortController(), new AbortController()];
  await Promise.all([hub.listen('a.b.v1', () => {}, one.signal), hub.listen('a.b.v1', () => {}, other.signal)]);
  one.abort();
  await Promise.resolve();
  expect(log).toEqual(['subscribe a.b.v1']);
  other.abort();
  await new Promise((resolve) => setImmediate(resolve));
  expect(log).toEqual(['subscribe a.b.v1', 'end a.b.v1']);
  await hub.listen('a.b.v1', () => {}, new AbortController().signal);
  expect(log).toEqual(['subscribe a.b.v1', 'end a.b.v1', 'subscribe a.b.v1']);
});
