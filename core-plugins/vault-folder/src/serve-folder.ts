import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { AicoError, type PluginContext } from '@aico/sdk';
import { type Mounted, mountFolder } from './mount-folder.ts';

const CONDITION = 'vault.folder';

/** Opens the encrypted folder and gives each plugin its own part. Where that is impossible, whoever asks is told why. */
export async function serveFolder(ctx: PluginContext, folder: string): Promise<void> {
  let opened: Mounted | AicoError;
  try {
    const { key } = await ctx.bus.request('vault.key.derive.v1', { purpose: 'folder' });
    const mounted = await mountFolder(folder, key);
    ctx.effect(() => mounted.unmount);
    opened = mounted;
    ctx.log.info('The encrypted folder is open.');
  } catch (error) {
    if (!(error instanceof AicoError)) throw error;
    opened = error;
    ctx.log.warn(`${error.message} ${error.fix}`, { code: error.code });
  }
  await ctx.bus.serve('vault.folder.open.v1', async ({ sender }) => {
    if (opened instanceof AicoError) throw opened;
    const path = join(opened.path, sender);
    await mkdir(path, { recursive: true, mode: 0o700 });
    return { path };
  });
  if (!(opened instanceof AicoError)) await ctx.conditions.set(CONDITION, true);
}
