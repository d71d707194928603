import type { Attachment, ChatMessage, TurnChunk, TurnRun } from '@aico/sdk';
import { type ApiError, toApiError } from '../api/api-error.ts';
import type { Bus, RunningStream } from '../api/bus.ts';
import {
  EMPTY_THREAD,
  type Thread,
  unsentOnly,
  withBrokenReply,
  withChunk,
  withDelivery,
  withMessage,
  withNewestPage,
  withOlderPage,
  withOwnMessage,
} from './thread.ts';

/** Enough for any screen; the fewer, the sooner it opens. */
const FIRST_PAGE = 30;
const PAGE = 50;
/** A thread read far backwards is opened anew at its end instead of carrying all of it. */
const LONG = 400;

interface Turn {
  readonly stream?: RunningStream<unknown>;
  /** Id of the user's message, when the turn began with one. */
  readonly own?: string;
  /** Id of the reply, once it began. */
  readonly reply?: string;
  /** Whether it is to end as soon as it has begun. */
  readonly stops?: boolean;
}

/** What a thread tells about its turns, for those who cannot see it. */
export interface TurnListener {
  replyBegan(): void;
  replyEnded(reply: ChatMessage): void;
}

/** One conversation on the screen: its messages, its turn under way, and what is being written. */
export class ThreadState {
  readonly id: string;
  readonly #bus: Bus;
  readonly #isOnline: () => boolean;
  readonly #listener: TurnListener;
  #thread = $state.raw<Thread>(EMPTY_THREAD);
  #turn = $state.raw<Turn | undefined>();
  #loaded = $state(false);
  #error = $state.raw<ApiError | undefined>();
  #readingOlder: Promise<void> | undefined;
  /** Creates the conversation; unset once that is done. */
  #create: (() => Promise<void>) | undefined;

  constructor(id: string, bus: Bus, isOnline: () => boolean, listener: TurnListener) {
    this.id = id;
    this.#bus = bus;
    this.#isOnline = isOnline;
    this.#listener = listener;
  }

  get entries(): Thread['entries'] {
    return this.#thread.entries;
  }
  get hasOlder(): boolean {
    return this.#thread.previous !== undefined;
  }
  get loaded(): boolean {
    return this.#loaded;
  }
  get error(): ApiError | undefined {
    return this.#error;
  }

  /** Whether a reply is being written, by this tab or by another. */
  get replying(): boolean {
    return this.#turn !== undefined || this.#last?.status === 'streaming';
  }

  get #last(): ChatMessage | undefined {
    return this.#thread.entries.at(-1)?.message;
  }

  /** There is no such conversation yet: nothing is read, and the first message that is sent creates it. */
  startNew(create: () => Promise<void>): void {
    this.#create = create;
    this.#loaded = true;
  }

  async load(): Promise<void> {
    this.#error = undefined;
    if (this.#create) {
      this.#loaded = true;
      return;
    }
    try {
      const page = await this.#bus.request('chat.message.list.v1', { conversation: this.id, limit: FIRST_PAGE });
      this.#thread = withNewestPage(this.#thread, page);
      this.#loaded = true;
      this.#join();
    } catch (error) {
      this.#error = toApiError(error);
    }
  }

  /** Part of it was forgotten: lets go of what was read and reads anew. */
  async reload(): Promise<void> {
    if (this.#loaded) await this.load();
  }

  /** The conversation changed: a reply that somebody else is waiting for may have ended. */
  async noteChange(): Promise<void> {
    if (this.#loaded && !this.#turn && this.#last?.status === 'streaming') await this.load();
  }

  /** Reads the page before the first message; two calls at once read one page. */
  loadOlder(): Promise<void> {
    this.#readingOlder ??= this.#readOlder().finally(() => {
      this.#readingOlder = undefined;
    });
    return this.#readingOlder;
  }

  /** Back to a short thread at its newest end. */
  async shorten(): Promise<void> {
    if (this.#thread.entries.length > LONG && !this.replying) await this.load();
  }

  /** Sends a message; without a connection it waits in the thread and goes out when AICO is back. */
  async send(text: string, attachments: readonly Attachment[] = []): Promise<void> {
    const message: ChatMessage = {
      id: crypto.randomUUID(),
      conversation: this.id,
      role: 'user',
      status: 'complete',
      text,
      createdAt: new Date().toISOString(),
      ...(attachments.length > 0 && { attachments: [...attachments] }),
    };
    this.#thread = withOwnMessage(this.#thread, message, this.#isOnline() ? 'sending' : 'waiting');
    if (this.#isOnline()) await this.#sendKept(message);
  }

  /** Sends a refused message again, as the same message. */
  async sendAgain(message: ChatMessage): Promise<void> {
    this.#thread = withDelivery(this.#thread, message.id, 'sending');
    await this.#sendKept(message);
  }

  async retry(reply: ChatMessage): Promise<void> {
    await this.#run({ retry: reply.id }, undefined);
  }

  async stop(): Promise<void> {
    // The companion knows nothing of it yet, and would say that there is nothing to stop.
    if (this.#turn !== undefined && this.#turn.reply === undefined) this.#turn = { ...this.#turn, stops: true };
    else await this.#askToStop();
  }

  async #askToStop(): Promise<void> {
    // Asked of the companion, not only cut here: the half reply is kept, and other tabs see it stop too.
    await this.#bus.request('chat.turn.stop.v1', { conversation: this.id }).catch(() => this.#turn?.stream?.cancel());
  }

  /** A message that became complete, whoever began it. */
  take(message: ChatMessage): void {
    if (this.#loaded && message.id !== this.#turn?.reply) this.#thread = withMessage(this.#thread, message);
  }

  /** The vault was locked: lets go of what was read, and keeps what is not sent yet. */
  lock(): void {
    this.#turn = undefined;
    this.#thread = unsentOnly(this.#thread);
    this.#loaded = false;
    this.#error = undefined;
  }

  /** The connection is back: reads what was missed, then sends what waited. */
  async resume(): Promise<void> {
    const waiting = this.#thread.entries.filter(({ delivery }) => delivery === 'waiting');
    if (this.#loaded || this.#error || waiting.length > 0) await this.load();
    for (const { message } of waiting) {
      const kept = this.#thread.entries.some((entry) => entry.message.id === message.id && !entry.delivery);
      if (!kept) await this.sendAgain(message);
    }
  }

  async #readOlder(): Promise<void> {
    const before = this.#thread.previous;
    if (before === undefined) return;
    try {
      const page = await this.#bus.request('chat.message.list.v1', { conversation: this.id, before, limit: PAGE });
      this.#thread = withOlderPage(this.#thread, page);
    } catch (error) {
      this.#error = toApiError(error);
    }
  }

  #sendKept(message: ChatMessage): Promise<void> {
    const attachments = message.attachments?.map(({ id, name, type }) => ({ id, name, type }));
    return this.#run({ text: message.text, clientId: message.id, ...(attachments && { attachments }) }, message.id);
  }

  /** Reads along with a reply that is being written: the same send once more is the same turn. */
  #join(): void {
    const reply = this.#last;
    if (this.#turn || reply?.status !== 'streaming') return;
    const said = this.#thread.entries.find(({ message }) => message.id === reply.replyTo)?.message;
    if (said) void this.#run({ text: said.text, clientId: said.id }, undefined);
  }

  async #run(
    what: Pick<TurnRun, 'text' | 'retry' | 'clientId' | 'attachments'>,
    own: string | undefined,
  ): Promise<void> {
    const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
    const payload: TurnRun = { conversation: this.id, ...what, ...(timeZone && { timezone: timeZone }) };
    this.#turn = { ...(own && { own }) };
    try {
      if (this.#create) await this.#create();
      this.#create = undefined;
      const stream = this.#bus.stream('chat.turn.run.v1', payload, (chunk) => this.#takeChunk(chunk));
      this.#turn = { ...this.#turn, stream };
      const { reply } = await stream.result;
      this.#thread = withMessage(this.#thread, reply);
      this.#listener.replyEnded(reply);
    } catch (error) {
      this.#fail(toApiError(error));
    } finally {
      this.#turn = undefined;
    }
  }

  #takeChunk(chunk: TurnChunk): void {
    if (chunk.kind === 'started') {
      this.#turn = { ...this.#turn, reply: chunk.reply.id };
      this.#listener.replyBegan();
      if (this.#turn.stops) void this.#askToStop();
    }
    this.#thread = withChunk(this.#thread, chunk, this.#turn?.reply);
  }

  #fail(error: ApiError): void {
    const { own, reply } = this.#turn ?? {};
    const away = error.code === 'CONSOLE_DAEMON_AWAY';
    // What is not answered in time while the connection holds has no return of AICO to wait for.
    const waits = away && !this.#isOnline();
    // A turn that cannot be joined (another try, or one that just ended) tells its end by events.
    const unjoinable = error.code === 'CHAT_TURN_RUNNING' && this.#last?.status === 'streaming';
    if (reply !== undefined) this.#thread = withBrokenReply(this.#thread, reply, error.report);
    else if (own !== undefined && waits) this.#thread = withDelivery(this.#thread, own, 'waiting');
    else if (own !== undefined) this.#thread = withDelivery(this.#thread, own, 'refused', error.report);
    else if (!away && !unjoinable) this.#error = error;
  }
}
