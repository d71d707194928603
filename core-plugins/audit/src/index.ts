import { definePlugin } from '@aico/sdk';
import { serveAudit } from './serve-audit.ts';

let sign = async (): Promise<void> => {};

export default definePlugin({
  async activate(ctx) {
    sign = await serveAudit(ctx);
  },

  /** The last records are signed while the bus still carries them to the database. */
  async deactivate() {
    await sign().catch(() => undefined);
  },
});
