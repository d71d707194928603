import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { EventQueue } from '../../src/bus/event-queue.ts';

const LARGE = 100_000;

test('an event that has left is not held by the queue, whether it was delivered or dropped [PLG-3, BUS-6]', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const dropped: string[] = [];
  const queue = new EventQueue({ queueMessages: 2, queueBytes: 10 * LARGE }, (topic) => dropped.push(topic));
  const left: WeakRef<Uint8Array>[] = [];
  for (let sequence = 0; sequence < 4; sequence++) {
    const bytes = new Uint8Array(LARGE);
    queue.push(
      { topic: `a.b${sequence}.v1`, header: new Uint8Array(), sequence, time: 0, bytes, start: 0, end: LARGE },
      0,
    );
  }
  expect([dropped, queue.length]).toEqual([['a.b0.v1', 'a.b1.v1'], 2]);
  while (queue.length > 0) left.push(new WeakRef(queue.shift().bytes));
  await setImmediate();
  collect();
  expect(left.map((each) => each.deref())).toEqual([undefined, undefined]);
});
