import { AicoError, definePlugin } from '@aico/sdk';
import { serveStorage } from './serve-storage.ts';

export default definePlugin({
  async activate(ctx) {
    if (ctx.dataFolder === undefined)
      throw new AicoError('STORAGE_READONLY', { subject: 'storage', details: { problem: 'it has no folder' } });
    await serveStorage(ctx, ctx.dataFolder);
  },
});
