import type { ChunkOf, EventTopic, PayloadOf, ReplyOf, RequestTopic, StreamTopic } from '@aico/sdk';

export interface RequestOptions {
  readonly signal?: AbortSignal;
  /** Milliseconds until CONSOLE_DAEMON_AWAY; 30,000 when not given. */
  readonly timeoutMs?: number;
}

/** A stream under way. */
export interface RunningStream<Reply> {
  readonly result: Promise<Reply>;
  cancel(): void;
}

/** What the app may ask of AICO: the same topics and types that a plugin uses, through the gateway. */
export interface Bus {
  request<T extends RequestTopic>(topic: T, data: PayloadOf<T>, options?: RequestOptions): Promise<ReplyOf<T>>;
  stream<T extends StreamTopic>(
    topic: T,
    data: PayloadOf<T>,
    onChunk: (chunk: ChunkOf<T>) => void,
  ): RunningStream<ReplyOf<T>>;
  /** Calls back for each event, across reconnections, until undone. */
  subscribe<T extends EventTopic>(topic: T, handler: (data: PayloadOf<T>, time: Date) => void): () => void;
}
