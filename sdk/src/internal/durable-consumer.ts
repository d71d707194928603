import { AicoError, type Delivery, type ErrorReport, isAicoError, type Settle } from '@aico/schemas';
import type { BusStream, ConsumeOptions, Message, Undo } from '../bus.ts';
import type { Scope } from './scope.ts';
import type { Timers } from './timers.ts';

const FIRST_RETRY_MS = 200;
const LAST_RETRY_MS = 2_000;
/** How long acknowledgements wait for others, to travel together. */
const SETTLE_MS = 2;
const SETTLE_AT = 512;
const MOST_ACKNOWLEDGED = 1_000;
/** Each tells a problem of up to 3 KB as JSON: so many fit into any message. */
const MOST_RETURNED = 100;
const SETTLE_AGAIN_MS = 1_000;
const SETTLE_AGAIN_AT_MOST_MS = 60_000;
/** How long a stop waits for what is being handled. */
const STOP_MS = 2_000;
/** How long it waits again for what did not end by then, and has heard of the stop now. */
const ABORTED_MS = 500;

/** A sealed event that could not be opened comes with the reason in place of what it says. */
type Received = Delivery & { readonly problem?: ErrorReport };

/** The two requests that a consumer makes. */
export interface DurableRequests {
  consume(data: unknown): BusStream<unknown, unknown>;
  settle(data: Settle): Promise<unknown>;
}

export interface DurableConsumerOptions {
  readonly pattern: string;
  readonly options: ConsumeOptions;
  readonly handler: (message: Message<unknown>) => void | Promise<void>;
  readonly requests: DurableRequests;
  readonly timers: Timers;
  readonly scope: Scope;
  readonly onFailure: (topic: string, error: unknown) => void;
}

/** Receives durable events, settles each when its handler ends, and joins again when the journal comes back. */
export class DurableConsumer {
  readonly #made: DurableConsumerOptions;
  readonly #acknowledged: number[] = [];
  readonly #returned: Settle['returned'][number][] = [];
  #stopTimer: (() => void) | undefined;
  #settleAgainMs = SETTLE_AGAIN_MS;
  /** Why settling failed last, until it succeeds. */
  #unsettled: string | undefined;
  /** How often the permission was given back. */
  #readmitted = 0;
  /** Settling was denied: it waits for the permission. */
  #denied = false;
  #stream: BusStream<unknown, unknown> | undefined;
  #stopped = false;
  /** What came since the consumer was told to take nothing new. */
  #held: Delivery[] | undefined;
  /** Events that are being handled. */
  #handling = 0;
  #onIdle: (() => void) | undefined;
  #wake: (() => void) | undefined;

  private constructor(made: DurableConsumerOptions) {
    this.#made = made;
  }

  /** Begins to consume; the undo ends it after what is being handled is settled. */
  static begin(made: DurableConsumerOptions): { readonly consumer: DurableConsumer; readonly undo: Undo } {
    const consumer = new DurableConsumer(made);
    const running = consumer.#run();
    const undo = made.scope.own(async () => {
      await consumer.#stop();
      await running;
    });
    return { consumer, undo };
  }

  get pattern(): string {
    return this.#made.pattern;
  }

  /** Whether events came since they are held back. */
  get holdsEvents(): boolean {
    return (this.#held?.length ?? 0) > 0;
  }

  /** Takes nothing new; resolves when what is being handled is settled. What came stays open, for others if this ends. */
  async hold(): Promise<void> {
    this.#held ??= [];
    await this.#idle(STOP_MS);
    await this.#settle();
  }

  /** Goes on with what was held. */
  release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const delivery of held) void this.#handle(delivery);
  }

  /** The permission was taken back and is there again: what was handled is settled first, so that it does not come again. */
  readmit(): void {
    this.#readmitted += 1;
    this.#denied = false;
    void this.#settle();
    this.#wake?.();
  }

  async #run(): Promise<void> {
    let retryMs = FIRST_RETRY_MS;
    while (!this.#stopped) {
      const { pattern, options, requests } = this.#made;
      const readmitted = this.#readmitted;
      let denied = false;
      this.#stream = requests.consume({ pattern, ...options });
      try {
        for await (const delivery of this.#stream) {
          retryMs = FIRST_RETRY_MS;
          // What comes after the end was asked for goes to others.
          if (this.#held !== undefined) this.#held.push(delivery as Delivery);
          else if (!this.#stopped) void this.#handle(delivery as Delivery);
        }
      } catch (error) {
        // Where all start at once the journal may come a moment later: only its staying away is worth a word.
        const comes = isAicoError(error, 'KERNEL_NO_SERVER') && retryMs < LAST_RETRY_MS;
        if (!this.#stopped && !comes) this.#made.onFailure(pattern, error);
        denied = isAicoError(error, 'KERNEL_PERMISSION_DENIED');
      }
      if (this.#stopped) return;
      // To ask again unasked would only break the rule again.
      if (denied) await this.#readmission(readmitted);
      else await this.#pause(retryMs);
      retryMs = Math.min(LAST_RETRY_MS, retryMs * 2);
    }
  }

  async #handle(delivery: Received): Promise<void> {
    const { sequence, topic, time, sender, incarnation, data, traceparent, problem: unopened } = delivery;
    const message = { id: `journal/${sequence}`, topic, time: new Date(time), sender, incarnation, grant: {}, data };
    this.#handling += 1;
    try {
      if (unopened !== undefined) throw AicoError.fromReport(unopened);
      await this.#made.handler(traceparent === undefined ? message : { ...message, traceparent });
      this.#acknowledged.push(sequence);
    } catch (error) {
      this.#made.onFailure(topic, error);
      const problem = (error instanceof Error ? error.message : String(error)).slice(0, 500);
      this.#returned.push({ sequence, problem });
    } finally {
      this.#handling -= 1;
      if (this.#handling === 0) this.#onIdle?.();
    }
    if (this.#denied) return;
    if (this.#acknowledged.length >= SETTLE_AT && this.#unsettled === undefined) void this.#settle();
    else this.#stopTimer ??= this.#made.timers.after(SETTLE_MS, () => void this.#settle());
  }

  async #settle(): Promise<void> {
    this.#stopTimer?.();
    this.#stopTimer = undefined;
    const acknowledged = this.#acknowledged.splice(0, MOST_ACKNOWLEDGED);
    const returned = this.#returned.splice(0, MOST_RETURNED);
    if (acknowledged.length === 0 && returned.length === 0) return;
    const { pattern, options, requests, onFailure } = this.#made;
    const readmitted = this.#readmitted;
    try {
      await requests.settle({ pattern, group: options.group, acknowledged, returned });
    } catch (error) {
      const problem = isAicoError(error) ? error.code : String(error);
      if (problem !== this.#unsettled) onFailure(pattern, error);
      this.#unsettled = problem;
      // It is tried again: the journal waits for each event until it is settled, or its stream ends.
      this.#acknowledged.unshift(...acknowledged);
      this.#returned.unshift(...returned);
      if (this.#stopped) return;
      if (problem !== 'KERNEL_PERMISSION_DENIED') this.#settleAgain();
      else if (readmitted === this.#readmitted) this.#denied = true;
      else await this.#settle();
      return;
    }
    this.#unsettled = undefined;
    this.#settleAgainMs = SETTLE_AGAIN_MS;
    if (this.#acknowledged.length > 0 || this.#returned.length > 0) await this.#settle();
  }

  /** More and more seldom, and not sooner for what is handled meanwhile. */
  #settleAgain(): void {
    this.#stopTimer?.();
    this.#stopTimer = this.#made.timers.after(this.#settleAgainMs, () => void this.#settle());
    this.#settleAgainMs = Math.min(SETTLE_AGAIN_AT_MOST_MS, this.#settleAgainMs * 2);
  }

  async #stop(): Promise<void> {
    this.#stopped = true;
    this.#wake?.();
    await this.#idle(this.#held === undefined ? STOP_MS : ABORTED_MS);
    // Settled first: what is open when the stream ends goes to others at once.
    await this.#settle();
    this.#stream?.cancel();
  }

  #idle(atMostMs: number): Promise<void> {
    if (this.#handling === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const undo = this.#made.timers.after(atMostMs, resolve);
      this.#onIdle = () => {
        undo();
        resolve();
      };
    });
  }

  /** Resolves when the permission was given back since it was given back so often. */
  async #readmission(readmitted: number): Promise<void> {
    while (!this.#stopped && this.#readmitted === readmitted) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  #pause(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const undo = this.#made.timers.after(milliseconds, resolve);
      this.#wake = () => {
        undo();
        resolve();
      };
    });
  }
}
