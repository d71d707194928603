import { AicoError } from '@aico/sdk';

const MIB = 1024 * 1024;
/** An answer up to here is held without asking for room. */
export const SMALL_BYTES: number = 256 * 1024;
/** Of large answers that are held whole at a time; packing one for the bus takes several times as much for a moment. */
const ALL_BYTES = 24 * MIB;
const PLUGIN_BYTES = 12 * MIB;

interface Waiting {
  readonly plugin: string;
  readonly bytes: number;
  readonly enter: () => void;
}

/** The memory that large answers of all plugins share: what does not fit waits on its connection, unread. */
export class Room {
  readonly #held = new Map<string, number>();
  readonly #waiting = new Set<Waiting>();
  #all = 0;

  /**
   * Resolves when there is room for an answer of so many bytes, never more than one plugin may hold, to what gives it
   * back. @throws AicoError NET_NO_ROOM when time was up before, or the signal's reason
   */
  async take(plugin: string, host: string, bytes: number, signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    const entered = Promise.withResolvers<void>();
    const waiting: Waiting = { plugin, bytes, enter: entered.resolve };
    const leave = (): void => {
      this.#waiting.delete(waiting);
      const details = { host, limit: PLUGIN_BYTES };
      const isLate = signal.reason instanceof AicoError;
      entered.reject(isLate ? new AicoError('NET_NO_ROOM', { subject: plugin, details }) : signal.reason);
      this.#admit();
    };
    signal.addEventListener('abort', leave, { once: true });
    this.#waiting.add(waiting);
    this.#admit();
    try {
      await entered.promise;
    } finally {
      signal.removeEventListener('abort', leave);
    }
    return () => {
      this.#hold(plugin, -bytes);
      this.#admit();
    };
  }

  /** Lets in who came first; only those whose plugin holds too much already are passed over. */
  #admit(): void {
    for (const waiting of this.#waiting) {
      const { plugin, bytes, enter } = waiting;
      if ((this.#held.get(plugin) ?? 0) + bytes > PLUGIN_BYTES) continue;
      if (this.#all + bytes > ALL_BYTES) return;
      this.#waiting.delete(waiting);
      this.#hold(plugin, bytes);
      enter();
    }
  }

  #hold(plugin: string, bytes: number): void {
    this.#all += bytes;
    const held = (this.#held.get(plugin) ?? 0) + bytes;
    if (held === 0) this.#held.delete(plugin);
    else this.#held.set(plugin, held);
  }
}
