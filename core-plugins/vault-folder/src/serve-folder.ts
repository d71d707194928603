import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { PluginContext } from '@aico/sdk';
import { FolderKeeper } from './keeper.ts';
import { mountFolder } from './mount-folder.ts';

const CONDITION = 'vault.folder';

/** Opens the encrypted folder and gives each plugin its own part. Where that is impossible, whoever asks is told why. */
export async function serveFolder(ctx: PluginContext, folder: string): Promise<void> {
  const { bus, log } = ctx;
  const keeper = new FolderKeeper({
    mount: async () => {
      const { key } = await bus.request('vault.key.derive.v1', { purpose: 'folder' });
      return mountFolder(folder, key);
    },
    tell: (isOpen) => ctx.conditions.set(CONDITION, isOpen),
    setTimer: (milliseconds, handler) => ctx.setTimer(milliseconds, handler),
    now: () => performance.now(),
    log,
  });
  ctx.effect(() => () => keeper.close());
  await keeper.begin();
  await bus.serve('vault.folder.open.v1', async ({ sender }) => {
    const path = join((await keeper.folder()).path, sender);
    await mkdir(path, { recursive: true, mode: 0o700 });
    return { path };
  });
  await keeper.announce();
}
