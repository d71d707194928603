import { join } from 'node:path';
import { AicoError, isAicoError, type PluginContext } from '@aico/sdk';
import { checkCopy } from './check-copy.ts';
import { collectGarbage } from './collect-garbage.ts';
import { Databases } from './databases.ts';
import { FIRST_GENERATION, readGeneration } from './key-generation.ts';
import { Snapshots } from './snapshots.ts';

const TIDY_EVERY_MS = 15_000;
const COLLECT_AGAIN_MS = 1000;
const KEY_TIMEOUT_MS = 10_000;
/** The vault is locked, has no password yet, or does not run. */
const LOCKED = new Set([
  'VAULT_LOCKED',
  'VAULT_EMPTY',
  'KERNEL_NO_SERVER',
  'KERNEL_SERVER_GONE',
  'KERNEL_REQUEST_TIMEOUT',
]);

/** Answers storage's topics out of databases in a folder. Resolves when others can ask. */
export async function serveStorage(ctx: PluginContext, folder: string): Promise<void> {
  const { bus, log } = ctx;
  const databases = new Databases({
    folder,
    keyOf: (plugin, generation) => askForKey(ctx, plugin, generation),
    now: () => performance.now(),
    onFailure: (plugin, { code, message, fix }) => log.error(message, { plugin, code, fix }),
  });
  const snapshots = new Snapshots({
    databases,
    after: (milliseconds, handler) => {
      const undo = ctx.setTimer(milliseconds, handler);
      return () => void undo();
    },
  });
  ctx.effect(() => async () => {
    snapshots.end();
    await databases.closeAll();
  });

  const tidy = async (): Promise<void> => {
    await databases.tidy();
    ctx.setTimer(TIDY_EVERY_MS, tidy);
  };
  ctx.setTimer(TIDY_EVERY_MS, tidy);
  await bus.subscribe('vault.state.changed.v1', async ({ data }) => {
    if (data.state !== 'unlocked') snapshots.end();
    if (data.state === 'unlocked' || (await databases.closeAll()) === 0) return;
    log.info('All databases are closed.');
    collectGarbage();
    // What the last statements still held goes a moment later.
    ctx.setTimer(COLLECT_AGAIN_MS, collectGarbage);
  });

  await bus.serve('storage.kv.get.v1', ({ sender, data }) => databases.use(sender, (own) => own.get(data.key)));
  await bus.serve('storage.kv.set.v1', async ({ sender, data }) => {
    await databases.use(sender, (own) => own.set(data.key, data.value));
    return {};
  });
  await bus.serve('storage.kv.delete.v1', async ({ sender, data }) => ({
    deleted: await databases.use(sender, (own) => own.delete(data.key)),
  }));
  await bus.serve('storage.kv.list.v1', ({ sender, data }) => databases.use(sender, (own) => own.list(data)));
  await bus.serve('storage.sql.batch.v1', async ({ sender, data }) => ({
    results: await databases.use(sender, (own) => own.batch(data)),
  }));
  await bus.serve('storage.sql.migrate.v1', async ({ sender, data }) => {
    const migrated = await databases.use(sender, (own) => own.migrate(data.migrations));
    if (migrated.applied.length > 0) log.info('A database was brought up to date.', { plugin: sender, ...migrated });
    return migrated;
  });
  await bus.serve('storage.database.list.v1', () => ({ plugins: databases.plugins }));
  await bus.serve('storage.key.rotate.v1', async ({ data: { plugin } }) => {
    const rotated = await databases.rotate(plugin);
    log.info('A database was encrypted anew.', { plugin, ...rotated });
    return { plugin, ...rotated };
  });
  await serveSnapshots(ctx, folder, snapshots);
}

async function serveSnapshots(ctx: PluginContext, folder: string, snapshots: Snapshots): Promise<void> {
  const { bus } = ctx;
  // As `$home/scratch` in the manifest; the plugin's folder is data/storage there.
  const scratch = join(folder, '..', '..', 'scratch');
  await bus.serve('storage.snapshot.begin.v1', () => snapshots.begin());
  await bus.serve('storage.snapshot.resume.v1', ({ data }) => ({ held: snapshots.resume(data.snapshot) }));
  await bus.serve('storage.snapshot.end.v1', ({ data }) => ({ held: snapshots.end(data.snapshot) }));
  await bus.serve('storage.database.check.v1', async ({ data: { folder: copy, plugin } }) => {
    const path = join(scratch, copy, 'data', 'storage', `${plugin}.db`);
    const generation = readGeneration(`${path}-seal`);
    return {
      plugin,
      bytes: await checkCopy({ plugin, path, key: await askForKey(ctx, plugin, generation), generation }),
    };
  });
}

async function askForKey(ctx: PluginContext, plugin: string, generation: number): Promise<string> {
  try {
    const options = { timeoutMs: KEY_TIMEOUT_MS };
    const wanted = { purpose: 'storage', plugin, ...(generation > FIRST_GENERATION && { generation }) };
    const { key } = await ctx.bus.request('vault.key.derive.v1', wanted, options);
    return key;
  } catch (error) {
    if (!isAicoError(error) || !LOCKED.has(error.code)) throw error;
    throw new AicoError('STORAGE_LOCKED', { subject: plugin, cause: error });
  }
}
