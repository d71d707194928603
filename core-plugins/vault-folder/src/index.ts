import { AicoError, definePlugin } from '@aico/sdk';
import { serveFolder } from './serve-folder.ts';

export default definePlugin({
  async activate(ctx) {
    if (ctx.dataFolder === undefined)
      throw new AicoError('VAULT_FOLDER_UNAVAILABLE', { subject: ctx.id, details: { problem: 'it has no folder' } });
    await serveFolder(ctx, ctx.dataFolder);
  },
});
