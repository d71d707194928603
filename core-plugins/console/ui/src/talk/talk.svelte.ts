import { SvelteMap } from 'svelte/reactivity';
import { toApiError } from '../api/api-error.ts';
import type { Bus } from '../api/bus.ts';
import { Uploads } from './attach/uploads.svelte.ts';
import { Conversations } from './conversations.svelte.ts';
import { ThreadState, type TurnListener } from './thread-state.svelte.ts';

/** Key of the draft for a conversation that does not exist yet. */
const NEW = 'new';

/** The conversations, the threads that were opened, and the drafts. Drafts stay in memory: they are private, the disk is not. */
export class Talk {
  readonly conversations: Conversations;
  readonly #bus: Bus;
  readonly #isOnline: () => boolean;
  readonly #listener: TurnListener;
  readonly #threads = new Map<string, ThreadState>();
  readonly #drafts = new SvelteMap<string, string>();
  readonly #uploads = new Map<string, Uploads>();

  constructor(bus: Bus, isOnline: () => boolean, listener: TurnListener) {
    this.#bus = bus;
    this.#isOnline = isOnline;
    this.#listener = listener;
    this.conversations = new Conversations(bus);
    bus.subscribe('chat.conversation.changed.v1', ({ conversation, change }) => {
      const thread = this.#threads.get(conversation.id);
      void (change === 'forgotten' ? thread?.reload() : thread?.noteChange());
    });
    bus.subscribe('chat.message.created.v1', ({ message }) => this.#threads.get(message.conversation)?.take(message));
  }

  /** Whether there is no such conversation any more. */
  async isGone(id: string): Promise<boolean> {
    try {
      await this.#bus.request('chat.conversation.get.v1', { id });
      return false;
    } catch (error) {
      return toApiError(error).code === 'CHAT_CONVERSATION_UNKNOWN';
    }
  }

  /** The thread of a conversation; kept, so that coming back is instant. */
  thread(id: string): ThreadState {
    const known = this.#threads.get(id);
    if (known) return known;
    const thread = new ThreadState(id, this.#bus, this.#isOnline, this.#listener);
    this.#threads.set(id, thread);
    return thread;
  }

  /** The thread of a new conversation, which is created with its first message. */
  begin(): ThreadState {
    const { id } = this.conversations.begin();
    const thread = this.thread(id);
    thread.startNew(() => this.conversations.create(id));
    return thread;
  }

  draft(conversation: string | undefined): string {
    return this.#drafts.get(conversation ?? NEW) ?? '';
  }

  setDraft(conversation: string | undefined, text: string): void {
    if (text === '') this.#drafts.delete(conversation ?? NEW);
    else this.#drafts.set(conversation ?? NEW, text);
  }

  /** The files that are being attached to the next message of a conversation. */
  uploads(conversation: string | undefined): Uploads {
    const known = this.#uploads.get(conversation ?? NEW) ?? new Uploads(this.#bus);
    this.#uploads.set(conversation ?? NEW, known);
    return known;
  }

  /** The connection is (again) there. */
  async resume(): Promise<void> {
    await Promise.all([this.conversations.load(), ...[...this.#threads.values()].map((thread) => thread.resume())]);
  }

  forget(id: string): void {
    this.#threads.delete(id);
    this.#uploads.delete(id);
  }

  /** The vault was locked: nothing that was read stays, what was being written or waits to be sent does. */
  lock(): void {
    for (const thread of this.#threads.values()) thread.lock();
    this.conversations.clear();
  }
}
