import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Broker, ContractTable, completeQuota, DEFAULT_QUOTA } from '@aico/kernel';
import type { VerifiedPackage } from '@aico/kernel/contracts';
import { Incarnation } from '@aico/kernel/internal';
import { ZmqPeerSockets } from '@aico/kernel/zeromq';
import { createProcessRunner } from '@aico/sandbox';
import { type Grant, TOPICS, type TopicContract } from '@aico/schemas';
import { readBuilt } from '../read-built.ts';
import { DURABLE, EVENT, SIZED } from './payloads.ts';
import type { Order, Word } from './roles.ts';

// The kernel's half of a bus measurement: real sockets, CURVE, ACL, quotas and validation, as in the product.
const SMALL = `export default { activate: (ctx) =>
  ctx.bus.serve('plugin.' + ctx.id + '.command.run.v1', () => ({ text: ctx.id })) };`;
const tell = (word: Word): void => void process.send?.(word);
const folder = await mkdtemp(join(tmpdir(), 'aico-bench-'));
const sockets = new ZmqPeerSockets(folder);
const runner = createProcessRunner({
  runtimeFolder: folder,
  transport: sockets,
  homeFolder: folder,
  dataFolderOf: (id) => join(folder, 'data', id),
});
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
const durable: TopicContract = { ...event, topic: DURABLE, delivery: 'durable' };
const broker = new Broker(
  { contracts: new ContractTable([...TOPICS, event, durable, sized]), clock, onFailure: console.error },
  'bench',
);
const quota = {
  ...DEFAULT_QUOTA,
  messagesPerSecond: 10_000_000,
  bytesPerSecond: 10_737_418_240,
  messageBytes: 2 * 1024 * 1024,
  queueMessages: 1_000_000,
  queueBytes: 1_073_741_824,
  subscriptions: 20_000,
};

process.on('message', async (order: Order) => {
  if (order.type === 'attach') await attach(order);
  if (order.type === 'weigh') await weigh();
  if (order.type === 'journal') await startJournal();
  if (order.type === 'plugins') await startPlugins(order.count);
});
process.on('disconnect', async () => {
  await runner.close();
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
  await startPlugin(await readBuilt('journal'), 'journal-bench');
  tell({ type: 'ready' });
}

/** Small plugins, each of which answers a command of its own. */
async function startPlugins(count: number): Promise<void> {
  const dice = await readBuilt('dice');
  const small = (id: string): VerifiedPackage => ({
    ...dice,
    manifest: { ...dice.manifest, id, main: 'index.js', permissions: [] },
    files: new Map([['index.js', new TextEncoder().encode(SMALL)]]),
  });
  const begun = performance.now();
  await Promise.all(Array.from({ length: count }, (_, at) => startPlugin(small(`small-${at}`), `small-${at}-bench`)));
  tell({ type: 'started', tookMs: performance.now() - begun });
}

async function startPlugin(verified: VerifiedPackage, name: string): Promise<void> {
  const { id, permissions, quota: asked, configuration } = verified.manifest;
  const values = Object.entries(configuration?.properties ?? {}).map(([key, { default: value }]) => [key, value]);
  const granted = [...permissions, { verb: 'serve', topic: `plugin.${id}.command.run.v1` } as const];
  const grants = granted.map(({ verb, topic }): Grant => ({ verb, topic, effect: 'allow' }));
  const options = { broker, runner, clock, package: verified, name, onLog: () => {}, onPressure: () => {} };
  const life = { grants, quota: completeQuota(asked), configuration: Object.fromEntries(values) };
  await Incarnation.start({ ...options, ...life }, new AbortController().signal);
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
