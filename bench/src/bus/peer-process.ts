import { connectRecordPort } from '@aico/sandbox/client';
import { BusClient, Scope } from '@aico/sdk/internal';
import { buildEvent, EVENT, type Order, REQUEST, type Role, type Word } from './roles.ts';

// A plugin's half of a bus measurement, on the SDK's own client.
const UNCONFIRMED = 4_096;
const WARM_UP_REQUESTS = 500;
const tell = (word: Word): void => void process.send?.(word);
const now = (): number => performance.timeOrigin + performance.now();
let client: BusClient;
let role: Role;
let expected = Number.POSITIVE_INFINITY;
let received = 0;

const timers = {
  after: (milliseconds: number, handler: () => void) => {
    const timer = setTimeout(handler, milliseconds);
    return () => clearTimeout(timer);
  },
};

process.on('message', async (order: Order) => {
  if (order.type === 'connect') await connect(order);
  if (order.type === 'go') await go(order.count);
});
process.on('disconnect', () => process.exit(0));
tell({ type: 'ready' });

async function connect(order: Order & { type: 'connect' }): Promise<void> {
  role = order.role;
  const port = await connectRecordPort(order.credentials);
  const onFailure = (topic: string, error: unknown): void => console.error(topic, error);
  client = new BusClient({ plugin: 'bench', port, timers, scope: new Scope('bench'), onFailure });
  port.receive((record) => client.receive(record));
  if (role === 'subscriber') await client.subscribe(EVENT, () => count());
  if (role === 'answerer') await client.serve(REQUEST, () => ({ text: 'done' }));
  tell({ type: 'ready' });
}

function count(): void {
  received += 1;
  if (received < expected) return;
  received = 0;
  tell({ type: 'finished', at: now() });
}

async function go(amount: number): Promise<void> {
  if (role === 'subscriber') expected = amount;
  if (role === 'publisher') await publish(amount);
  if (role === 'asker') await ask(amount);
}

async function publish(amount: number): Promise<void> {
  tell({ type: 'began', at: now() });
  for (let sent = 0; sent < amount; ) {
    let last: Promise<void> = Promise.resolve();
    for (let burst = 0; burst < UNCONFIRMED / 8 && sent < amount; burst++, sent++)
      last = client.publish(EVENT, buildEvent(sent));
    await last;
  }
  tell({ type: 'finished', at: now() });
}

async function ask(amount: number): Promise<void> {
  const latencies: number[] = [];
  const conversation = '6f1c2a52-3b1e-4c58-9a54-0d1f2b3c4d5e';
  const data = { name: 'bench', arguments: 'x'.repeat(120), conversation, time: '2026-01-01T12:00:00Z' };
  for (let asked = 0; asked < amount + WARM_UP_REQUESTS; asked++) {
    const begun = performance.now();
    await client.request(REQUEST, data);
    if (asked >= WARM_UP_REQUESTS) latencies.push(performance.now() - begun);
  }
  tell({ type: 'finished', at: now(), latencies });
}
