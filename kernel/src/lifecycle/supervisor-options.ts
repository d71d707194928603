import type { PluginState } from '@aico/schemas';
import type { Broker } from '../bus/broker.ts';
import type {
  Clock,
  ConfigurationSource,
  LogLine,
  PluginRunner,
  PluginSource,
  RunDebugger,
  RunPressure,
  StateStore,
} from '../contracts/index.ts';
import type { ManagedPlugin } from './managed-plugin.ts';

export interface SupervisorOptions {
  readonly broker: Broker;
  readonly runner: PluginRunner;
  readonly source: PluginSource;
  readonly state: StateStore;
  readonly configuration: ConfigurationSource;
  readonly clock: Clock;
  /** Version of AICO, for `engines`. */
  readonly version: string;
  readonly isRequired: (id: string) => boolean;
  readonly isEnabledByDefault: (id: string) => boolean;
  readonly isFromOutside?: (id: string) => boolean;
  readonly conditionHolds: (name: string) => boolean;
  readonly onChange: (plugin: ManagedPlugin, from: PluginState) => void;
  /** The plugin's process is gone: what it stood for goes too. */
  readonly onGone: (id: string) => void;
  readonly onLog: (id: string, line: LogLine) => void;
  readonly onPressure: (id: string, pressure: RunPressure) => void;
  /** A process with a debugger is there, before it runs anything of the plugin's. */
  readonly onDebugger: (id: string, incarnation: string, opened: RunDebugger) => void;
  /** Something of our own failed; told, never thrown at others. */
  readonly onFailure: (id: string, error: unknown) => void;
}
