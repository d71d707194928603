import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Broker, ContractTable, completeQuota, DEFAULT_QUOTA } from '@aico/kernel';
import { Incarnation } from '@aico/kernel/internal';
import { ZmqPeerSockets } from '@aico/kernel/zeromq';
import { createProcessRunner } from '@aico/sandbox';
import { type Grant, TOPICS, type TopicContract } from '@aico/schemas';
import { readBuilt } from '../read-built.ts';
import { EVENT, SIZED } from './payloads.ts';
import type { Order, Word } from './roles.ts';

// The kernel's half of a bus measurement: real sockets, CURVE, ACL, quotas and validation, as in the product.
const tell = (word: Word): void => void process.send?.(word);
const folder = await mkdtemp(join(tmpdir(), 'aico-bench-'));
const sockets = new ZmqPeerSockets(folder);
const after = (milliseconds: number, handler: () => void): (() => void) => {
  const timer = setTimeout(handler, milliseconds);
  return () => clearTimeout(timer);
};
const clock = { now: () => Date.now(), after };
const sized: TopicContract = {
  topic: SIZED,
  kind: 'event',
  payload: 'llm#Generate',
  delivery: 'transient',
  words: {},
  description: 'A text of any size.',
};
/** A message of the chat, on a topic that is not durable. */
const event: TopicContract = { ...sized, topic: EVENT, payload: 'chat#MessageCreated', description: 'A message.' };
const broker = new Broker(
  { contracts: new ContractTable([...TOPICS, event, sized]), clock, onFailure: console.error },
  'bench',
);
const quota = {
  ...DEFAULT_QUOTA,
  messagesPerSecond: 10_000_000,
  bytesPerSecond: 10_737_418_240,
  messageBytes: 2 * 1024 * 1024,
  queueMessages: 1_000_000,
  queueBytes: 1_073_741_824,
};

process.on('message', async (order: Order) => {
  if (order.type === 'attach') await attach(order);
  if (order.type === 'weigh') await weigh();
  if (order.type === 'journal') await startJournal();
});
process.on('disconnect', async () => {
  await sockets.close();
  await rm(folder, { recursive: true, force: true });
  process.exit(0);
});
tell({ type: 'ready' });

async function attach(order: Order & { type: 'attach' }): Promise<void> {
  const { link, credentials } = await sockets.open(order.id);
  const grants = order.grants.map((text): Grant => {
    const [verb, topic] = text.split(' ') as [Grant['verb'], string];
    return { verb, topic, effect: 'allow' };
  });
  broker.attach({ id: order.id.replace(/-.*/, ''), incarnation: order.id, grants, quota, link });
  tell({ type: 'attached', id: order.id, credentials });
}

/** The journal as the product runs it: its signed package, a confined process, a folder on the disk. */
async function startJournal(): Promise<void> {
  const runner = createProcessRunner({
    runtimeFolder: folder,
    transport: sockets,
    dataFolderOf: (id) => join(folder, 'data', id),
  });
  const verified = await readBuilt('journal');
  const { permissions, quota: asked, configuration } = verified.manifest;
  const values = Object.entries(configuration?.properties ?? {}).map(([name, { default: value }]) => [name, value]);
  const options = { broker, runner, clock, package: verified, name: 'journal-bench' };
  const grants = permissions.map(({ verb, topic }): Grant => ({ verb, topic, effect: 'allow' }));
  const life = { grants, quota: completeQuota(asked), configuration: Object.fromEntries(values), onLog: () => {} };
  await Incarnation.start({ ...options, ...life }, new AbortController().signal);
  tell({ type: 'ready' });
}

async function weigh(): Promise<void> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  // What the first collection found is let go of a turn later.
  collect();
  await setImmediate();
  collect();
  const { heapUsed, external, rss } = process.memoryUsage();
  tell({ type: 'weighed', liveBytes: heapUsed + external, residentBytes: rss });
}
