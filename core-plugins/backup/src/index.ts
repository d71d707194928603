import { AicoError, definePlugin } from '@aico/sdk';
import { serveBackup } from './serve-backup.ts';

export default definePlugin({
  async activate(ctx) {
    if (ctx.dataFolder === undefined)
      throw new AicoError('BACKUP_UNWRITABLE', { subject: 'backup', details: { problem: 'it has no folder' } });
    await serveBackup(ctx, ctx.dataFolder);
  },
});
