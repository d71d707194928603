import { definePlugin } from '@aico/sdk';
import { serveServer } from './serve-server.ts';

export default definePlugin({
  async activate(ctx) {
    await serveServer(ctx);
  },
});
