import { definePlugin } from '@aico/sdk';
import { servePrivacy } from './serve-privacy.ts';

export default definePlugin({
  activate: (ctx) => servePrivacy(ctx, Date.now),
});
