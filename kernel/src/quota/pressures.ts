import { AicoError, type ErrorCode, type Notice, type Pressure } from '@aico/schemas';
import type { Clock } from '../contracts/clock.ts';
import type { RunPressure } from '../contracts/plugin-runner.ts';

/** So long after the last refused message a plugin no longer counts as one that sends too much. */
const QUIET_MS = 5_000;
/** A plugin that swings around its limit is told of once in a while, not at each swing. */
const NOTICE_AGAIN_MS = 10 * 60_000;

const CODES: Readonly<Record<Pressure['resource'], ErrorCode>> = {
  memory: 'KERNEL_MEMORY_NEAR',
  cpu: 'KERNEL_CPU_THROTTLED',
  messages: 'KERNEL_MESSAGES_THROTTLED',
  bytes: 'KERNEL_BYTES_THROTTLED',
  logs: 'KERNEL_LOGS_THROTTLED',
};

export interface PressuresOptions {
  readonly clock: Clock;
  readonly nameOf: (id: string) => string;
  readonly onPressure: (pressure: Pressure) => void;
  readonly onNotice: (notice: Notice) => void;
}

/** Which plugin presses on which limit now; its user is told before it is ended for it. */
export class Pressures {
  readonly #options: PressuresOptions;
  readonly #now = new Map<string, Pressure>();
  readonly #toldAt = new Map<string, number>();
  readonly #quiet = new Map<string, () => void>();

  constructor(options: PressuresOptions) {
    this.#options = options;
  }

  of(id: string): Pressure[] {
    return [...this.#now.values()].filter((pressure) => pressure.id === id);
  }

  raise(id: string, run: RunPressure): void {
    const { nameOf, onPressure } = this.#options;
    const pressure: Pressure = { id, name: nameOf(id), ...run };
    const key = `${id} ${run.resource}`;
    if (run.step === 'relieved') this.#now.delete(key);
    else this.#now.set(key, pressure);
    onPressure(pressure);
    if (run.step !== 'relieved') this.#notice(key, pressure);
  }

  /** Messages of a plugin were refused because it sends too many, or too much in them. */
  sendsTooMuch(id: string, resource: 'messages' | 'bytes', limit: number): void {
    const key = `${id} ${resource}`;
    const isNew = !this.#now.has(key);
    this.#quiet.get(key)?.();
    const undo = this.#options.clock.after(QUIET_MS, () => {
      this.#quiet.delete(key);
      this.raise(id, { resource, step: 'relieved', used: 0, limit });
    });
    this.#quiet.set(key, undo);
    if (isNew) this.raise(id, { resource, step: 'throttled', used: limit, limit });
  }

  /** Its process is gone, and what pressed with it. */
  drop(id: string): void {
    for (const { resource } of this.of(id)) {
      const key = `${id} ${resource}`;
      this.#quiet.get(key)?.();
      this.#quiet.delete(key);
      this.#now.delete(key);
    }
  }

  #notice(key: string, { id, name, resource, used, limit }: Pressure): void {
    const now = this.#options.clock.now();
    if (now - (this.#toldAt.get(key) ?? Number.NEGATIVE_INFINITY) < NOTICE_AGAIN_MS) return;
    this.#toldAt.set(key, now);
    const details = { id, used: Math.round(used), limit };
    const { code, message, fix } = new AicoError(CODES[resource], { subject: name, details });
    this.#options.onNotice({ code, message, fix });
  }
}
