import { isAicoError } from '@aico/schemas';
import type { PluginContext } from '../context.ts';
import { createBlobs } from './blobs.ts';
import type { BusClient } from './bus-client.ts';
import { createCache } from './cache.ts';
import { failureFields } from './describe.ts';
import { createFetch } from './fetch.ts';
import type { LiveMetrics } from './live-metrics.ts';
import { createPermissions, type LiveConfiguration, type LivePermissions } from './live-settings.ts';
import { createRecords } from './records.ts';
import type { Scope } from './scope.ts';
import {
  createConditions,
  createLanguageModel,
  createSchedule,
  createSecrets,
  createStorage,
  createThemes,
} from './services.ts';
import type { PluginRuntime } from './start-plugin.ts';
import { createVectors } from './vectors.ts';

/** What an author is handed: each call of it is a typed request over the bus. */
export function createContext(
  runtime: PluginRuntime,
  scope: Scope,
  client: BusClient,
  config: LiveConfiguration,
  permissions: LivePermissions,
  metrics: LiveMetrics,
): PluginContext {
  const bus = client.asBus();
  return {
    id: runtime.manifest.id,
    version: runtime.manifest.version,
    bus,
    storage: createStorage(bus),
    cache: createCache(bus),
    vectors: createVectors(bus),
    blobs: createBlobs(bus, runtime.timers),
    secrets: createSecrets(bus),
    config,
    llm: createLanguageModel(bus),
    fetch: createFetch(bus),
    schedule: createSchedule(bus, runtime.manifest.id),
    records: createRecords(bus, runtime.manifest.id),
    log: runtime.log,
    metrics,
    permissions: createPermissions(permissions, bus),
    conditions: createConditions(bus),
    theme: createThemes(bus),
    assets: runtime.assets,
    signal: scope.signal,
    dataFolder: runtime.dataFolder,
    effect: (begin) => scope.own(begin() ?? (() => {})),
    setTimer: (milliseconds, handler) => {
      scope.assertOpen();
      const stop = runtime.timers.after(milliseconds, () => {
        void undo();
        // At once: a turn later, what is due after it could come first.
        new Promise<void>((resolve) => resolve(handler())).catch((error: unknown) => {
          // Work that was going on when the plugin was stopped, and asked for more then, ended as it should.
          if (scope.signal.aborted && isAicoError(error, 'KERNEL_DISPOSED')) return;
          runtime.log.error('timer failed', failureFields(error));
        });
      });
      const undo = scope.own(stop);
      return undo;
    },
  };
}
