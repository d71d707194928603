import { definePlugin, type PluginDefinition, readMigrations } from '@aico/sdk';
import { HttpClient } from './http/client.ts';
import type { Resolver } from './http/resolve.ts';
import { Ledger } from './ledger/ledger.ts';
import type { RetentionSettings } from './ledger/retention.ts';
import { serveLedger } from './ledger/serve-ledger.ts';
import { serveHttp } from './serve-http.ts';

/** Less than a plugin may take to stop. */
const SETTLE_MS = 1_000;

export interface NetworkPowers {
  readonly resolver: Resolver;
  /** Certificate authorities besides those of Node. */
  readonly authorities?: readonly string[];
  /** ms since 1970; the machine's clock unless told otherwise. */
  readonly now?: () => number;
}

/** The plugin, with the name server that it asks. */
export function createNetworkPlugin(powers: NetworkPowers): PluginDefinition {
  let ending = new AbortController();
  let ledger: Ledger | undefined;
  return definePlugin({
    async activate({ bus, storage, config, assets, log, signal }) {
      await storage.migrate(readMigrations(assets));
      const settings = (): RetentionSettings => config.values as unknown as RetentionSettings;
      const opened = new Ledger({
        storage,
        settings,
        now: powers.now ?? Date.now,
        warn: (message, fields) => log.warn(message, fields),
        tell: (entry) => {
          bus.publish('net.egress.recorded.v1', { entry }).catch((error: unknown) => {
            if (!signal.aborted) log.warn('a connection could not be told', { reason: String(error) });
          });
        },
      });
      ledger = opened;
      ending = new AbortController();
      await opened.open();
      await serveLedger(bus, storage, () => settings().keepDays);
      await bus.serve('plugin.network.retention.run.v1', async () => {
        const { keepDays } = settings();
        return { kinds: [{ kind: 'connections', keepDays, ...(await opened.prune()) }] };
      });
      await serveHttp(bus, new HttpClient({ ...powers, recorder: opened }), ending.signal);
    },

    /** What is under way ends, and is written down as such, while there still is a storage. */
    async deactivate() {
      ending.abort();
      await ledger?.settle(SETTLE_MS);
    },
  });
}
