import {
  AicoError,
  assertFitsFrame,
  type ErrorReport,
  type Pattern,
  parsePattern,
  RecordKind,
  TopicTrie,
} from '@aico/schemas';
import type { Bus, BusStream, ConsumeOptions, Message, PublishOptions, RequestOptions, Undo } from '../bus.ts';
import { AskedAt } from './asked-at.ts';
import { Consumption } from './consumption.ts';
import { DurableConsumer } from './durable-consumer.ts';
import { Incoming, type KeepHandler, type ServeHandler } from './incoming.ts';
import { ReceivedMessage } from './message.ts';
import { Outgoing } from './outgoing.ts';
import type { InRecord, RecordPort } from './record-port.ts';
import type { Scope } from './scope.ts';
import type { Timers } from './timers.ts';
import { tracedHeader } from './traced-header.ts';
import { type Settle, Unconfirmed } from './unconfirmed.ts';

type EventHandler = (message: Message<unknown>) => void | Promise<void>;

/** Events that a consumer may have open when it does not say. */
const MAX_IN_FLIGHT = 256;

export interface BusClientOptions {
  readonly plugin: string;
  readonly port: RecordPort;
  readonly timers: Timers;
  readonly scope: Scope;
  /** Told of what handlers threw. */
  readonly onFailure: (topic: string, error: unknown) => void;
}

/** The four verbs over a record port. */
export class BusClient {
  readonly #plugin: string;
  readonly #port: RecordPort;
  readonly #scope: Scope;
  readonly #outgoing: Outgoing;
  readonly #incoming: Incoming;
  readonly #onFailure: (topic: string, error: unknown) => void;
  readonly #handlers = new TopicTrie<{ readonly handle: EventHandler }>();
  readonly #subscribers = new Map<string, number>();
  readonly #unconfirmed = new Unconfirmed();
  readonly #control = new Map<number, Settle>();
  /** Durable publishes that the kernel holds until they are on the disk. */
  readonly #held = new Map<number, Settle>();
  readonly #timers: Timers;
  readonly #consumption: Consumption;
  readonly #consumers = new Set<DurableConsumer>();
  /** Published last, and looked at. */
  #published = '';
  /** Handlers of events that have not ended. */
  readonly #handling = new Set<Promise<void>>();
  #lastControl = 0;

  constructor(options: BusClientOptions) {
    this.#plugin = options.plugin;
    this.#port = options.port;
    this.#scope = options.scope;
    this.#onFailure = options.onFailure;
    this.#timers = options.timers;
    this.#outgoing = new Outgoing(options.port, options.timers);
    this.#incoming = new Incoming(options.port, options.onFailure);
    this.#consumption = new Consumption(options.timers, (correlation) =>
      options.port.send({ kind: RecordKind.consumed, correlation, topic: '' }),
    );
    this.#scope.own(() => {
      this.#incoming.close();
      this.#consumption.tell();
      this.#outgoing.close(this.#plugin);
    });
  }

  /** The author's view, typed by TopicMap. */
  asBus(): Bus {
    const untyped = {
      publish: (topic: string, data: unknown, options?: PublishOptions) => this.publish(topic, data, options),
      subscribe: (topic: string, handler: EventHandler) => this.subscribe(topic, handler),
      subscribePattern: (pattern: string, handler: EventHandler) => this.subscribe(pattern, handler),
      consume: (topic: string, options: ConsumeOptions, handler: EventHandler) => this.consume(topic, options, handler),
      keepEvents: (handler: KeepHandler) => this.keepEvents(handler),
      request: (topic: string, data: unknown, options?: RequestOptions) => this.request(topic, data, options),
      stream: (topic: string, data: unknown, options?: RequestOptions) => this.stream(topic, data, options),
      serve: (topic: string, handler: ServeHandler) => this.serve(topic, handler),
      serveStream: (topic: string, handler: ServeHandler) => this.serve(topic, handler),
    };
    // The kernel checks what these types promise; here they only guide the author.
    return untyped as unknown as Bus;
  }

  publish(topic: string, data: unknown, options?: PublishOptions): Promise<void> {
    this.#scope.assertOpen();
    const payload = JSON.stringify(data ?? {});
    return new Promise((resolve, reject) => {
      if (topic !== this.#published) assertFitsFrame(topic);
      this.#published = topic;
      const correlation = this.#unconfirmed.add({ resolve, reject });
      const record = { kind: RecordKind.publish, correlation, topic, payload };
      this.#port.send(options?.trace === undefined ? record : { ...record, ...tracedHeader(options.trace) });
    });
  }

  async subscribe(pattern: string, handler: EventHandler): Promise<Undo> {
    this.#scope.assertOpen();
    const parsed: Pattern = parsePattern(pattern);
    const remove = this.#handlers.add(parsed, { handle: handler });
    const count = this.#subscribers.get(pattern) ?? 0;
    this.#subscribers.set(pattern, count + 1);
    const release = async (): Promise<void> => {
      remove();
      const left = (this.#subscribers.get(pattern) ?? 1) - 1;
      this.#subscribers.set(pattern, left);
      if (left > 0) return;
      this.#subscribers.delete(pattern);
      await this.#command(RecordKind.unsubscribe, pattern);
    };
    try {
      await this.#command(RecordKind.subscribe, pattern);
    } catch (error) {
      remove();
      if (count === 0) this.#subscribers.delete(pattern);
      else this.#subscribers.set(pattern, count);
      throw error;
    }
    return this.#scope.own(release);
  }

  async serve(topic: string, handler: ServeHandler): Promise<Undo> {
    this.#scope.assertOpen();
    const remove = this.#incoming.add(topic, handler);
    try {
      await this.#command(RecordKind.serve, topic);
    } catch (error) {
      remove();
      throw error;
    }
    return this.#scope.own(async () => {
      await this.#command(RecordKind.unserve, topic);
      remove();
    });
  }

  /** Registers again what the kernel let go of when its permission was taken back, and what is granted anew. */
  readmit(isBack: (verb: 'subscribe' | 'serve', topic: string) => boolean): void {
    const again = [
      ...[...this.#subscribers.keys()].map(
        (topic) => ({ kind: RecordKind.subscribe, verb: 'subscribe', topic }) as const,
      ),
      ...this.#incoming.topics.map((topic) => ({ kind: RecordKind.serve, verb: 'serve', topic }) as const),
    ];
    for (const { kind, verb, topic } of again) {
      if (isBack(verb, topic)) this.#command(kind, topic).catch((error: unknown) => this.#onFailure(topic, error));
    }
    for (const consumer of this.#consumers) if (isBack('subscribe', consumer.pattern)) consumer.readmit();
  }

  async consume(pattern: string, options: ConsumeOptions, handler: EventHandler): Promise<Undo> {
    this.#scope.assertOpen();
    // What may be open bounds what is sent ahead.
    const { maxInFlight: credit = MAX_IN_FLIGHT } = options;
    const untimed = { timeoutMs: Number.POSITIVE_INFINITY, credit };
    const { consumer, undo } = DurableConsumer.begin({
      pattern: parsePattern(pattern),
      options,
      handler,
      timers: this.#timers,
      scope: this.#scope,
      onFailure: this.#onFailure,
      requests: {
        consume: (data) => this.#outgoing.stream('journal.consume.v1', data, untimed),
        settle: (data) => this.#outgoing.request('journal.settle.v1', data),
      },
    });
    this.#consumers.add(consumer);
    return async () => {
      this.#consumers.delete(consumer);
      await undo();
    };
  }

  /** Holds durable events back; resolves when those that are being handled are settled. */
  async holdEvents(): Promise<void> {
    await Promise.all([...this.#consumers].map((consumer) => consumer.hold()));
  }

  /** Resolves when everything that came was handled, and holds durable events back. */
  async quiesce(): Promise<void> {
    await this.holdEvents();
    while (this.#handling.size > 0) await Promise.all(this.#handling);
    await this.#incoming.idle();
    this.#consumption.tell();
  }

  /** Whether durable events came since they are held back. */
  get holdsEvents(): boolean {
    return [...this.#consumers].some(({ holdsEvents }) => holdsEvents);
  }

  /** Goes on after `quiesce`. */
  goOn(): void {
    for (const consumer of this.#consumers) consumer.release();
  }

  async keepEvents(handler: KeepHandler): Promise<Undo> {
    const forget = this.#incoming.keepWith(handler);
    const undo = await this.serve('journal.append.v1', () => ({}));
    return this.#scope.own(async () => {
      await undo();
      forget();
    });
  }

  async request(topic: string, data: unknown, options?: RequestOptions): Promise<unknown> {
    this.#scope.assertOpen();
    return this.#outgoing.request(topic, data, options);
  }

  stream(topic: string, data: unknown, options?: RequestOptions): BusStream<unknown, unknown> {
    this.#scope.assertOpen();
    return this.#outgoing.stream(topic, data, options);
  }

  /** Takes every record but lifecycle ones. */
  receive(record: InRecord): void {
    switch (record.kind) {
      case RecordKind.deliver:
        this.#deliver(record);
        break;
      case RecordKind.request:
      case RecordKind.stream:
        void this.#incoming.answer(record, this.#plugin);
        break;
      case RecordKind.append:
        void this.#incoming.keep(record, this.#plugin);
        break;
      case RecordKind.reply:
      case RecordKind.chunk:
        this.#outgoing.receive(record);
        break;
      case RecordKind.error:
        this.#fail(record);
        break;
      case RecordKind.credit:
        this.#incoming.grant(record.correlation, record.sequence);
        break;
      case RecordKind.cancel:
        this.#incoming.cancel(record.correlation);
        break;
      case RecordKind.confirm:
        this.#confirm(record);
        break;
    }
  }

  /** Hands a message to its handlers; it is consumed when the last of them has ended. */
  #deliver(record: InRecord): void {
    const { topic, payload } = record;
    const running: Promise<void>[] = [];
    try {
      const message = new ReceivedMessage(record);
      for (const { handle } of this.#handlers.match(topic)) {
        const ending = this.#handle(handle, message);
        if (ending !== undefined) running.push(ending);
      }
    } catch (error) {
      this.#onFailure(topic, error);
    }
    // Most handlers end at once, and then nothing is left to wait for.
    if (running.length === 0) {
      this.#consumption.add(payload.length);
      return;
    }
    const ending = Promise.all(running).then(() => {
      this.#handling.delete(ending);
      this.#consumption.add(payload.length);
    });
    this.#handling.add(ending);
  }

  #handle(handle: EventHandler, message: Message<unknown>): Promise<void> | undefined {
    try {
      const ending: unknown = handle(message);
      if (!(ending instanceof Promise)) return undefined;
      return ending.catch((error: unknown) => this.#onFailure(message.topic, error));
    } catch (error) {
      this.#onFailure(message.topic, error);
      return undefined;
    }
  }

  #command(kind: 9 | 10 | 11 | 12, topic: string): Promise<void> {
    this.#lastControl = (this.#lastControl % 0xffff_ffff) + 1;
    const correlation = this.#lastControl;
    const askedAt = new AskedAt();
    return new Promise((resolve, reject) => {
      assertFitsFrame(topic);
      const refuse = (error: unknown): void => {
        if (error instanceof Error) askedAt.mark(error);
        reject(error);
      };
      this.#control.set(correlation, { resolve, reject: refuse });
      this.#port.send({ kind, correlation, topic });
    });
  }

  /** `topic` tells what is confirmed: one control record, one durable publish, or every publish up to the correlation. */
  #confirm({ topic, correlation: confirmed }: InRecord): void {
    if (topic === 'control') takeOut(this.#control, confirmed)?.resolve();
    else if (topic === 'held') this.#hold(confirmed);
    else if (topic === 'kept') takeOut(this.#held, confirmed)?.resolve();
    else this.#unconfirmed.confirm(confirmed);
  }

  #hold(correlation: number): void {
    const settle = this.#unconfirmed.take(correlation);
    if (settle !== undefined) this.#held.set(correlation, settle);
  }

  /** The header's `of` tells what failed: a publish, a control record, or an open request. */
  #fail(record: InRecord): void {
    const of = record.header === '' ? 'request' : (JSON.parse(record.header) as { of: string }).of;
    if (of === 'request') {
      this.#outgoing.receive(record);
      return;
    }
    const { correlation } = record;
    const published = (): Settle | undefined => takeOut(this.#held, correlation) ?? this.#unconfirmed.take(correlation);
    const settle = of === 'publish' ? published() : takeOut(this.#control, correlation);
    settle?.reject(AicoError.fromReport(JSON.parse(record.payload) as ErrorReport));
  }
}

function takeOut(table: Map<number, Settle>, correlation: number): Settle | undefined {
  const settle = table.get(correlation);
  table.delete(correlation);
  return settle;
}
