import type { PluginContext } from '@aico/sdk';

export const NEIGHBOUR_TOPIC = 'plugin.neighbour.command.run.v1';
export const NEIGHBOUR_CODE = `export default { async activate(ctx) {
  await ctx.bus.serve('${NEIGHBOUR_TOPIC}', ({ data }) => ({ text: data.arguments }));
} };`;

const ASK_EVERY_MS = 4;
const PATIENCE_MS = 15_000;

/** How a neighbour did during some time. */
export interface Service {
  readonly answered: number;
  readonly failed: number;
  readonly p99Ms: number;
}

interface Ask {
  readonly at: number;
  readonly settled: number;
  readonly isAnswered: boolean;
}

/** Asks the neighbour the whole time, with a secret in each question and answer. */
export class Customer {
  /** As they settled, one after another. */
  readonly #asks: Ask[] = [];
  #timer: NodeJS.Timeout;

  constructor(context: PluginContext, secret: string) {
    let due = performance.now();
    const ask = (): void => {
      // A stalled kernel stalls this clock too: what should have been asked meanwhile counts from when it was due.
      for (; due <= performance.now(); due += ASK_EVERY_MS) void this.#ask(context, secret, due);
      // An interval of Node's drifts, and every question would seem as late as it has.
      this.#timer = setTimeout(ask, Math.max(0, due - performance.now()));
    };
    this.#timer = setTimeout(ask, ASK_EVERY_MS);
  }

  /** What became of all that was asked since a moment of `performance.now()`. */
  since(moment: number): Service {
    // Looking through all that ever was asked takes as long as what is measured.
    const before = this.#asks.findLastIndex(({ settled }) => settled < moment);
    const asks = this.#asks.slice(before + 1).filter(({ at }) => at >= moment);
    const times = asks.flatMap(({ at, settled, isAnswered }) => (isAnswered ? settled - at : []));
    times.sort((a, b) => a - b);
    return {
      answered: times.length,
      failed: asks.length - times.length,
      p99Ms: times[Math.min(times.length - 1, Math.floor(times.length * 0.99))] ?? Number.NaN,
    };
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  async #ask(context: PluginContext, secret: string, at: number): Promise<void> {
    const question = {
      name: 'echo',
      arguments: secret,
      conversation: '00000000-0000-4000-8000-000000000000',
      time: new Date().toISOString(),
    };
    const isAnswered = await context.bus
      .request(NEIGHBOUR_TOPIC as never, question as never, { timeoutMs: PATIENCE_MS })
      .then(
        (reply) => (reply as { readonly text: string }).text === secret,
        () => false,
      );
    this.#asks.push({ at, settled: performance.now(), isAnswered });
  }
}
