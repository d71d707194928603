import { join } from 'node:path';
import { AicoError, isAicoError, type Message, type PluginContext } from '@aico/sdk';
import { BlobStore } from './blobs/blob-store.ts';
import { checkBlobs } from './blobs/check-blobs.ts';
import { serveBlobs } from './blobs/serve-blobs.ts';
import { checkCopy } from './check-copy.ts';
import { collectGarbage } from './collect-garbage.ts';
import type { Database } from './database.ts';
import { Databases } from './databases.ts';
import { FIRST_GENERATION, readGeneration } from './key-generation.ts';
import type { DatabaseLocation } from './open-database.ts';
import { queryCopy } from './query-copy.ts';
import { serveVectors } from './serve-vectors.ts';
import { Snapshots } from './snapshots.ts';
import { Trials } from './trials.ts';
import { Vectors } from './vectors.ts';
import { WeeklyCheck } from './weekly-check.ts';

const TIDY_EVERY_MS = 15_000;
/** A check is due once a week; so often it is looked whether one is. */
const CHECK_EVERY_MS = 3_600_000;
const FIRST_CHECK_MS = 10 * 60_000;
const COLLECT_AGAIN_MS = 1000;
const KEY_TIMEOUT_MS = 10_000;
const EXTERNAL_TIMEOUT_MS = 60_000;
const BYTES_PER_MB = 1024 * 1024;
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
  const after = (milliseconds: number, handler: () => void) => {
    const undo = ctx.setTimer(milliseconds, handler);
    return () => void undo();
  };
  const vectors = new Vectors(
    databases,
    (ask) => bus.request('vector.external.ask.v1', ask, { timeoutMs: EXTERNAL_TIMEOUT_MS }),
    () => ctx.config.get('newVectors'),
  );
  const blobs = new BlobStore({
    folder,
    keyOf: (plugin) => askForKey(ctx, plugin, FIRST_GENERATION),
    now: () => performance.now(),
  });
  const snapshots = new Snapshots({ databases, holdBlobs: () => blobs.hold(), after });
  ctx.effect(() => async () => {
    snapshots.end();
    await blobs.close();
    await databases.closeAll();
  });

  const tidy = async (): Promise<void> => {
    vectors.tidy(performance.now());
    await databases.tidy();
    await blobs.tidy();
    ctx.setTimer(TIDY_EVERY_MS, tidy);
  };
  ctx.setTimer(TIDY_EVERY_MS, tidy);
  const weekly = new WeeklyCheck({
    databases,
    wallClock: Date.now,
    onDamage: (plugin, error) =>
      log.error('the weekly check found a database that is not whole', { plugin, err: error }),
  });
  const check = async (): Promise<void> => {
    const checked = await weekly.run();
    if (checked.length > 0) log.info('Databases were looked through.', { plugins: checked });
    ctx.setTimer(CHECK_EVERY_MS, check);
  };
  ctx.setTimer(FIRST_CHECK_MS, check);
  await bus.subscribe('vault.state.changed.v1', async ({ data }) => {
    if (data.state === 'unlocked') return;
    snapshots.end();
    await blobs.close();
    const closed = await databases.closeAll();
    vectors.forget();
    if (closed === 0) return;
    log.info('All databases are closed.');
    collectGarbage();
    // What the last statements still held goes a moment later.
    ctx.setTimer(COLLECT_AGAIN_MS, collectGarbage);
  });

  const trials = new Trials({
    databases,
    wallClock: Date.now,
    after,
    onReturn: (plugin, version) => log.warn('A database is as it was before its migration.', { plugin, version }),
  });
  ctx.effect(() => () => trials.close());
  await bus.subscribe('kernel.plugin.changed.v1', async ({ data }) => {
    await trials
      .changed(data)
      .catch((error: unknown) => log.error('a trial went wrong', { plugin: data.id, err: error }));
  });
  type Asked = Pick<Message<unknown>, 'sender' | 'incarnation' | 'quota'>;
  const use = async <Result>({ sender, incarnation, quota }: Asked, work: (own: Database) => Promise<Result>) => {
    await trials.admit(sender, incarnation);
    return databases.use(sender, async (own) => {
      // The kernel stamps it, as its user set it by now.
      if (quota?.['storageMb'] !== undefined)
        await own.limit(quota['storageMb'], Math.ceil((await blobs.usedBy(sender)) / BYTES_PER_MB));
      return work(own);
    });
  };
  const read = async <Result>({ sender, incarnation }: Asked, work: (own: Database) => Promise<Result>) => {
    await trials.admit(sender, incarnation);
    return databases.read(sender, work);
  };
  const admit = (asked: Asked): Promise<void> => use(asked, async () => {});

  await bus.serve('storage.kv.get.v1', (asked) => read(asked, (own) => own.get(asked.data.key)));
  await bus.serve('storage.kv.set.v1', async (asked) => {
    await use(asked, (own) => own.set(asked.data.key, asked.data.value));
    return {};
  });
  await bus.serve('storage.kv.delete.v1', async (asked) => ({
    deleted: await use(asked, (own) => own.delete(asked.data.key)),
  }));
  await bus.serve('storage.kv.list.v1', (asked) => read(asked, (own) => own.list(asked.data)));
  await bus.serve('storage.sql.batch.v1', async (asked) => ({
    results: await (asked.data.readOnly === true ? read : use)(asked, (own) => own.batch(asked.data)),
  }));
  await bus.serve('storage.sql.migrate.v1', async (asked) => {
    const { sender, incarnation, data } = asked;
    // Steps are held to the quota as well.
    await admit(asked);
    const migrated = await trials.migrate(sender, incarnation, data.migrations);
    if (migrated.applied.length > 0) log.info('A database was brought up to date.', { plugin: sender, ...migrated });
    return migrated;
  });
  await bus.serve('storage.database.list.v1', () => ({ plugins: databases.plugins() }));
  await bus.serve('storage.database.settle.v1', () => databases.settle((plugin) => trials.has(plugin)));
  await bus.serve('storage.key.rotate.v1', async ({ data: { plugin } }) => {
    const rotated = await databases.rotate(plugin);
    log.info('A database was encrypted anew.', { plugin, ...rotated });
    return { plugin, ...rotated };
  });
  await serveVectors(bus, vectors, admit);
  await serveBlobs(bus, blobs);
  await serveSnapshots(ctx, folder, snapshots);
}

async function serveSnapshots(ctx: PluginContext, folder: string, snapshots: Snapshots): Promise<void> {
  const { bus } = ctx;
  // As `$home/scratch` in the manifest; the plugin's folder is data/storage there.
  const scratch = join(folder, '..', '..', 'scratch');
  await bus.serve('storage.snapshot.begin.v1', () => snapshots.begin());
  await bus.serve('storage.snapshot.resume.v1', ({ data }) => ({ held: snapshots.resume(data.snapshot) }));
  await bus.serve('storage.snapshot.end.v1', ({ data }) => ({ held: snapshots.end(data.snapshot) }));
  const locate = async (copy: string, plugin: string): Promise<DatabaseLocation> => {
    const path = join(scratch, copy, 'data', 'storage', `${plugin}.db`);
    const generation = readGeneration(`${path}-seal`);
    return { plugin, path, key: await askForKey(ctx, plugin, generation), generation };
  };
  await bus.serve('storage.database.check.v1', async ({ data: { folder: copy, plugin } }) => ({
    plugin,
    bytes: await checkCopy(await locate(copy, plugin)),
  }));
  await bus.serve('storage.copy.query.v1', async ({ sender, data: { folder: copy, statements } }) => ({
    results: await queryCopy(await locate(copy, sender), statements),
  }));
  await bus.serve('blob.check.v1', async ({ data: { folder: copy, plugin } }) => {
    const key = await askForKey(ctx, plugin, FIRST_GENERATION);
    return { plugin, ...(await checkBlobs(plugin, join(scratch, copy, 'data', 'storage', 'blobs', plugin), key)) };
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
