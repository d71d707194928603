import { definePlugin } from '@aico/sdk';
import { serveExport } from './serve-export.ts';

export default definePlugin({
  activate: (ctx) => serveExport(ctx, Date.now),
});
