import type { MessageCreated } from '@aico/schemas';
import { type BusUser, connectUser } from './bus-user.ts';
import {
  buildEvent,
  buildRequest,
  buildSized,
  buildStamped,
  DURABLE,
  madeAt,
  now,
  REQUEST,
  SIZED,
} from './payloads.ts';
import type { Order, Role, Word } from './roles.ts';

// A process that uses the bus: it publishes or subscribes, asks or answers, as its parent says.
const BURST_BYTES = 128 * 1024;
const BURSTS_AHEAD = 8;
/** A kernel lives for days: what compiling its code costs at first is not what a request costs. */
const WARM_UP_REQUESTS = 5_000;
const KEY_HEX = '07'.repeat(32);
const tell = (word: Word): void => void process.send?.(word);
const users: BusUser[] = [];
let role: Role;
let topic: string;
let going: Order & { type: 'go' } = { type: 'go', count: Number.POSITIVE_INFINITY, bytes: 0 };
let received = 0;
let latencies: number[] = [];

process.on('message', async (order: Order) => {
  if (order.type === 'connect') await connect(order);
  if (order.type === 'subscribe') await subscribeNothing(order.count);
  if (order.type === 'go') await go(order);
  if (order.type === 'count') tell({ type: 'counted', received });
});
process.on('disconnect', () => process.exit(0));
tell({ type: 'ready' });

async function connect(order: Order & { type: 'connect' }): Promise<void> {
  ({ role, topic } = order);
  const user = await connectUser(order.door);
  users.push(user);
  if (role === 'publisher' && topic === DURABLE) await user.keep?.(topic);
  if (role === 'subscriber') await user.subscribe(topic, take);
  if (role === 'answerer') await user.serve(topic, () => ({ text: 'done' }));
  if (role === 'keyholder') await user.serve(topic, () => ({ key: KEY_HEX }));
  if (role === 'crowd') await user.subscribe(`bench.crowd.c${users.length}.v1`, () => {});
  tell({ type: 'ready' });
}

async function subscribeNothing(count: number): Promise<void> {
  const topics = Array.from({ length: count }, (_, at) => `bench.quiet.s${at}.v1`);
  await Promise.all(topics.map((each) => users[0]?.subscribe(each, () => {})));
  tell({ type: 'ready' });
}

function take(data: unknown): void {
  received += 1;
  if (going.aged) latencies.push(now() - madeAt(data as MessageCreated));
  if (received < going.count) return;
  received = 0;
  tell({ type: 'finished', at: now(), latencies });
  latencies = [];
}

async function go(order: Order & { type: 'go' }): Promise<void> {
  going = order;
  if (role === 'publisher') await publish(order);
  if (role === 'asker') await ask(order.count);
}

async function publish({ count, bytes, rate }: Order & { type: 'go' }): Promise<void> {
  const user = users[0] as BusUser;
  tell({ type: 'began', at: now() });
  if (rate === undefined) await publishAll(user, count, bytes);
  else await publishSteadily(user, count, rate);
  await user.flush();
  tell({ type: 'finished', at: now() });
}

/** As fast as it goes, some bursts ahead of what the carrier took. */
async function publishAll(user: BusUser, count: number, bytes: number): Promise<void> {
  const build = topic !== SIZED ? (at: number) => buildEvent(at) : (at: number) => buildSized(at, bytes);
  const ahead: Promise<void>[] = [];
  const burst = Math.max(1, Math.min(512, Math.floor(BURST_BYTES / bytes)));
  for (let sent = 0; sent < count; ) {
    for (const end = Math.min(count, sent + burst); sent < end; sent++) user.publish(topic, build(sent));
    ahead.push(user.flush());
    if (ahead.length >= BURSTS_AHEAD) await ahead.shift();
  }
}

/** What is due at each tick of about one millisecond. */
async function publishSteadily(user: BusUser, count: number, rate: number): Promise<void> {
  const begun = now();
  for (let sent = 0; sent < count; ) {
    await new Promise<void>((resolve) => setTimeout(resolve, 1));
    for (const due = Math.min(count, ((now() - begun) * rate) / 1000); sent < due; sent++) {
      user.publish(topic, buildStamped());
    }
  }
}

async function ask(amount: number): Promise<void> {
  const user = users[0] as BusUser;
  const roundTrips: number[] = [];
  for (let asked = 0; asked < amount + WARM_UP_REQUESTS; asked++) {
    const begun = now();
    await user.request(REQUEST, buildRequest());
    if (asked >= WARM_UP_REQUESTS) roundTrips.push(now() - begun);
  }
  tell({ type: 'finished', at: now(), latencies: roundTrips });
}
