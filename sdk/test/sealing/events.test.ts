import { RecordKind } from '@aico/schemas';
import type { WireRecord } from '@aico/schemas/wire';
import { expect, test } from 'vitest';
import { CREATED, flipped, messageOf, SealedBus } from './sealed-bus.ts';

const APPEND = 'journal.append.v1';
const SECRET = 'the-cat-is-called-turing';
const soon = { timeout: 5_000, interval: 5 };
const isEvent = ({ kind, topic }: WireRecord): boolean => kind === RecordKind.deliver && topic === CREATED;
const asBox = (record: WireRecord, change: object): WireRecord => {
  const payload = Buffer.from(JSON.stringify({ ...JSON.parse(Buffer.from(record.payload).toString()), ...change }));
  return { ...record, payload };
};

/** A bus with a vault, and a journal that keeps whatever it is handed. */
async function house() {
  const bus = new SealedBus();
  const kept: { payload: string; topic: string; time: number; sender: string; incarnation: string }[] = [];
  const journal = bus.peer('journal', [`serve ${APPEND}`, 'serve journal.consume.v1', 'serve journal.settle.v1']);
  await journal.bus.keepEvents(async (event) => ({ sequence: kept.push(event) }));
  return { bus, kept, journal };
}

test('an event reaches its subscriber, and nothing that passed the kernel or lies in the journal tells it [SEC-6]', async () => {
  const { bus, kept } = await house();
  await bus.vault();
  const heard: string[] = [];
  const memory = bus.peer('memory', [`subscribe ${CREATED}`]);
  await memory.bus.subscribe(CREATED, ({ data, sender }) => void heard.push(`${sender}: ${data.message.text}`));
  const chat = bus.peer('chat', [`publish ${CREATED}`]);
  await Promise.all([SECRET, 'two', 'three'].map((text) => chat.bus.publish(CREATED, messageOf(text))));
  await expect.poll(() => heard, soon).toEqual([`chat: ${SECRET}`, 'chat: two', 'chat: three']);
  expect(kept).toHaveLength(3);
  expect(JSON.stringify(kept) + bus.seen.join()).not.toContain(SECRET);
  // Those of one conversation stay in order by a tag that does not name it.
  const tags = kept.map(({ payload }) => (JSON.parse(payload) as { key: string }).key);
  expect(new Set(tags).size).toBe(1);
  expect(tags[0]).toMatch(/^[A-Za-z0-9+/]{22}$/);
});

test('a peer without a grant gets no key, and its event is refused [SEC-4] [SEC-6]', async () => {
  const { bus, kept } = await house();
  const { asked } = await bus.vault();
  const spy = bus.peer('spy', []);
  const denied = { code: 'KERNEL_PERMISSION_DENIED' };
  await expect(spy.bus.publish(CREATED, messageOf('x'))).rejects.toMatchObject(denied);
  await expect(spy.bus.request('vault.topic.key.v1', { topic: CREATED })).rejects.toMatchObject(denied);
  expect(asked).toEqual([]);
  expect(kept).toEqual([]);
});

test('the kernel refuses an unsealed event of a sealed topic [SEC-6]', async () => {
  const { bus, kept } = await house();
  const { port, received } = bus.raw('chat', [`publish ${CREATED}`]);
  port.send({ kind: RecordKind.publish, correlation: 1, topic: CREATED, payload: JSON.stringify(messageOf('open')) });
  await expect.poll(() => received.filter(({ kind }) => kind === RecordKind.error), soon).toHaveLength(1);
  expect(JSON.parse(received[0]?.payload ?? '')).toMatchObject({ code: 'KERNEL_PAYLOAD_UNSEALED', subject: CREATED });
  expect(bus.violations).toMatchObject([{ sender: 'chat', topic: CREATED }]);
  expect(kept).toEqual([]);
});

test.each([
  ['with a bit turned over', (record: WireRecord) => flipped(record), 'SDK_SEAL_BROKEN'],
  ['shown as of another sender', (record: WireRecord) => ({ ...record, header: header('evil') }), 'SDK_SEAL_BROKEN'],
  ['under another order tag', (record: WireRecord) => asBox(record, { key: 'A'.repeat(22) }), 'SDK_SEAL_BROKEN'],
  ['under another nonce', (record: WireRecord) => asBox(record, { nonce: 'A'.repeat(16) }), 'SDK_SEAL_BROKEN'],
  ['under another key', (record: WireRecord) => asBox(record, { epoch: 2 }), 'SDK_SEAL_BROKEN'],
  ['in the open', (record: WireRecord) => ({ ...record, payload: bytes(messageOf('x')) }), 'SDK_SEAL_MISSING'],
  ['as no JSON', (record: WireRecord) => ({ ...record, payload: Buffer.from('{') }), 'SDK_SEAL_MISSING'],
])(
  'an event that comes %s reaches no handler, is named, counted, and the next one comes [SEC-6]',
  async (_, tamper, code) => {
    const { bus } = await house();
    await bus.vault();
    const gaps: unknown[] = [];
    const watcher = bus.peer('watcher', ['subscribe kernel.gap.raised.v1']);
    await watcher.bus.subscribe('kernel.gap.raised.v1', ({ data }) => void gaps.push(data));
    let left = 1;
    const memory = bus.peer('memory', [`subscribe ${CREATED}`], (record) => {
      if (!isEvent(record) || left === 0) return record;
      left -= 1;
      return tamper(record);
    });
    const heard: string[] = [];
    await memory.bus.subscribe(CREATED, ({ data }) => void heard.push(data.message.text));
    const chat = bus.peer('chat', [`publish ${CREATED}`]);
    await chat.bus.publish(CREATED, messageOf('one'));
    await chat.bus.publish(CREATED, messageOf('two'));
    await expect.poll(() => heard, soon).toEqual(['two']);
    expect(bus.problems).toEqual([{ peer: 'memory', topic: CREATED, code }]);
    await expect.poll(() => gaps, soon).toEqual([{ subscriber: 'memory', topic: CREATED, dropped: 1 }]);
  },
);

test('what was sealed off its schema by a hostile publisher reaches no handler [SEC-6] [BUS-5]', async () => {
  const { bus } = await house();
  const key = 'ab'.repeat(32);
  const vault = bus.peer('vault', ['serve vault.topic.key.v1']);
  await vault.bus.serve('vault.topic.key.v1', () => ({ key, epoch: 1, sealedSince: new Date().toISOString() }));
  const heard: unknown[] = [];
  const memory = bus.peer('memory', [`subscribe ${CREATED}`]);
  await memory.bus.subscribe(CREATED, ({ data }) => void heard.push(data));
  const { sealEvent } = await import('../../src/sealing/events.ts');
  const { TopicKeys } = await import('../../src/sealing/topic-keys.ts');
  const lent = async () => ({ key, epoch: 1, sealedSince: new Date().toISOString() });
  const keys = new TopicKeys(lent, { after: () => () => {} });
  await keys.fetch(CREATED);
  // A publisher that holds the key and leaves out the check.
  const careless = { kind: 'event' as const, payload: Object.assign((_: unknown): _ is unknown => true, {}) };
  const payload = sealEvent(CREATED, careless, 'chat', '{"message":{"text":7}}', keys.use(CREATED));
  const { port } = bus.raw('chat', [`publish ${CREATED}`]);
  port.send({ kind: RecordKind.publish, correlation: 1, topic: CREATED, payload });
  await expect
    .poll(() => bus.problems, soon)
    .toEqual([{ peer: 'memory', topic: CREATED, code: 'KERNEL_PAYLOAD_INVALID' }]);
  expect(heard).toEqual([]);
});

test('its own runtime tells a publisher what does not fit the schema [BUS-5]', async () => {
  const { bus } = await house();
  await bus.vault();
  const chat = bus.peer('chat', [`publish ${CREATED}`]);
  const wrong = { message: { text: 7 } } as unknown as ReturnType<typeof messageOf>;
  await expect(chat.bus.publish(CREATED, wrong)).rejects.toMatchObject({ code: 'KERNEL_PAYLOAD_INVALID' });
});

test('while the vault is locked a publisher learns it at once, and later publishes keep their order [SEC-6]', async () => {
  const { bus, kept } = await house();
  let locked = true;
  await bus.vault(() => locked);
  const chat = bus.peer('chat', [`publish ${CREATED}`]);
  await expect(chat.bus.publish(CREATED, messageOf('one'))).rejects.toMatchObject({ code: 'VAULT_LOCKED' });
  locked = false;
  await Promise.all([chat.bus.publish(CREATED, messageOf('two')), chat.bus.publish(CREATED, messageOf('three'))]);
  expect(kept).toHaveLength(2);
});

test('without a vault a publisher learns that nobody lends the key', async () => {
  const { bus } = await house();
  const chat = bus.peer('chat', [`publish ${CREATED}`]);
  await expect(chat.bus.publish(CREATED, messageOf('one'))).rejects.toMatchObject({ code: 'KERNEL_NO_SERVER' });
});

test('a consumer gets what was kept before sealing as it is, what came since opened, and gives the rest back [SEC-6] [BUS-6]', async () => {
  const { bus, kept, journal } = await house();
  const since = Date.now();
  await bus.vault(() => false, new Date(since).toISOString());
  const chat = bus.peer('chat', [`publish ${CREATED}`]);
  await chat.bus.publish(CREATED, messageOf('sealed'));
  const [event] = kept;
  const base = { topic: CREATED, sender: 'chat', incarnation: 'chat-1', attempt: 1 };
  const at = (ms: number): string => new Date(ms).toISOString();
  const settled: unknown[] = [];
  await journal.bus.serveStream('journal.consume.v1', async ({ signal }, stream) => {
    const sealed = JSON.parse(event?.payload ?? '') as Record<string, unknown>;
    await stream.write({ ...base, sequence: 1, time: at(since - 60_000), data: messageOf('old') });
    await stream.write({ ...base, sequence: 2, time: at(since + 1), data: sealed });
    await stream.write({ ...base, sequence: 3, time: at(since + 1), data: messageOf('smuggled') });
    await stream.write({ ...base, sequence: 4, time: at(since + 1), data: { ...sealed, nonce: 'A'.repeat(16) } });
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    return {};
  });
  await journal.bus.serve('journal.settle.v1', ({ data }) => {
    settled.push(...data.acknowledged, ...data.returned.map(({ sequence }) => -sequence));
    return { settled: data.acknowledged.length };
  });
  const heard: string[] = [];
  const memory = bus.peer('memory', [`subscribe ${CREATED}`]);
  const undo = await memory.bus.consume(CREATED, { group: 'main' }, ({ data }) => void heard.push(data.message.text));
  await expect.poll(() => settled, soon).toEqual([1, 2, -3, -4]);
  expect(heard).toEqual(['old', 'sealed']);
  expect(memory.failures).toMatchObject([{ code: 'SDK_SEAL_MISSING' }, { code: 'SDK_SEAL_BROKEN' }]);
  await undo();
});

function header(sender: string): Uint8Array {
  return bytes({ sender, incarnation: `${sender}-1` });
}

function bytes(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}
