import { definePlugin } from '@aico/sdk';
import { serveAnalytics } from './serve-analytics.ts';

export default definePlugin({
  activate: (ctx) => serveAnalytics(ctx),
});
