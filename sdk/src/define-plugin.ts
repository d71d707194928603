import type { PluginContext } from './context.ts';

/** A plugin: what its `main` file exports by default. */
export interface PluginDefinition {
  /** Counts the shapes of what `handOver` tells; 1 when not given. */
  readonly stateVersion?: number;
  /**
   * Registers everything. The plugin is active when it resolves.
   * @param handedOver what the version before told when this one took its place while running; undefined otherwise
   */
  activate(context: PluginContext, handedOver?: unknown): void | Promise<void>;
  /** A last word before everything registered is undone. */
  deactivate?(reason: string): void | Promise<void>;
  /**
   * Tells, as JSON, what the plugin goes on with when it is needed again: it had nothing to do for as long as
   * `lifecycle.suspendAfterSeconds` of its manifest says, and its process ends. Up to 4 MB, kept in memory alone. Should it be
   * needed meanwhile, it goes on as if it had not been asked.
   */
  suspend?(): unknown;
  /** Takes what `suspend` told, after `activate` and before anything that waited arrives. Timers are to be set again. */
  resume?(state: unknown): void | Promise<void>;
  /**
   * Tells, as JSON, what a newer version that takes this one's place should go on with. Nothing new arrives from here on;
   * should the newer version fail, this one goes on as if it had not been asked.
   */
  handOver?(): unknown;
  /** Turns a state of another `stateVersion` into one of this version. Without it such a state is refused. */
  migrate?(from: number, state: unknown): unknown;
}

/** Declares a plugin. */
export function definePlugin(definition: PluginDefinition): PluginDefinition {
  return definition;
}
