import { AicoError, type BusRecord, type Permission } from '@aico/schemas';
import type { BusStream, Message, RequestOptions, StreamWriter, Undo } from '@aico/sdk';
import { dataOf, type Recording, type Sent, sentIn } from './recording.ts';
import type { TestKernel } from './test-kernel.ts';

/** Longer than the kernel takes between two batches of what it observed. */
const QUIET_MS = 150;
/** Messages fed at a time: the kernel tells 200 a batch, and a plugin may send several for each. */
const FED_AT_ONCE = 25;
const ANSWER_WITHIN_MS = 10_000;

/** What a replay came to. */
export interface Replayed {
  /** What the plugin sent this time, in order; `sentIn(recording)` is what it sent then. */
  readonly sent: readonly Sent[];
  /** What it received then and could not be given now: sealed, cut, or from the kernel itself. */
  readonly omitted: readonly BusRecord[];
}

/** The bus without the types of single topics: a recording may hold any. */
interface AnyBus {
  publish(topic: string, data: unknown, options: RequestOptions): Promise<void>;
  request(topic: string, data: unknown, options: RequestOptions): Promise<unknown>;
  stream(topic: string, data: unknown, options: RequestOptions): BusStream<unknown, unknown>;
  subscribe(topic: string, handler: (message: Message<unknown>) => void): Promise<Undo>;
  serve(topic: string, handler: () => Promise<unknown>): Promise<Undo>;
  serveStream(
    topic: string,
    handler: (request: unknown, stream: StreamWriter<unknown>) => Promise<unknown>,
  ): Promise<Undo>;
}

type Grants = Map<string, Pick<Permission, 'verb' | 'topic'>[]>;
type Answers = readonly BusRecord[];

/**
 * Gives a plugin that a test loaded what it received in a recording, in order and under the same senders' names, and
 * answers its requests as they were answered then. What is sealed, such as storage, is the test's to serve.
 */
export async function replay(kernel: TestKernel, recording: Recording): Promise<Replayed> {
  const { plugin, records } = recording;
  const fed = records.filter((record) => isFor(plugin, record));
  const answers = answersOf(recording);
  const buses = await connect(kernel, grantsOf(fed, answers, plugin));
  for (const [server, topics] of answers) {
    for (const [topic, queue] of topics) await answerAsThen(busOf(buses, server), topic, queue);
  }
  const seen = await watch(kernel);
  const running = new Map<number, Running>();
  const omitted: BusRecord[] = [];
  let since = 0;
  for (const record of records) {
    if (record.sender === plugin) {
      // What was asked after this answer is asked after it again.
      if (record.verb === 'reply' || record.verb === 'error') await running.get(record.exchange ?? -1)?.over;
    } else if (record.verb === 'cancel') {
      running.get(record.exchange ?? -1)?.abort.abort();
    } else if (isFor(plugin, record)) {
      if (record.sender === 'kernel' || dataOf(record) === undefined) omitted.push(record);
      else await feed(busOf(buses, record.sender), record, running);
      since += 1;
      if (since % FED_AT_ONCE === 0) await pause();
    }
  }
  await Promise.all([...running.values()].map(({ over }) => over));
  return { sent: sentIn({ plugin, records: await seen() }), omitted };
}

interface Running {
  readonly abort: AbortController;
  readonly over: Promise<unknown>;
}

/** A message that the plugin received for what it is, and not as the answer to a request of its own. */
function isFor(plugin: string, { sender, receivers, verb }: BusRecord): boolean {
  return sender !== plugin && receivers.includes(plugin) && ['publish', 'request', 'stream'].includes(verb);
}

/** For each server and topic, the answers to the plugin's requests, in the order of asking. */
function answersOf({ plugin, records }: Recording): Map<string, Map<string, Answers[]>> {
  const servers = new Map<string, Map<string, Answers[]>>();
  for (const asked of records) {
    const [server] = asked.receivers;
    const isQuestion = asked.verb === 'request' || asked.verb === 'stream';
    if (asked.sender !== plugin || !isQuestion || server === undefined || server === 'kernel') continue;
    const answers = records.filter(({ exchange, sender }) => exchange === asked.exchange && sender !== plugin);
    if (answers.some((answer) => dataOf(answer) === undefined)) continue;
    const topics = servers.get(server) ?? new Map<string, Answers[]>();
    servers.set(server, topics.set(asked.topic, [...(topics.get(asked.topic) ?? []), answers]));
  }
  return servers;
}

function grantsOf(fed: readonly BusRecord[], answers: ReturnType<typeof answersOf>, plugin: string): Grants {
  const grants: Grants = new Map();
  const grant = (id: string, verb: Permission['verb'], topic: string): void => {
    const granted = grants.get(id) ?? [];
    if (!granted.some((each) => each.verb === verb && each.topic === topic)) granted.push({ verb, topic });
    grants.set(id, granted);
  };
  for (const { sender, verb, topic } of fed) {
    if (sender !== 'kernel' && sender !== plugin) grant(sender, verb === 'publish' ? 'publish' : 'request', topic);
  }
  for (const [server, topics] of answers) for (const topic of topics.keys()) grant(server, 'serve', topic);
  return grants;
}

async function connect(kernel: TestKernel, grants: Grants): Promise<Map<string, AnyBus>> {
  const buses = new Map<string, AnyBus>();
  for (const [id, permissions] of grants) {
    const { bus } = await kernel.peer({ id, permissions });
    buses.set(id, bus as unknown as AnyBus);
  }
  return buses;
}

function busOf(buses: ReadonlyMap<string, AnyBus>, id: string): AnyBus {
  const bus = buses.get(id);
  if (bus === undefined) throw new AicoError('KERNEL_PLUGIN_UNKNOWN', { subject: id });
  return bus;
}

async function feed(bus: AnyBus, record: BusRecord, running: Map<number, Running>): Promise<void> {
  const { verb, topic, exchange = -1, traceparent } = record;
  const abort = new AbortController();
  const trace = traceparent === undefined ? {} : { traceparent };
  const options = { trace, signal: abort.signal, timeoutMs: ANSWER_WITHIN_MS };
  const data = dataOf(record);
  if (verb === 'publish') {
    await bus.publish(topic, data, { trace });
    return;
  }
  const answered = verb === 'request' ? bus.request(topic, data, options) : drain(bus.stream(topic, data, options));
  // How the plugin answers, error or not, is in what it sent.
  running.set(exchange, { abort, over: answered.catch(() => undefined) });
}

async function drain(stream: BusStream<unknown, unknown>): Promise<unknown> {
  for await (const _chunk of stream);
  return stream.result;
}

async function answerAsThen(bus: AnyBus, topic: string, queue: Answers[]): Promise<void> {
  const next = async (write: (chunk: unknown) => Promise<void>): Promise<unknown> => {
    const answers = queue.shift();
    if (answers === undefined) throw new AicoError('KERNEL_NO_SERVER', { subject: topic });
    for (const answer of answers) {
      const data = dataOf(answer);
      if (answer.verb === 'chunk') await write(data);
      else if (answer.verb === 'error') throw AicoError.fromReport(data as never);
      else return data;
    }
    // It was never answered then: the plugin waits now as it did.
    return new Promise(() => {});
  };
  const isStream = queue.flat().some(({ verb }) => verb === 'chunk');
  if (isStream) await bus.serveStream(topic, (_request, stream) => next((chunk) => stream.write(chunk)));
  else await bus.serve(topic, () => next(async () => {}));
}

/** Sees what passes the bus; the result waits until nothing more does. @throws AicoError SDK_REPLAY_TOO_FAST */
async function watch(kernel: TestKernel): Promise<() => Promise<readonly BusRecord[]>> {
  const { bus } = await kernel.peer({
    id: 'replay',
    permissions: [{ verb: 'subscribe', topic: 'kernel.bus.observed.v1' }],
  });
  const records: BusRecord[] = [];
  let skipped = 0;
  const undo = await bus.subscribe('kernel.bus.observed.v1', ({ data }) => {
    records.push(...data.records);
    skipped += data.skipped;
  });
  return async () => {
    let before = -1;
    while (before !== records.length) {
      before = records.length;
      await pause();
    }
    await undo();
    if (skipped > 0) throw new AicoError('SDK_REPLAY_TOO_FAST', { subject: 'replay', details: { skipped } });
    return records;
  };
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, QUIET_MS));
}
