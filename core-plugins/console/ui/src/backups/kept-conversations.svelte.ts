import type { KeptConversation } from '@aico/sdk';
import type { ApiError } from '../api/api-error.ts';
import type { Bus, RunningStream } from '../api/bus.ts';
import { OneStream } from './one-stream.svelte.ts';

/** The conversations of one backup, and bringing them back one by one. */
export class KeptConversations {
  readonly #bus: Bus;
  readonly #stream = new OneStream();
  readonly #backup: string;
  #items = $state.raw<readonly KeptConversation[] | undefined>();
  #next = $state.raw<string | undefined>();
  /** The conversation that is being brought back, or `list`. */
  #busy = $state.raw<string | undefined>();
  #asksSecret = $state(false);
  /** What opens a backup of another vault; it is forgotten with this object. */
  #secret = '';

  constructor(bus: Bus, backup: string) {
    this.#bus = bus;
    this.#backup = backup;
  }

  get items(): readonly KeptConversation[] | undefined {
    return this.#items;
  }
  get hasMore(): boolean {
    return this.#next !== undefined;
  }
  get failed(): ApiError | undefined {
    return this.#stream.failed;
  }
  get busy(): string | undefined {
    return this.#busy;
  }

  /** Whether it is a backup of another vault, and needs what opens that. */
  get asksSecret(): boolean {
    return this.#asksSecret;
  }

  /** Tries the password or recovery code of the backup's own vault. */
  async open(secret: string): Promise<void> {
    this.#secret = secret;
    await this.load();
    if (this.#items === undefined) this.#secret = '';
    else this.#asksSecret = false;
  }

  /** Loads the first ones, or those that come after. */
  async load(): Promise<void> {
    const before = this.#next;
    const page = await this.#run('list', () =>
      this.#bus.stream(
        'backup.conversation.list.v1',
        { id: this.#backup, ...this.#opener, ...(before !== undefined && { before }) },
        () => {},
      ),
    );
    if (page === undefined) return;
    this.#items = [...(before === undefined ? [] : (this.#items ?? [])), ...page.conversations];
    this.#next = page.next;
  }

  /** How many messages were missing; undefined when it failed. */
  async bringBack(conversation: string): Promise<number | undefined> {
    const asked = { id: this.#backup, conversation, ...this.#opener };
    const restored = await this.#run(conversation, () =>
      this.#bus.stream('backup.conversation.restore.v1', asked, () => {}),
    );
    if (restored === undefined) return undefined;
    const { messages } = restored.conversation;
    this.#items = this.#items?.map((item) =>
      item.conversation.id === conversation ? { ...item, here: messages } : item,
    );
    return restored.added;
  }

  stop(): void {
    this.#stream.stop();
    this.#secret = '';
  }

  get #opener(): { readonly password?: string } {
    return this.#secret === '' ? {} : { password: this.#secret };
  }

  async #run<Reply>(busy: string, begin: () => RunningStream<Reply>): Promise<Reply | undefined> {
    if (this.#busy !== undefined) return undefined;
    this.#busy = busy;
    const reply = await this.#stream.run(begin);
    this.#busy = undefined;
    if (this.#stream.failed?.code === 'BACKUP_KEY_WRONG' && !this.#asksSecret) {
      this.#asksSecret = true;
      this.#stream.clear();
    }
    return reply;
  }
}
