import type { Conversation } from '@aico/sdk';
import { type ApiError, toApiError } from '../api/api-error.ts';
import type { Bus } from '../api/bus.ts';
import { inOrder, withConversation, withoutConversation } from './conversation-order.ts';

const PAGE = 40;

/** The conversations, latest first, a page at a time. */
export class Conversations {
  readonly #bus: Bus;
  #items = $state.raw<readonly Conversation[]>([]);
  #next = $state<string | undefined>();
  #loaded = $state(false);
  #error = $state.raw<ApiError | undefined>();

  constructor(bus: Bus) {
    this.#bus = bus;
    bus.subscribe('chat.conversation.changed.v1', ({ conversation, change }) => {
      this.#items =
        change === 'deleted'
          ? withoutConversation(this.#items, conversation.id)
          : withConversation(this.#items, conversation);
    });
  }

  get items(): readonly Conversation[] {
    return this.#items;
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
    return this.#items.find((conversation) => conversation.id === id);
  }

  async load(): Promise<void> {
    await this.#read(async () => {
      const page = await this.#bus.request('chat.conversation.list.v1', { limit: PAGE });
      this.#items = inOrder(page.conversations);
      this.#next = page.next;
    });
  }

  async loadMore(): Promise<void> {
    const before = this.#next;
    if (before === undefined) return;
    await this.#read(async () => {
      const page = await this.#bus.request('chat.conversation.list.v1', { before, limit: PAGE });
      this.#items = inOrder([...this.#items, ...page.conversations]);
      this.#next = page.next;
    });
  }

  async create(): Promise<Conversation> {
    const created = await this.#bus.request('chat.conversation.create.v1', {});
    this.#items = withConversation(this.#items, created);
    return created;
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
  }

  async #read(read: () => Promise<void>): Promise<void> {
    this.#error = undefined;
    try {
      await read();
      this.#loaded = true;
    } catch (error) {
      this.#error = toApiError(error);
    }
  }
}
