import type { ChunkOf, ClientFrame, EventTopic, PayloadOf, ReplyOf, RequestTopic, StreamTopic } from '@aico/sdk';
import { ApiError, daemonAway } from './api-error.ts';
import { backoffMs } from './backoff.ts';
import type { Bus, RequestOptions, RunningStream } from './bus.ts';
import { parseServerFrame } from './server-frame.ts';

const REQUEST_TIMEOUT_MS = 30_000;
const PING_EVERY_MS = 20_000;
const PONG_WITHIN_MS = 10_000;
/** A connection that held this long was a good one: its loss starts the waits anew. */
const STEADY_MS = 5_000;

/** closed: not wanted. connecting: first try. open: usable. away: lost, and being tried again. */
export type LinkState = 'closed' | 'connecting' | 'open' | 'away';

/** What to do after a lost connection: try again at once it is known to answer, later, or not at all. */
export type Verdict = 'connect' | 'wait' | 'stop';

export interface LiveSocketOptions {
  readonly url: string;
  /** Asked before every try but the first: is AICO there, and are we still signed in? */
  readonly beforeReconnect: () => Promise<Verdict>;
  readonly onState: (state: LinkState) => void;
  /** Whether somebody is at the page: what it asks by itself must not keep the session from running out. */
  readonly isAttended?: () => boolean;
  readonly openSocket?: (url: string) => WebSocket;
  readonly delayMs?: (attempt: number) => number;
}

interface Call {
  onChunk?: (data: unknown) => void;
  resolve(data: unknown): void;
  reject(error: ApiError): void;
}

interface Subscription {
  readonly topic: string;
  readonly handler: (data: unknown, time: Date) => void;
}

/** One WebSocket for everything that needs a session. Calls under way fail when it drops; subscriptions are renewed. */
export class LiveSocket implements Bus {
  readonly #options: LiveSocketOptions;
  readonly #calls = new Map<number, Call>();
  readonly #subscriptions = new Set<Subscription>();
  readonly #routes = new Map<number, Subscription>();
  #waiting: (() => void)[] = [];
  #state: LinkState = 'closed';
  #socket: WebSocket | undefined;
  #nextId = 1;
  #attempt = 0;
  #openedAt = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #heart: ReturnType<typeof setTimeout> | undefined;

  constructor(options: LiveSocketOptions) {
    this.#options = options;
  }

  get state(): LinkState {
    return this.#state;
  }

  start(): void {
    if (this.#state !== 'closed') return;
    this.#setState('connecting');
    this.#open();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#setState('closed');
    this.#drop();
  }

  /** Tries now instead of at the end of the present wait, e.g. because the network came back. */
  retryNow(): void {
    if (this.#state !== 'away' || this.#socket) return;
    clearTimeout(this.#timer);
    this.#attempt = 0;
    void this.#reconnect();
  }

  async request<T extends RequestTopic>(
    topic: T,
    data: PayloadOf<T>,
    options: RequestOptions = {},
  ): Promise<ReplyOf<T>> {
    const deadline = AbortSignal.timeout(options.timeoutMs ?? REQUEST_TIMEOUT_MS);
    const signal = options.signal ? AbortSignal.any([options.signal, deadline]) : deadline;
    await this.#whenOpen(signal);
    const { id, reply } = this.#call({ op: 'request', topic, data });
    const abort = (): void => this.#cancel(id, daemonAway(signal.reason));
    signal.addEventListener('abort', abort, { once: true });
    return reply.finally(() => signal.removeEventListener('abort', abort)) as Promise<ReplyOf<T>>;
  }

  stream<T extends StreamTopic>(
    topic: T,
    data: PayloadOf<T>,
    onChunk: (chunk: ChunkOf<T>) => void,
  ): RunningStream<ReplyOf<T>> {
    if (this.#state !== 'open') return { result: Promise.reject(daemonAway()), cancel: () => undefined };
    const { id, reply } = this.#call({ op: 'stream', topic, data }, onChunk as (data: unknown) => void);
    const cancelled = new ApiError({ code: 'KERNEL_CANCELLED', message: `"${topic}" was cancelled.`, subject: topic });
    return { result: reply as Promise<ReplyOf<T>>, cancel: () => this.#cancel(id, cancelled) };
  }

  subscribe<T extends EventTopic>(topic: T, handler: (data: PayloadOf<T>, time: Date) => void): () => void {
    const subscription: Subscription = { topic, handler: handler as Subscription['handler'] };
    this.#subscriptions.add(subscription);
    if (this.#state === 'open') this.#renew(subscription);
    return () => {
      this.#subscriptions.delete(subscription);
      for (const [id, known] of this.#routes) {
        if (known !== subscription) continue;
        this.#routes.delete(id);
        this.#send({ op: 'cancel', id });
      }
    };
  }

  #call(
    frame: { op: 'request' | 'stream'; topic: string; data: unknown },
    onChunk?: Call['onChunk'],
  ): { id: number; reply: Promise<unknown> } {
    const id = this.#nextId++;
    const reply = new Promise<unknown>((resolve, reject) => {
      this.#calls.set(id, { resolve, reject, ...(onChunk && { onChunk }) });
    });
    this.#send({ ...frame, id, ...this.#unattended });
    return { id, reply };
  }

  get #unattended(): { readonly unattended?: true } {
    return (this.#options.isAttended?.() ?? true) ? {} : { unattended: true };
  }

  #cancel(id: number, error: ApiError): void {
    const call = this.#calls.get(id);
    if (!call) return;
    this.#calls.delete(id);
    this.#send({ op: 'cancel', id });
    call.reject(error);
  }

  #renew(subscription: Subscription): void {
    const id = this.#nextId++;
    this.#routes.set(id, subscription);
    this.#send({ op: 'subscribe', id, topic: subscription.topic, ...this.#unattended });
  }

  #send(frame: ClientFrame): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(frame));
  }

  #whenOpen(signal: AbortSignal): Promise<void> {
    if (this.#state === 'open') return Promise.resolve();
    if (this.#state === 'closed') return Promise.reject(daemonAway());
    return new Promise((resolve, reject) => {
      this.#waiting.push(() => (this.#state === 'open' ? resolve() : reject(daemonAway())));
      signal.addEventListener('abort', () => reject(daemonAway(signal.reason)), { once: true });
    });
  }

  #open(): void {
    const socket = (this.#options.openSocket ?? ((url) => new WebSocket(url)))(this.#options.url);
    this.#socket = socket;
    socket.addEventListener('open', () => {
      if (this.#socket === socket) this.#opened();
    });
    socket.addEventListener('message', (event) => {
      if (this.#socket === socket) this.#receive(event.data);
    });
    socket.addEventListener('close', () => {
      if (this.#socket === socket) this.#lost();
    });
  }

  #opened(): void {
    this.#openedAt = Date.now();
    this.#setState('open');
    for (const subscription of this.#subscriptions) this.#renew(subscription);
    this.#beat();
    this.#release();
  }

  #lost(): void {
    this.#drop();
    if (this.#state === 'closed') return;
    if (this.#state === 'open' && Date.now() - this.#openedAt > STEADY_MS) this.#attempt = 0;
    this.#setState('away');
    void this.#reconnect();
  }

  async #reconnect(): Promise<void> {
    const verdict = await this.#options.beforeReconnect().catch((): Verdict => 'wait');
    if (this.#state !== 'away' || this.#socket) return;
    if (verdict === 'stop') {
      this.stop();
      return;
    }
    // The first try after a working connection goes at once; a socket that keeps falling waits like a missing one.
    if (verdict === 'connect' && this.#attempt === 0) {
      this.#attempt = 1;
      this.#open();
      return;
    }
    const wait = (this.#options.delayMs ?? backoffMs)(this.#attempt);
    this.#attempt += 1;
    this.#timer = setTimeout(() => {
      if (verdict === 'connect') this.#open();
      else void this.#reconnect();
    }, wait);
  }

  #drop(): void {
    clearTimeout(this.#heart);
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.close();
    this.#routes.clear();
    const calls = [...this.#calls.values()];
    this.#calls.clear();
    for (const call of calls) call.reject(daemonAway());
    if (this.#state === 'closed') this.#release();
  }

  #release(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }

  /** A connection that died without a word (a sleeping laptop) is noticed by a ping without a pong. */
  #beat(): void {
    clearTimeout(this.#heart);
    this.#heart = setTimeout(() => {
      this.#send({ op: 'ping' });
      this.#heart = setTimeout(() => this.#lost(), PONG_WITHIN_MS);
    }, PING_EVERY_MS);
  }

  #receive(raw: unknown): void {
    this.#beat();
    const frame = parseServerFrame(raw);
    if (!frame || frame.op === 'pong' || frame.op === 'subscribed') return;
    if (frame.op === 'event') {
      this.#routes.get(frame.id)?.handler(frame.data, new Date(frame.time));
      return;
    }
    const call = this.#calls.get(frame.id);
    if (!call) return;
    if (frame.op === 'chunk') {
      call.onChunk?.(frame.data);
      return;
    }
    this.#calls.delete(frame.id);
    if (frame.op === 'reply') call.resolve(frame.data);
    else call.reject(new ApiError(frame.error));
  }

  #setState(state: LinkState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#options.onState(state);
  }
}
