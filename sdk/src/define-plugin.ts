import type { PluginContext } from './context.ts';

/** A plugin: what its `main` file exports by default. */
export interface PluginDefinition {
  /** Registers everything. The plugin is active when it resolves. */
  activate(context: PluginContext): void | Promise<void>;
  /** A last word before everything registered is undone. */
  deactivate?(reason: string): void | Promise<void>;
}

/** Declares a plugin. */
export function definePlugin(definition: PluginDefinition): PluginDefinition {
  return definition;
}
