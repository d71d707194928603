import { RecordKind } from '@aico/schemas';
import { expect, test } from 'vitest';
import { createTestBus } from './test-bus.ts';

const STATE = 'vault.state.changed.v1';
const OTHER = 'llm.status.get.v1';
const MANY = 2_000;

test.each([
  [
    'publishes',
    `publish ${STATE}`,
    { kind: RecordKind.publish, correlation: 1, topic: STATE, data: { state: 'locked' } },
  ],
  ['subscriptions', `subscribe ${STATE}`, { kind: RecordKind.subscribe, correlation: 1, topic: STATE }],
] as const)(
  'a frame full of %s is taken in turns with what others send, and whole [BUS-1, PLG-3]',
  async (_what, grant, record) => {
    await using bus = await createTestBus('memory');
    const { peer: talker } = await bus.attach('talker', [grant]);
    const { peer: listener } = await bus.attach('listener', [`subscribe ${STATE}`]);
    const { peer: answerer } = await bus.attach('answerer', [`serve ${OTHER}`]);
    const { peer: asker } = await bus.attach('asker', [`request ${OTHER}`]);
    await listener.subscribe(STATE);
    await answerer.serve(OTHER);
    await talker.send(...Array.from({ length: MANY }, (_, at) => ({ ...record, correlation: at + 1 })));
    await asker.send({ kind: RecordKind.request, correlation: 1, topic: OTHER, data: {} });
    await answerer.next(RecordKind.request);
    // What is asked meanwhile arrives before all of the frame is taken.
    const confirmed = () => talker.seen(RecordKind.confirm).at(-1)?.correlation ?? 0;
    expect(confirmed()).toBeLessThan(MANY);
    await expect.poll(confirmed).toBe(MANY);
    expect(listener.seen(RecordKind.deliver)).toHaveLength(record.kind === RecordKind.publish ? MANY : 0);
  },
);
