import { definePlugin } from '@aico/sdk';
import { openGateway } from './gateway.ts';

export default definePlugin({
  activate: (ctx) => openGateway(ctx),
});
