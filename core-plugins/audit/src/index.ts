import { definePlugin } from '@aico/sdk';
import { serveAudit } from './serve-audit.ts';

let end = async (): Promise<void> => {};

export default definePlugin({
  async activate(ctx) {
    end = await serveAudit(ctx);
  },

  /** The last records are kept and signed while the bus still carries them to the database. */
  async deactivate() {
    await end().catch(() => undefined);
  },
});
