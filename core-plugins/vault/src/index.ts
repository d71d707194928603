import { AicoError, definePlugin } from '@aico/sdk';
import { createVault } from './create-vault.ts';
import { serveVault } from './serve-vault.ts';

export default definePlugin({
  async activate(ctx) {
    if (ctx.dataFolder === undefined)
      throw new AicoError('VAULT_UNWRITABLE', { subject: 'vault', details: { problem: 'it has no folder' } });
    const vault = createVault(ctx.dataFolder);
    ctx.effect(() => () => void vault.lock());
    await serveVault(ctx, vault);
  },
});
