import type { Appended, Consume, TopicMap } from '@aico/schemas';

/** Ends what a call began: awaited, it is over. Calling it again does nothing. */
export type Undo = () => Promise<void>;

type TopicOf<Kind extends string> = {
  [T in keyof TopicMap]: TopicMap[T] extends { kind: Kind } ? T : never;
}[keyof TopicMap] &
  string;

export type EventTopic = TopicOf<'event'>;
/** Event topics whose events are kept until they are acknowledged. */
export type DurableTopic = {
  [T in keyof TopicMap]: TopicMap[T] extends { delivery: 'durable' } ? T : never;
}[keyof TopicMap] &
  string;
export type RequestTopic = TopicOf<'request'>;
export type StreamTopic = TopicOf<'stream'>;

export type PayloadOf<T extends keyof TopicMap> = TopicMap[T]['payload'];
export type ReplyOf<T extends keyof TopicMap> = TopicMap[T] extends { reply: infer Reply } ? Reply : never;
export type ChunkOf<T extends keyof TopicMap> = TopicMap[T] extends { chunk: infer Chunk } ? Chunk : never;

/** One message as its receiver sees it. Everything but `data` is stamped by the kernel. */
export interface Message<Data> {
  /** Unique: incarnation and sequence. */
  readonly id: string;
  readonly topic: string;
  /** When the kernel took it. */
  readonly time: Date;
  /** Plugin id of the sender; cannot be forged. */
  readonly sender: string;
  readonly incarnation: string;
  /** Constraints of the sender's grant; whoever serves enforces them. */
  readonly grant: Readonly<Record<string, unknown>>;
  /** Limits of the sender that whoever serves keeps to, where the topic's contract names any. */
  readonly quota?: Readonly<Record<string, number>>;
  readonly data: Data;
  readonly traceparent?: string;
}

/** A request to answer. `signal` aborts when the asker cancels or goes away. */
export interface Request<Data> extends Message<Data> {
  readonly signal: AbortSignal;
}

/** What a trace goes on from: a message that is being handled, or a traceparent (W3C Trace Context) of one's own. */
export interface Traced {
  readonly traceparent?: string;
}

export interface PublishOptions {
  /** The message that this one follows from: both then belong to one trace. */
  readonly trace?: Traced;
}

export interface RequestOptions extends PublishOptions {
  /** Aborting cancels the request at its server. */
  readonly signal?: AbortSignal;
  /** Milliseconds until KERNEL_REQUEST_TIMEOUT; 30,000 when not given. For a stream: the longest silence. */
  readonly timeoutMs?: number;
}

/** A running stream: iterate its chunks, then await its result. Leaving the loop early cancels it. */
export interface BusStream<Chunk, Reply> extends AsyncIterable<Chunk> {
  readonly result: Promise<Reply>;
  cancel(): void;
}

/** What a stream's server writes to. */
export interface StreamWriter<Chunk> {
  /** Resolves when the reader has asked for more. @throws AicoError SDK_STREAM_CLOSED after the end */
  write(chunk: Chunk): Promise<void>;
}

/** How a group of consumers receives durable events. */
export interface ConsumeOptions {
  /** Name of the group, the plugin's own: each event goes to one of its members, until one acknowledges it. */
  readonly group: string;
  /** Where a new group begins; after what is there when not given. */
  readonly from?: Consume['from'];
  /** Events that may be unacknowledged at a time. */
  readonly maxInFlight?: number;
  /** Tries before an event becomes a dead letter. */
  readonly maxAttempts?: number;
}

/** An event to keep, as whoever keeps durable events sees it. Its payload was checked by the kernel. */
export interface DurableEvent {
  readonly topic: string;
  /** When the kernel took it, ms since 1970. */
  readonly time: number;
  readonly sender: string;
  readonly incarnation: string;
  /** JSON text, untouched. */
  readonly payload: string;
  /** The trace that it belongs to. */
  readonly traceparent?: string;
}

/** The four verbs. All are checked against the plugin's grants by the kernel. */
export interface Bus {
  /** Publishes an event; resolves when the kernel took it. @throws AicoError KERNEL_PERMISSION_DENIED, KERNEL_PAYLOAD_INVALID, … */
  publish<T extends EventTopic>(topic: T, data: PayloadOf<T>, options?: PublishOptions): Promise<void>;
  /** Receives events of a topic. */
  subscribe<T extends EventTopic>(
    topic: T,
    handler: (message: Message<PayloadOf<T>>) => void | Promise<void>,
  ): Promise<Undo>;
  /**
   * Receives durable events at least once: a handler that ends acknowledges its event, one that throws gives it back to
   * be tried again later. Events of one key keep their order. Needs a subscribe grant on the topic, and nothing else.
   */
  consume<T extends DurableTopic>(
    topic: T,
    options: ConsumeOptions,
    handler: (message: Message<PayloadOf<T>>) => void | Promise<void>,
  ): Promise<Undo>;
  /** Receives events of every topic that lies in a pattern. */
  subscribePattern(pattern: string, handler: (message: Message<unknown>) => void | Promise<void>): Promise<Undo>;
  /** Asks the one server of a topic. */
  request<T extends RequestTopic>(topic: T, data: PayloadOf<T>, options?: RequestOptions): Promise<ReplyOf<T>>;
  /** Asks for a stream. */
  stream<T extends StreamTopic>(
    topic: T,
    data: PayloadOf<T>,
    options?: RequestOptions,
  ): BusStream<ChunkOf<T>, ReplyOf<T>>;
  /** Answers a topic. */
  serve<T extends RequestTopic>(
    topic: T,
    handler: (request: Request<PayloadOf<T>>) => ReplyOf<T> | Promise<ReplyOf<T>>,
  ): Promise<Undo>;
  /** Keeps the events of durable topics; resolves each when it is on the disk. For the one plugin that carries them. */
  keepEvents(handler: (event: DurableEvent) => Promise<Appended>): Promise<Undo>;
  /** Answers a topic by a stream. */
  serveStream<T extends StreamTopic>(
    topic: T,
    handler: (request: Request<PayloadOf<T>>, stream: StreamWriter<ChunkOf<T>>) => Promise<ReplyOf<T>>,
  ): Promise<Undo>;
}
