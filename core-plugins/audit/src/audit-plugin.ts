import { definePlugin, type PluginDefinition } from '@aico/sdk';
import { serveAudit } from './serve-audit.ts';

/** The plugin, with the clock that it looks at: ms since 1970. */
export function createAuditPlugin(clock: () => number): PluginDefinition {
  let end = async (): Promise<void> => {};
  return definePlugin({
    async activate(ctx) {
      end = await serveAudit(ctx, clock);
    },

    /** The last records are kept and signed while the bus still carries them to the database. */
    async deactivate() {
      await end().catch(() => undefined);
    },
  });
}
