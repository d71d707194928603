import type { Conversation, ConversationChanged } from '@aico/sdk';
import { type ApiError, toApiError } from '../api/api-error.ts';
import type { Bus } from '../api/bus.ts';
import { after, inOrder, withConversation, withoutConversation } from './conversation-order.ts';
import { NO_TITLE } from './conversation-title.ts';

const PAGE = 40;

/** The conversations, latest first, a page at a time. */
export class Conversations {
  readonly #bus: Bus;
  #items = $state.raw<readonly Conversation[]>([]);
  /** What was begun here and is not created yet. */
  #begun = $state.raw<readonly Conversation[]>([]);
  #next = $state<string | undefined>();
  #loaded = $state(false);
  #error = $state.raw<ApiError | undefined>();
  /** Of each page that is on its way, what changed since it was asked for: it may not know of that yet. */
  readonly #meanwhile = new Set<ConversationChanged[]>();

  constructor(bus: Bus) {
    this.#bus = bus;
    bus.subscribe('chat.conversation.changed.v1', (changed) => {
      for (const changes of this.#meanwhile) changes.push(changed);
      this.#items = after(this.#items, changed);
    });
  }

  get items(): readonly Conversation[] {
    return this.#begun.length === 0 ? this.#items : inOrder([...this.#begun, ...this.#items]);
  }
  get loaded(): boolean {
    return this.#loaded;
  }
  get error(): ApiError | undefined {
    return this.#error;
  }
  get hasMore(): boolean {
    return this.#next !== undefined;
  }

  find(id: string): Conversation | undefined {
    return this.items.find((conversation) => conversation.id === id);
  }

  /** Whether it is created. One that is not can be neither renamed nor deleted. */
  isCreated(id: string): boolean {
    return !this.#begun.some((conversation) => conversation.id === id);
  }

  load(): Promise<void> {
    return this.#read([], {});
  }

  async loadMore(): Promise<void> {
    const before = this.#next;
    if (before !== undefined) await this.#read(this.#items, { before });
  }

  /** Begins a conversation, of which nobody else knows until it is created. */
  begin(): Conversation {
    const at = new Date().toISOString();
    const begun = { id: crypto.randomUUID(), title: NO_TITLE, createdAt: at, updatedAt: at, messages: 0 };
    this.#begun = [...this.#begun, begun];
    return begun;
  }

  /** Creates one that was begun; done twice, it is one. */
  async create(id: string): Promise<void> {
    const created = await this.#bus.request('chat.conversation.create.v1', { id });
    this.#begun = withoutConversation(this.#begun, id);
    this.#items = withConversation(this.#items, created);
  }

  async rename(id: string, title: string): Promise<void> {
    const renamed = await this.#bus.request('chat.conversation.rename.v1', { id, title });
    this.#items = withConversation(this.#items, renamed);
  }

  async remove(id: string): Promise<void> {
    await this.#bus.request('chat.conversation.delete.v1', { id });
    this.#items = withoutConversation(this.#items, id);
  }

  async restore(id: string): Promise<void> {
    const restored = await this.#bus.request('chat.conversation.restore.v1', { id });
    this.#items = withConversation(this.#items, restored);
  }

  clear(): void {
    this.#items = [];
    this.#next = undefined;
    this.#loaded = false;
    this.#error = undefined;
  }

  async #read(known: readonly Conversation[], from: { readonly before?: string }): Promise<void> {
    const changes: ConversationChanged[] = [];
    this.#meanwhile.add(changes);
    this.#error = undefined;
    try {
      const page = await this.#bus.request('chat.conversation.list.v1', { ...from, limit: PAGE });
      this.#items = changes.reduce(after, inOrder([...known, ...page.conversations]));
      this.#next = page.next;
      this.#loaded = true;
    } catch (error) {
      this.#error = toApiError(error);
    } finally {
      this.#meanwhile.delete(changes);
    }
  }
}
