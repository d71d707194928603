import type { Log, PluginContext } from '@aico/sdk';
import { toAnyBus } from './any-bus.ts';
import { type App, createApp } from './app.ts';
import type { AppParts } from './app-parts.ts';
import { AssetCache } from './console/asset-cache.ts';
import { FrontDoor } from './front-door.ts';
import { loadPackages } from './load-packages.ts';
import { SessionStore } from './session/session-store.ts';
import { readSettings } from './settings.ts';
import { EventHub } from './socket/event-hub.ts';
import { originOf } from './start-trace.ts';

const SWEEP_MS = 30_000;
/** Requests under way may finish for this long when the gateway stops. */
const GRACE_MS = 2_000;

/** Opens the gateway; it closes with the plugin. @throws AicoError GATEWAY_PORT_TAKEN, GATEWAY_HOST_NOT_LOOPBACK, … */
export async function openGateway(ctx: PluginContext): Promise<void> {
  const settings = readSettings(ctx.config);
  const now = (): number => Date.now();
  const sessions = new SessionStore({ now, idleMs: settings.sessionIdleMs, absoluteMs: settings.sessionMs });
  const assets = new AssetCache((path) => ctx.bus.request('plugin.console.asset.get.v1', { path }));
  const door = await FrontDoor.open(settings.host, settings.port);
  const stopping = new AbortController();
  const anyBus = toAnyBus(ctx.bus);
  const hub = new EventHub(anyBus);
  const { bus, log, version } = ctx;
  const parts: AppParts = {
    bus,
    anyBus,
    hub,
    log,
    settings,
    sessions,
    assets,
    door,
    version,
    now,
    stopping: stopping.signal,
  };
  const app = load(parts, log);
  ctx.effect(() => async () => {
    stopping.abort();
    await Promise.all([door.close(GRACE_MS), app.then((loaded) => loaded?.close())]);
  });

  // One locking is told twice, with time between in which plugins go, and somebody may be signing in by then.
  let isOpen = true;
  const follow = (opened: boolean): void => {
    if (isOpen && !opened) sessions.lock();
    isOpen = opened;
  };
  await Promise.all([
    ctx.bus.subscribe('vault.state.changed.v1', ({ data }) => follow(data.state === 'unlocked')),
    // Somebody else may know the former password: whoever changed it stays, and nobody else.
    ctx.bus.subscribe('vault.password.changed.v1', (message) => sessions.endAll(originOf(message))),
    // The vault's plugin may also go without a word; then its condition falls.
    ctx.bus.subscribe('kernel.condition.changed.v1', ({ data }) => {
      if (data.name === 'vault.unlocked') follow(data.holds);
    }),
    ctx.bus.subscribe('kernel.plugin.changed.v1', ({ data }) => {
      if (data.id === 'console') assets.clear();
    }),
  ]);
  ctx.effect(() => {
    const sweeper = setInterval(() => sessions.sweep(), SWEEP_MS);
    sweeper.unref();
    return () => clearInterval(sweeper);
  });
  const url = `http://${settings.host === '::1' ? '[::1]' : settings.host}:${door.port}`;
  await ctx.bus.request('kernel.endpoint.announce.v1', { name: 'console', url });
  log.info('listening', { url });
}

/** Loads the application behind the open door. Without one this plugin is of no use, so its process ends. */
async function load(parts: AppParts, log: Log): Promise<App | undefined> {
  try {
    const app = await createApp(await loadPackages(), parts);
    parts.door.admit(app.listener);
    return app;
  } catch (error) {
    parts.door.refuse(error);
    log.error('the application cannot be loaded', { problem: String(error) });
    setImmediate(() => {
      throw error;
    });
    return undefined;
  }
}
