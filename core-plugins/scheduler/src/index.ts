import { definePlugin } from '@aico/sdk';
import { serveSchedules } from './serve-schedules.ts';

export default definePlugin({
  activate: (ctx) => serveSchedules(ctx, Date.now),
});
