import { AicoError } from '@aico/sdk';

const AT_ONCE = 8;
const WAITING = 56;

/** How many requests each plugin may have under way: some run, some wait, the rest is refused. */
export class Slots {
  readonly #plugins = new Map<string, { running: number; readonly waiting: (() => void)[] }>();

  /**
   * Resolves when it is this request's turn, to what gives the turn on. One whose time is up before its turn was held up by
   * those before it, and not by its host. @throws AicoError NET_BUSY, or the signal's reason
   */
  async take(plugin: string, signal: AbortSignal): Promise<() => void> {
    const line = this.#plugins.get(plugin) ?? { running: 0, waiting: [] };
    this.#plugins.set(plugin, line);
    signal.throwIfAborted();
    if (line.running >= AT_ONCE) {
      const busy = new AicoError('NET_BUSY', { subject: plugin, details: { limit: AT_ONCE + WAITING } });
      if (line.waiting.length >= WAITING) throw busy;
      await this.#wait(line.waiting, signal).catch((reason: unknown) => {
        throw reason instanceof AicoError ? busy : reason;
      });
    } else {
      line.running += 1;
    }
    let given = false;
    return () => {
      if (given) return;
      given = true;
      const next = line.waiting.shift();
      if (next !== undefined) next();
      else line.running -= 1;
      if (line.running === 0) this.#plugins.delete(plugin);
    };
  }

  #wait(waiting: (() => void)[], signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const turn = (): void => {
        signal.removeEventListener('abort', leave);
        resolve();
      };
      const leave = (): void => {
        waiting.splice(waiting.indexOf(turn), 1);
        reject(signal.reason);
      };
      waiting.push(turn);
      signal.addEventListener('abort', leave, { once: true });
    });
  }
}
