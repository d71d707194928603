import type { PluginContext } from '@aico/sdk';
import type { Journal } from './journal.ts';

const MAX_IN_FLIGHT = 256;
const MAX_ATTEMPTS = 5;

/** Hands events to consumers and takes back what they settle. Groups belong to the plugin that asks. */
export async function serveConsumers(ctx: PluginContext, journal: Journal): Promise<void> {
  const { bus } = ctx;
  await bus.serveStream('journal.consume.v1', async ({ sender, incarnation, data, signal }, stream) => {
    const group = await journal.join(`${sender}/${data.group}`, data);
    const { promise: over, resolve, reject } = Promise.withResolvers<void>();
    for (const ending of [signal, ctx.signal]) ending.addEventListener('abort', () => resolve(), { once: true });
    if (signal.aborted || ctx.signal.aborted) return {};
    const { maxInFlight = MAX_IN_FLIGHT, maxAttempts = MAX_ATTEMPTS } = data;
    const write = (delivery: Parameters<typeof stream.write>[0]): Promise<void> => stream.write(delivery);
    const member = group.join({ incarnation, maxInFlight, write, onFailure: reject }, maxAttempts);
    try {
      await over;
    } finally {
      group.leave(member);
    }
    return {};
  });
  await bus.serve('journal.settle.v1', ({ sender, incarnation, data }) => ({
    settled: journal.group(`${sender}/${data.group}`).settle(data, incarnation),
  }));
}
