import { RecordKind } from '@aico/schemas';
import type { WireRecord } from '@aico/schemas/wire';
import { expect, test } from 'vitest';
import { flipped, SECRET_GET, SealedBus, type Tamper } from './sealed-bus.ts';

const SERVE = [`serve ${SECRET_GET}`];
const ASK = [`request ${SECRET_GET}`];
const SECRET = 'a-key-that-nobody-may-see';
const of = (kind: number, { kind: each, topic }: WireRecord): boolean => kind === each && topic === SECRET_GET;
const tampering =
  (kind: number, change: (record: WireRecord) => WireRecord): Tamper =>
  (record) =>
    of(kind, record) ? change(record) : record;

async function served(bus: SealedBus, tamper?: Tamper, incarnation?: string) {
  const heard: string[] = [];
  const vault = bus.peer('vault', SERVE, tamper, incarnation);
  await vault.bus.serve(SECRET_GET, ({ data, sender }) => {
    heard.push(`${sender} ${data.name}`);
    return { value: SECRET };
  });
  return { ...vault, heard };
}

test('question and answer pass the kernel sealed [SEC-6]', async () => {
  const bus = new SealedBus();
  const { heard } = await served(bus);
  const llm = bus.peer('llm', ASK);
  expect(await llm.bus.request(SECRET_GET, { name: 'openai-key' })).toEqual({ value: SECRET });
  expect(heard).toEqual(['llm openai-key']);
  expect(bus.seen.join()).not.toContain(SECRET);
  expect(bus.seen.join()).not.toContain('openai-key');
});

test('a server that starts anew is asked again under its new key, once [SEC-6]', async () => {
  const bus = new SealedBus();
  const first = await served(bus);
  const llm = bus.peer('llm', ASK);
  await llm.bus.request(SECRET_GET, { name: 'one' });
  first.detach();
  const second = await served(bus, undefined, 'vault-2');
  expect(await llm.bus.request(SECRET_GET, { name: 'two' })).toEqual({ value: SECRET });
  expect(second.heard).toEqual(['llm two']);
  expect(bus.problems).toEqual([]);
});

test.each([
  ['a question with a bit turned over', RecordKind.request, flipped, 'SDK_SEAL_BROKEN'],
  ['a question in the open', RecordKind.request, inTheOpen({ name: 'x' }), 'SDK_SEAL_MISSING'],
  ["a question under another's name", RecordKind.request, asOf('other'), 'SDK_SEAL_BROKEN'],
])('%s reaches no handler; the asker learns it [SEC-6]', async (_, kind, change, code) => {
  const bus = new SealedBus();
  const { heard } = await served(bus, tampering(kind, change));
  const llm = bus.peer('llm', ASK);
  await expect(llm.bus.request(SECRET_GET, { name: 'one' })).rejects.toMatchObject({ code, subject: SECRET_GET });
  expect(heard).toEqual([]);
  expect(bus.problems).toEqual([{ peer: 'vault', topic: SECRET_GET, code }]);
});

test.each([
  ['an answer with a bit turned over', flipped, 'SDK_SEAL_BROKEN'],
  ['an answer in the open', inTheOpen({ value: 'forged' }), 'SDK_SEAL_MISSING'],
])('%s reaches no asker [SEC-6]', async (_, change, code) => {
  const bus = new SealedBus();
  await served(bus);
  const llm = bus.peer('llm', ASK, tampering(RecordKind.reply, change));
  await expect(llm.bus.request(SECRET_GET, { name: 'one' })).rejects.toMatchObject({ code, subject: SECRET_GET });
});

test('the answer to one question is none to another [SEC-6]', async () => {
  const bus = new SealedBus();
  await served(bus);
  let first: Uint8Array | undefined;
  const llm = bus.peer('llm', ASK, (record) => {
    if (!of(RecordKind.reply, record)) return record;
    first ??= Uint8Array.from(record.payload);
    return { ...record, payload: first };
  });
  expect(await llm.bus.request(SECRET_GET, { name: 'one' })).toEqual({ value: SECRET });
  await expect(llm.bus.request(SECRET_GET, { name: 'two' })).rejects.toMatchObject({ code: 'SDK_SEAL_BROKEN' });
});

test('a question or answer off its schema is refused where it arrives [BUS-5]', async () => {
  const bus = new SealedBus();
  const vault = bus.peer('vault', SERVE);
  await vault.bus.serve(SECRET_GET, () => ({ value: 7 }) as never);
  const llm = bus.peer('llm', ASK);
  await expect(llm.bus.request(SECRET_GET, { nam: 'x' } as never)).rejects.toMatchObject({
    code: 'KERNEL_PAYLOAD_INVALID',
  });
  await expect(llm.bus.request(SECRET_GET, { name: 'one' })).rejects.toMatchObject({
    code: 'KERNEL_REPLY_INVALID',
    subject: 'vault',
  });
});

test('the kernel takes neither a server without a key nor an unsealed question [SEC-6]', async () => {
  const bus = new SealedBus();
  const vault = bus.raw('vault', SERVE);
  vault.port.send({ kind: RecordKind.serve, correlation: 1, topic: SECRET_GET });
  await expect.poll(() => vault.received.length).toBe(1);
  expect(JSON.parse(vault.received[0]?.payload ?? '')).toMatchObject({ code: 'KERNEL_SERVER_KEY_MISSING' });
  await served(bus);
  const llm = bus.raw('llm', ASK);
  llm.port.send({ kind: RecordKind.request, correlation: 1, topic: SECRET_GET, payload: '{"name":"one"}' });
  await expect.poll(() => llm.received.length).toBe(1);
  expect(JSON.parse(llm.received[0]?.payload ?? '')).toMatchObject({ code: 'KERNEL_PAYLOAD_UNSEALED' });
});

test('a peer without a grant learns no server’s key [SEC-4]', async () => {
  const bus = new SealedBus();
  await served(bus);
  const spy = bus.peer('spy', []);
  await expect(spy.bus.request(SECRET_GET, { name: 'one' })).rejects.toMatchObject({
    code: 'KERNEL_PERMISSION_DENIED',
    details: { verb: 'request', topic: SECRET_GET },
  });
});

function inTheOpen(data: unknown): (record: WireRecord) => WireRecord {
  return (record) => ({ ...record, payload: Buffer.from(JSON.stringify(data)) });
}

function asOf(sender: string): (record: WireRecord) => WireRecord {
  return (record) => ({ ...record, header: Buffer.from(JSON.stringify({ sender, incarnation: `${sender}-1` })) });
}
