import type { Message, Undo } from '@aico/sdk';
import type { AnyBus } from '../any-bus.ts';

type Listener = (message: Message<unknown>) => void;

/** The one subscription of a topic, for as long as a socket listens. */
interface Shared {
  readonly listeners: Set<Listener>;
  readonly subscription: Promise<Undo>;
  /** Sockets that wait for it or listen. */
  users: number;
}

/** Shares one subscription of each topic among all sockets; what nobody listens to any more is ended. */
export class EventHub {
  readonly #bus: Pick<AnyBus, 'subscribe'>;
  readonly #topics = new Map<string, Shared>();

  constructor(bus: Pick<AnyBus, 'subscribe'>) {
    this.#bus = bus;
  }

  /** Resolves when events of the topic arrive, which they do until the signal aborts. */
  async listen(topic: string, listener: Listener, signal: AbortSignal): Promise<void> {
    const shared = this.#topics.get(topic) ?? this.#share(topic);
    shared.users += 1;
    try {
      await shared.subscription;
    } catch (error) {
      // A refusal is told to who asked, and the next one asks anew.
      this.#leave(topic, shared);
      throw error;
    }
    const leave = (): void => {
      shared.listeners.delete(listener);
      this.#leave(topic, shared);
    };
    if (signal.aborted) {
      leave();
      return;
    }
    shared.listeners.add(listener);
    signal.addEventListener('abort', leave, { once: true });
  }

  #share(topic: string): Shared {
    const listeners = new Set<Listener>();
    const subscription = this.#bus.subscribe(topic, (message) => {
      for (const each of listeners) each(message);
    });
    const shared = { listeners, subscription, users: 0 };
    this.#topics.set(topic, shared);
    return shared;
  }

  #leave(topic: string, shared: Shared): void {
    shared.users -= 1;
    if (shared.users > 0) return;
    if (this.#topics.get(topic) === shared) this.#topics.delete(topic);
    // When the plugin ends, its scope has undone it already.
    shared.subscription.then((undo) => undo()).catch(() => undefined);
  }
}
