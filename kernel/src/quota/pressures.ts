import { AicoError, type ErrorCode, type Notice, type Pressure, type Quota, type QuotaName } from '@aico/schemas';
import type { Clock } from '../contracts/clock.ts';
import type { RunPressure } from '../contracts/plugin-runner.ts';

/** So long after the last refused message a plugin no longer counts as one that sends too much. */
const RATE_QUIET_MS = 5_000;
/** What it was refused for its size or number is shown for longer: it may try only now and then. */
const QUIET_MS = 10 * 60_000;
/** A plugin that swings around its limit is told of once in a while, not at each swing. */
const NOTICE_AGAIN_MS = 10 * 60_000;

type Resource = Pressure['resource'];

const CODES: Readonly<Record<Resource, ErrorCode>> = {
  memory: 'KERNEL_MEMORY_NEAR',
  cpu: 'KERNEL_CPU_THROTTLED',
  storage: 'KERNEL_STORAGE_REACHED',
  messages: 'KERNEL_MESSAGES_THROTTLED',
  bytes: 'KERNEL_BYTES_THROTTLED',
  logs: 'KERNEL_LOGS_THROTTLED',
  'message-size': 'KERNEL_MESSAGE_SIZE_REACHED',
  queue: 'KERNEL_QUEUE_REACHED',
  'queue-bytes': 'KERNEL_QUEUE_BYTES_REACHED',
  subscriptions: 'KERNEL_SUBSCRIPTIONS_REACHED',
};

/** Limits that show in what is refused; the others are measured by whoever runs the process. */
const REFUSED_BY: Readonly<Partial<Record<QuotaName, Resource>>> = {
  storageMb: 'storage',
  messagesPerSecond: 'messages',
  bytesPerSecond: 'bytes',
  messageBytes: 'message-size',
  queueMessages: 'queue',
  queueBytes: 'queue-bytes',
  subscriptions: 'subscriptions',
};

/** A limit because of which something was refused lately. */
interface Refusal {
  readonly id: string;
  readonly name: QuotaName;
  readonly resource: Resource;
  readonly limit: number;
  lastAt: number;
  /** Ends the wait for its quiet. */
  undo: () => void;
}

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
  readonly #refusals = new Map<string, Refusal>();

  constructor(options: PressuresOptions) {
    this.#options = options;
  }

  of(id: string): Pressure[] {
    return [...this.#now.values()].filter((pressure) => pressure.id === id);
  }

  raise(id: string, run: RunPressure): void {
    const { nameOf, onPressure } = this.#options;
    const pressure: Pressure = { id, name: nameOf(id), ...run };
    const key = keyOf(id, run.resource);
    if (run.step === 'relieved') this.#now.delete(key);
    else this.#now.set(key, pressure);
    onPressure(pressure);
    if (run.step !== 'relieved') this.#notice(key, pressure);
  }

  /**
   * Something of a plugin's was refused, or lost to it, because it was beyond a limit. A flood of it costs no more than being counted.
   * @param used how much it would have been
   */
  exceeded(id: string, name: QuotaName, limit: number, used: number = limit): void {
    const resource = REFUSED_BY[name];
    if (resource === undefined) return;
    const { clock } = this.#options;
    const key = keyOf(id, resource);
    const known = this.#refusals.get(key);
    if (known !== undefined) {
      known.lastAt = clock.now();
      return;
    }
    const refusal: Refusal = { id, name, resource, limit, lastAt: clock.now(), undo: () => {} };
    this.#refusals.set(key, refusal);
    this.#awaitQuiet(refusal, isRate(name) ? RATE_QUIET_MS : QUIET_MS);
    this.raise(id, { resource, step: 'throttled', used, limit });
  }

  /** Its user set other limits: what was refused because of the old ones says nothing of these. */
  review(id: string, quota: Required<Quota>): void {
    for (const refusal of [...this.#refusals.values()]) {
      if (refusal.id !== id || quota[refusal.name] === refusal.limit) continue;
      this.#relieve(refusal);
      // Who sets one waits to hear whether it is enough.
      this.#toldAt.delete(keyOf(id, refusal.resource));
    }
  }

  /** Its process is gone, and what pressed with it. */
  drop(id: string): void {
    for (const { resource } of this.of(id)) {
      const key = keyOf(id, resource);
      this.#refusals.get(key)?.undo();
      this.#refusals.delete(key);
      this.#now.delete(key);
    }
  }

  #awaitQuiet(refusal: Refusal, quietMs: number, restMs: number = quietMs): void {
    const { clock } = this.#options;
    refusal.undo = clock.after(restMs, () => {
      const left = refusal.lastAt + quietMs - clock.now();
      if (left > 0) this.#awaitQuiet(refusal, quietMs, left);
      else this.#relieve(refusal);
    });
  }

  #relieve({ id, resource, limit, undo }: Refusal): void {
    undo();
    this.#refusals.delete(keyOf(id, resource));
    this.raise(id, { resource, step: 'relieved', used: 0, limit });
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

function keyOf(id: string, resource: Resource): string {
  return `${id} ${resource}`;
}

function isRate(name: QuotaName): boolean {
  return name === 'messagesPerSecond' || name === 'bytesPerSecond';
}
