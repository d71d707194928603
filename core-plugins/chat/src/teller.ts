import type { Bus, ChatMessage, Conversation, ConversationChanged, Log, Traced } from '@aico/sdk';

/** Tells others what happened in conversations. Nobody waits for it, and what is not taken is only logged. */
export class Teller {
  readonly #bus: Bus;
  readonly #log: Log;

  constructor(bus: Bus, log: Log) {
    this.#bus = bus;
    this.#log = log;
  }

  changed(conversation: Conversation, change: ConversationChanged['change']): void {
    void this.#tell(() => this.#bus.publish('chat.conversation.changed.v1', { conversation, change }));
  }

  created(message: ChatMessage, trace: Traced): void {
    void this.#tell(() => this.#bus.publish('chat.message.created.v1', { message }, { trace }));
  }

  async #tell(publish: () => Promise<void>): Promise<void> {
    try {
      await publish();
    } catch (error) {
      this.#log.debug('what happened in a conversation was not told', { reason: String(error) });
    }
  }
}
