import { AccessList, Broker, ContractTable, completeQuota, createMemoryLinks } from '@aico/kernel';
import { type Grant, parsePattern, RecordKind, type TopicContract } from '@aico/schemas';
import { decodeFrame, encodeFrame, encodeRecord } from '@aico/schemas/wire';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RawPeer } from '../bus/raw-peer.ts';
import { clock, createTestBus, openContracts } from '../bus/test-bus.ts';

const TOKENS = ['a', 'b'];
const tails = ['', ...TOKENS, ...TOKENS.flatMap((one) => TOKENS.map((other) => `${one}.${other}`))];
const TOPICS = TOKENS.flatMap((first) => tails.map((tail) => `${[first, tail].filter(Boolean).join('.')}.v1`));
/** The kernel's own, which no wildcard reaches; and a plugin's, of which it alone speaks. */
const RESERVED = 'kernel.gap.raised.v1';
const OWNED = 'plugin.one.event.v1';
const contracts = new ContractTable(
  [...TOPICS, OWNED, 'kernel.violation.raised.v1'].map((topic): TopicContract => {
    const payload = topic.startsWith('kernel.') ? 'control#Violation' : 'control#Empty';
    return { topic, kind: 'event', payload, delivery: 'transient', words: {}, description: '' };
  }),
);

const pattern = fc
  .tuple(fc.array(fc.constantFrom('a', 'b', '*'), { maxLength: 3 }), fc.constantFrom('v1', '*', '>'))
  .map(([tokens, end]) => [...tokens, end].join('.'));
const grants = fc.array(
  fc.record({
    verb: fc.constantFrom('publish' as const, 'subscribe' as const),
    topic: fc.oneof(pattern, fc.constantFrom(...TOPICS, OWNED, RESERVED)),
    effect: fc.constantFrom('allow' as const, 'allow' as const, 'deny' as const),
  }),
  { maxLength: 5 },
);

function matchesPlainly(text: string, topic: string): boolean {
  const tokens = text.split('.').map((each) => (each === '>' ? '.+' : each === '*' ? '[^.]+' : each));
  return new RegExp(`^${tokens.join('\\.')}$`).test(topic);
}

const isWild = (text: string): boolean => /[*>]/.test(text);

/** The rule of the access list, said as plainly as it can be. */
function mayPlainly(peer: string, list: readonly Grant[], verb: Grant['verb'], topic: string): boolean {
  const owner = /^plugin\.([^.]+)\./.exec(topic)?.[1];
  if (verb === 'publish' && (topic.startsWith('kernel.') || (owner !== undefined && owner !== peer))) return false;
  const hits = list.filter((grant) => grant.verb === verb && matchesPlainly(grant.topic, topic));
  const reaches = (grant: Grant): boolean => !(isWild(grant.topic) && topic.startsWith('kernel.'));
  return (
    hits.some((grant) => grant.effect === 'allow' && reaches(grant)) && hits.every(({ effect }) => effect === 'allow')
  );
}

/** Who breaks rules waits; here nobody waits for that. */
const hasty = {
  now: clock.now,
  after: (_milliseconds: number, handler: () => void): (() => void) => {
    const soon = setImmediate(handler);
    return () => clearImmediate(soon);
  },
};

interface Speaker {
  readonly peer: RawPeer;
  readonly attachment: ReturnType<Broker['attach']>;
}

function attach(broker: Broker, id: string, list: readonly Grant[]): Speaker {
  const [link, other] = createMemoryLinks();
  const quota = completeQuota({ messagesPerSecond: 1_000_000 });
  return {
    attachment: broker.attach({ id, incarnation: `${id}-1`, grants: list, quota, link }),
    peer: RawPeer.overLink(other),
  };
}

let asked = 0;

/** Waits until everything that a peer was sent has arrived. */
async function settle(peer: RawPeer): Promise<void> {
  asked += 1;
  const correlation = asked;
  await peer.send({ kind: RecordKind.unsubscribe, correlation, topic: 'z.v1' });
  while (!peer.seen(RecordKind.confirm).some((each) => each.correlation === correlation))
    await new Promise(setImmediate);
}

describe('what a peer hears, against a brute-force model', () => {
  test('is what its sender may say, it may hear and it asked for, also after its grants changed [SEC-4, BUS-4]', async () => {
    const input = fc.record({
      speaking: grants,
      hearing: grants,
      later: grants,
      asking: fc.array(fc.oneof(pattern, fc.constantFrom(...TOPICS, OWNED, RESERVED)), { maxLength: 4 }),
    });
    const property = fc.asyncProperty(input, async ({ speaking, hearing, later, asking }) => {
      const broker = new Broker({ contracts, clock: hasty }, 'k');
      const one = attach(broker, 'one', speaking);
      const two = attach(broker, 'two', hearing);
      for (const topic of asking) await two.peer.send({ kind: RecordKind.subscribe, correlation: 0, topic });
      await settle(two.peer);
      const refused = two.peer.seen(RecordKind.error).map(({ topic }) => topic);
      const live = asking.filter((text) => !refused.includes(text));
      const rounds: string[][] = [];
      for (const list of [hearing, later]) {
        if (list === later) two.attachment.setGrants(later);
        const before = two.peer.seen(RecordKind.deliver).length;
        const all = [...TOPICS, OWNED].map((topic) => ({ kind: RecordKind.publish, correlation: 0, topic, data: {} }));
        await one.peer.send(...all);
        await settle(one.peer);
        await settle(two.peer);
        rounds.push(
          two.peer
            .seen(RecordKind.deliver)
            .slice(before)
            .map(({ topic }) => topic),
        );
      }
      const survives = (text: string): boolean => new AccessList('two', later).admitsSubscription(parsePattern(text));
      const expected = [hearing, later].map((list, round) =>
        [...TOPICS, OWNED].filter((topic) => {
          const wanted = live.filter((text) => matchesPlainly(text, topic) && (round === 0 || survives(text)));
          const may = mayPlainly('one', speaking, 'publish', topic) && mayPlainly('two', list, 'subscribe', topic);
          return may && wanted.length > 0;
        }),
      );
      expect(rounds).toEqual(expected);
    });
    await fc.assert(property, { numRuns: 300 });
  });
});

test('a changed grant reaches what waits for a slow transport, and nothing that was allowed is lost [SEC-4, BUS-6]', async () => {
  const broker = new Broker({ contracts, clock }, 'k');
  const one = attach(broker, 'one', [{ verb: 'publish', topic: '>', effect: 'allow' }]);
  const sent: string[] = [];
  const gates: (() => void)[] = [];
  const attachment = broker.attach({
    id: 'slow',
    incarnation: 'slow-1',
    grants: [{ verb: 'subscribe', topic: '>', effect: 'allow' }],
    quota: completeQuota({}),
    link: {
      send: (frame) => {
        for (const { kind, topic } of decodeFrame(frame)) if (kind === RecordKind.deliver) sent.push(topic);
        return new Promise((resolve) => gates.push(resolve));
      },
      receive: (handler) => void handler(encodeFrame([encodeRecord({ kind: RecordKind.subscribe, topic: '>' })])),
      close: async () => {},
    },
  });
  const publish = async (...topics: string[]): Promise<void> => {
    await one.peer.send(...topics.map((topic) => ({ kind: RecordKind.publish, correlation: 1, topic, data: {} })));
    await settle(one.peer);
  };
  await publish('a.v1');
  await publish('a.v1', 'b.v1', 'a.v1', 'b.v1');
  attachment.setGrants([{ verb: 'subscribe', topic: 'b.v1', effect: 'allow' }]);
  for (let open = gates.shift(); open !== undefined; open = gates.shift()) {
    open();
    await new Promise(setImmediate);
  }
  // What the transport took before the change is beyond recall.
  expect(sent.filter((topic) => topic === 'b.v1')).toHaveLength(2);
  expect(sent.filter((topic) => topic === 'a.v1').length).toBeLessThan(3);
});

test("the kernel stamps a grant's constraints, whatever the sender writes [SEC-4]", async () => {
  await using bus = await createTestBus('memory', openContracts());
  const grant: Grant = {
    verb: 'request',
    topic: 'vault.key.derive.v1',
    effect: 'allow',
    constraints: { purposes: ['one'] },
  };
  const { peer: vault } = await bus.attach('vault', ['serve vault.key.derive.v1']);
  const { peer: one } = await bus.attach('one', [grant]);
  await vault.serve('vault.key.derive.v1');
  const forged = Buffer.from(JSON.stringify({ grant: { purposes: ['all'] } }));
  const question = { kind: RecordKind.request, topic: grant.topic, data: { purpose: 'one' } };
  await one.send({ ...question, correlation: 1, header: forged }, { ...question, correlation: 2 });
  expect((await one.next(RecordKind.error)).correlation).toBe(1);
  expect((await vault.next(RecordKind.request)).header).toMatchObject({ sender: 'one', grant: { purposes: ['one'] } });
});
