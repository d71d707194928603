import type { ChatMessage, RememberedItem, ToolUse, Traced, TurnChunk } from '@aico/sdk';

/** Why a reply ended before it was complete. */
export type StopReason = 'stopped' | 'interrupted';

const MAX_CHUNK_CHARACTERS = 16_384;

/**
 * One turn while it runs: the reply as far as it got, and whoever reads along. It goes on when a reader goes away; a reader
 * who comes late gets all of it, and a slow one gets larger pieces.
 */
export class Turn {
  readonly userMessage: ChatMessage | undefined;
  /** What the turn's own requests go on from. */
  readonly trace: Traced;
  /** Aborts when the reply shall end early; the reason is a `StopReason`. */
  readonly #abort = new AbortController();
  readonly #first: ChatMessage;
  #reply: ChatMessage;
  #ended = false;
  #onAppend: ((text: string) => void) | undefined;
  #wake = Promise.withResolvers<void>();

  constructor(userMessage: ChatMessage | undefined, reply: ChatMessage, trace: Traced = {}) {
    this.userMessage = userMessage;
    this.trace = trace;
    this.#first = reply;
    this.#reply = reply;
  }

  /** A turn that ended before: reading along tells all of it at once. */
  static ended(userMessage: ChatMessage | undefined, reply: ChatMessage): Turn {
    const {
      remembered: _remembered,
      provider: _provider,
      model: _model,
      error: _error,
      usage: _usage,
      tools: _tools,
      filesRead: _filesRead,
      ...bare
    } = reply;
    const turn = new Turn(userMessage, { ...bare, status: 'streaming', text: '' });
    turn.end(reply);
    return turn;
  }

  get reply(): ChatMessage {
    return this.#reply;
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  get stopReason(): StopReason | undefined {
    return this.#abort.signal.aborted ? (this.#abort.signal.reason as StopReason) : undefined;
  }

  stop(reason: StopReason): void {
    this.#abort.abort(reason);
  }

  remember(items: RememberedItem[]): void {
    this.#change({ ...this.#reply, remembered: items });
  }

  /** A tool ran for the reply. */
  use(tool: ToolUse): void {
    this.#change({ ...this.#reply, tools: [...(this.#reply.tools ?? []), tool] });
  }

  append(text: string): void {
    this.#change({ ...this.#reply, text: this.#reply.text + text });
    this.#onAppend?.(this.#reply.text);
  }

  /** Calls back with the whole text after each piece. */
  onAppend(handler: (text: string) => void): void {
    this.#onAppend = handler;
  }

  end(reply: ChatMessage): void {
    this.#ended = true;
    this.#change(reply);
  }

  /** Writes the turn as chunks, from its beginning to its end or until the reader goes away. */
  async follow(write: (chunk: TurnChunk) => Promise<void>, reader: AbortSignal): Promise<void> {
    const gone = new Promise<void>((resolve) => reader.addEventListener('abort', () => resolve(), { once: true }));
    const { userMessage } = this;
    await write({ kind: 'started', reply: this.#first, ...(userMessage === undefined ? {} : { userMessage }) });
    let told = 0;
    let remembered = false;
    while (!reader.aborted) {
      const changed = this.#wake.promise;
      const { text, remembered: items } = this.#reply;
      if (!remembered && items !== undefined && items.length > 0) {
        remembered = true;
        await write({ kind: 'remembered', items });
      } else if (text.length > told) {
        const piece = text.slice(told, told + MAX_CHUNK_CHARACTERS);
        told += piece.length;
        await write({ kind: 'text', text: piece });
      } else if (this.#ended) {
        return;
      } else {
        await Promise.race([changed, gone]);
      }
    }
  }

  #change(reply: ChatMessage): void {
    this.#reply = reply;
    this.#wake.resolve();
    this.#wake = Promise.withResolvers();
  }
}
