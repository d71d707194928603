import { definePlugin, type LlmStatus, type PluginContext } from '@aico/sdk';
import { generate } from './generate.ts';
import { ModelServers, type ServerSettings } from './model-servers.ts';
import { createServerStore } from './server-store.ts';

/** How often model servers are looked for while none is connected. */
const WATCH_MS = 30_000;
/** How soon they are looked for again after the start: what leads to them may start later. */
const FIRST_WATCH_MS = 1000;
/** A status younger than this is fresh enough for whoever asks. */
const FRESH_MS = 5000;

export default definePlugin({
  async activate(ctx) {
    const { bus, config, signal } = ctx;
    const tell = (status: LlmStatus): void => {
      bus.publish('llm.status.changed.v1', status).catch((error: unknown) => warn(ctx, error));
    };
    const settings = (): ServerSettings => config.values as unknown as ServerSettings;
    const servers = new ModelServers(
      createServerStore(ctx.storage, ctx.secrets),
      (asked, options) => bus.stream('net.http.stream.v1', asked, options),
      settings,
      tell,
    );
    await servers.load();

    let probedAt = Number.NEGATIVE_INFINITY;
    const probe = async (): Promise<void> => {
      probedAt = performance.now();
      await servers.probe(signal);
    };
    const watch = (afterMs: number): void => {
      ctx.setTimer(afterMs, async () => {
        if (!servers.connected) await probe();
        watch(Math.min(2 * afterMs, WATCH_MS));
      });
    };

    await bus.serveStream('llm.generate.v1', (request, stream) => generate(servers, request, stream));
    await bus.serve('llm.status.get.v1', () => {
      if (performance.now() - probedAt > FRESH_MS) void probe();
      return servers.status();
    });
    await bus.serve('llm.provider.select.v1', (request) => servers.select(request.data, request.signal));
    await bus.serve('llm.provider.put.v1', (request) => servers.put(request.data, request.signal));
    await bus.serve('llm.provider.delete.v1', (request) => servers.delete(request.data.id));
    ctx.effect(() => config.onChange(() => void probe()));
    // A server that is slow to say what it has keeps nobody from starting.
    void probe();
    watch(FIRST_WATCH_MS);
  },
});

function warn(ctx: PluginContext, error: unknown): void {
  if (!ctx.signal.aborted) ctx.log.warn('the status could not be told', { reason: String(error) });
}
