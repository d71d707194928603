import { AicoError } from '@aico/sdk';

const AT_ONCE = 8;
const WAITING = 56;
/** Of what the requests of one plugin send, which is held until each is over. */
const HELD_BYTES = 16 * 1024 * 1024;

interface Line {
  running: number;
  bytes: number;
  readonly waiting: (() => void)[];
}

/** How many requests each plugin may have under way: some run, some wait, the rest is refused. */
export class Slots {
  readonly #plugins = new Map<string, Line>();

  /**
   * Resolves when it is this request's turn, to what gives the turn on. One whose time is up before its turn was held up by
   * those before it, and not by its host. @throws AicoError NET_BUSY, or the signal's reason
   */
  async take(plugin: string, bytes: number, signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    const line = this.#plugins.get(plugin) ?? { running: 0, bytes: 0, waiting: [] };
    this.#plugins.set(plugin, line);
    const busy = new AicoError('NET_BUSY', { subject: plugin, details: { limit: AT_ONCE + WAITING } });
    if (line.waiting.length >= WAITING || (line.bytes > 0 && line.bytes + bytes > HELD_BYTES)) throw busy;
    line.bytes += bytes;
    if (line.running < AT_ONCE) line.running += 1;
    else
      await this.#wait(line.waiting, signal).catch((reason: unknown) => {
        line.bytes -= bytes;
        throw reason instanceof AicoError ? busy : reason;
      });
    let given = false;
    return () => {
      if (given) return;
      given = true;
      line.bytes -= bytes;
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
