import type { Message, Undo } from '@aico/sdk';
import type { AnyBus } from '../any-bus.ts';

type Listener = (message: Message<unknown>) => void;

/** Shares one subscription of each topic among all sockets. Those of the bus last until the plugin is unloaded. */
export class EventHub {
  readonly #bus: Pick<AnyBus, 'subscribe'>;
  readonly #listeners = new Map<string, Set<Listener>>();
  readonly #subscriptions = new Map<string, Promise<Undo>>();

  constructor(bus: Pick<AnyBus, 'subscribe'>) {
    this.#bus = bus;
  }

  /** Resolves when events of the topic arrive, which they do until the signal aborts. */
  async listen(topic: string, listener: Listener, signal: AbortSignal): Promise<void> {
    const listeners = this.#listeners.get(topic) ?? new Set();
    this.#listeners.set(topic, listeners);
    let subscription = this.#subscriptions.get(topic);
    if (subscription === undefined) {
      subscription = this.#bus.subscribe(topic, (message) => {
        for (const each of listeners) each(message);
      });
      this.#subscriptions.set(topic, subscription);
      // A refusal is told to who asked, and the next one asks anew.
      subscription.catch(() => this.#subscriptions.delete(topic));
    }
    await subscription;
    if (signal.aborted) return;
    listeners.add(listener);
    signal.addEventListener('abort', () => listeners.delete(listener), { once: true });
  }
}
