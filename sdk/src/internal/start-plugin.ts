import {
  AicoError,
  type Grant,
  type HandedOver,
  isAicoError,
  type LifecycleMessage,
  type Manifest,
  RecordKind,
  type Resumed,
} from '@aico/schemas';
import type { Assets, Log, PluginContext } from '../context.ts';
import type { PluginDefinition } from '../define-plugin.ts';
import { BusClient } from './bus-client.ts';
import { createContext } from './create-context.ts';
import { failureFields } from './describe.ts';
import { LiveMetrics } from './live-metrics.ts';
import { LiveConfiguration, LivePermissions } from './live-settings.ts';
import { PluginTimers } from './plugin-timers.ts';
import type { InRecord, RecordPort } from './record-port.ts';
import { Scope } from './scope.ts';
import { handOver, stateFrom, suspend } from './succession.ts';
import type { Timers } from './timers.ts';

export interface PluginRuntime {
  readonly port: RecordPort;
  readonly timers: Timers;
  readonly log: Log;
  /** What `main` exports by default; checked here. */
  readonly definition: unknown;
  readonly manifest: Pick<Manifest, 'id' | 'version'>;
  readonly grants: readonly Grant[];
  readonly configuration: Readonly<Record<string, unknown>>;
  readonly assets: Assets;
  readonly dataFolder: string | undefined;
  /** It waits to be told to activate, beside the version whose place it takes. */
  readonly standby?: boolean | undefined;
  /** Called after `deactivated` was sent: the process may end once it is flushed. */
  readonly onEnd: () => void;
}

/** Runs a plugin's life over a record port: activate, answer pings, deactivate. Returns its context. */
export function startPlugin(runtime: PluginRuntime): PluginContext {
  const { manifest, port, log } = runtime;
  const scope = new Scope(manifest.id);
  const configuration = new LiveConfiguration(runtime.configuration, (error) =>
    log.error('handler of the settings failed', failureFields(error)),
  );
  const permissions = new LivePermissions(runtime.grants);
  const client = new BusClient({
    plugin: manifest.id,
    port,
    timers: runtime.timers,
    scope,
    onFailure: (topic, error) => log.error(`handler of ${topic} failed`, failureFields(error)),
  });
  const timers = new PluginTimers(runtime.timers);
  const tell = (message: LifecycleMessage): void =>
    port.send({ kind: RecordKind.lifecycle, correlation: 0, topic: '', payload: JSON.stringify(message) });
  const metrics = new LiveMetrics(runtime.timers, (reports) => tell({ type: 'metrics', metrics: reports }));
  const context = createContext({ ...runtime, timers }, scope, client, configuration, permissions, metrics);
  let definition: PluginDefinition | undefined;
  let ending = false;

  const activate = async (handedOver?: HandedOver, resumed?: Resumed): Promise<void> => {
    try {
      definition = asDefinition(runtime.definition, manifest.id);
      await definition.activate(context, await stateFrom(definition, manifest.id, handedOver));
      if (resumed !== undefined) await definition.resume?.(resumed.state);
      tell({ type: 'active' });
    } catch (error) {
      const failure = failureFields(error);
      log.error('activate failed', failure);
      const report = isAicoError(error) ? { problem: error.message, error: error.toReport() } : {};
      tell({ type: 'failed', ...failure, ...report });
    }
  };
  const end = async (reason: string): Promise<void> => {
    // A handler needs the bus and its timers to the end: what it cannot finish is done twice.
    await client.holdEvents();
    try {
      await definition?.deactivate?.(reason);
    } catch (error) {
      log.error('deactivate failed', failureFields(error));
    }
    await scope.close().catch((error: unknown) => log.error('cleaning up failed', failureFields(error)));
    tell({ type: 'deactivated' });
    runtime.onEnd();
  };
  const onLifecycle = (message: LifecycleMessage): void => {
    switch (message.type) {
      case 'ping':
        tell({ type: 'pong', nonce: message.nonce });
        break;
      case 'deactivate':
        if (!ending) void end(message.reason);
        ending = true;
        break;
      case 'activate':
        void activate(message.handedOver, message.resumed);
        break;
      case 'handOver':
        void handOver(definition, client, message.nonce).then(tell);
        break;
      case 'suspend':
        void suspend(definition, client, timers, message.nonce).then(tell);
        break;
      case 'goOn':
        client.goOn();
        break;
      case 'configuration':
        configuration.replace(message.values);
        break;
      case 'grants':
        client.readmit(permissions.replace(message.grants as readonly Grant[]));
        break;
    }
  };
  port.receive((record: InRecord) => {
    if (record.kind === RecordKind.lifecycle) onLifecycle(JSON.parse(record.payload) as LifecycleMessage);
    else client.receive(record);
  });
  if (runtime.standby) tell({ type: 'loaded' });
  else void activate();
  return context;
}

function asDefinition(candidate: unknown, id: string): PluginDefinition {
  const definition = candidate as PluginDefinition | undefined;
  if (typeof definition?.activate !== 'function') throw new AicoError('SDK_DEFINITION_INVALID', { subject: id });
  return definition;
}
