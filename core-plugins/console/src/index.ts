import { definePlugin } from '@aico/sdk';
import { createAssetStore } from './asset-store.ts';

export default definePlugin({
  async activate(ctx) {
    const store = createAssetStore(ctx.assets);
    await ctx.bus.serve('plugin.console.asset.get.v1', ({ data }) => store.get(data.path));
  },
});
