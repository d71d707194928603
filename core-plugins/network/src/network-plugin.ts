import { definePlugin, type PluginDefinition, readMigrations } from '@aico/sdk';
import { HttpClient } from './http/client.ts';
import type { Resolver } from './http/resolve.ts';
import { Ledger } from './ledger/ledger.ts';
import type { RetentionSettings } from './ledger/retention.ts';
import { serveLedger } from './ledger/serve-ledger.ts';
import { serveHttp } from './serve-http.ts';

export interface NetworkPowers {
  readonly resolver: Resolver;
  /** Certificate authorities besides those of Node. */
  readonly authorities?: readonly string[];
}

/** The plugin, with the name server that it asks. */
export function createNetworkPlugin(powers: NetworkPowers): PluginDefinition {
  return definePlugin({
    async activate({ bus, storage, config, assets, log, signal }) {
      await storage.migrate(readMigrations(assets));
      const settings = (): RetentionSettings => config.values as unknown as RetentionSettings;
      const ledger = new Ledger({
        storage,
        settings,
        now: () => Date.now(),
        warn: (message, fields) => log.warn(message, fields),
        tell: (entry) => {
          bus.publish('net.egress.recorded.v1', { entry }).catch((error: unknown) => {
            if (!signal.aborted) log.warn('a connection could not be told', { reason: String(error) });
          });
        },
      });
      await ledger.open();
      await serveLedger(bus, storage, () => settings().keepDays);
      await bus.serve('plugin.network.retention.run.v1', async () => {
        const { keepDays } = settings();
        return { kinds: [{ kind: 'connections', keepDays, removed: await ledger.prune() }] };
      });
      await serveHttp(bus, new HttpClient({ ...powers, recorder: ledger }));
    },
  });
}
