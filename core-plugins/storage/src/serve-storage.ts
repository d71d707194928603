import { join } from 'node:path';
import { AicoError, isAicoError, type KeyRotating, type PluginContext, type Request } from '@aico/sdk';
import { isVaultClosed } from '@aico/sdk/protocol';
import { BlobStore } from './blobs/blob-store.ts';
import type { BlobsRotated } from './blobs/rotate-blobs.ts';
import { serveBlobs } from './blobs/serve-blobs.ts';
import { collectGarbage } from './collect-garbage.ts';
import { Copies, type ForeignVault } from './copies.ts';
import type { Database } from './database.ts';
import { Databases } from './databases.ts';
import { FIRST_GENERATION } from './key-generation.ts';
import { serveCopies } from './serve-copies.ts';
import { serveVectors } from './serve-vectors.ts';
import { Snapshots } from './snapshots.ts';
import { createDamageTeller } from './tell-damage.ts';
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

/** Answers storage's topics out of databases in a folder. Resolves when others can ask. */
export async function serveStorage(ctx: PluginContext, folder: string): Promise<void> {
  const { bus, log } = ctx;
  const damage = createDamageTeller(ctx);
  const databases = new Databases({
    folder,
    keyOf: (plugin, generation) => askForKey(ctx, plugin, generation),
    now: () => performance.now(),
    onFailure: (plugin, error) => {
      log.error(error.message, { plugin, code: error.code, fix: error.fix });
      damage.found(plugin, error);
    },
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
    keyOf: (plugin, generation) => askForKey(ctx, plugin, generation),
    now: () => performance.now(),
  });
  const copies = new Copies({
    // As `$home/scratch` in the manifest; the plugin's folder is data/storage there.
    scratch: join(folder, '..', '..', 'scratch'),
    keyOf: (plugin, generation) => askForKey(ctx, plugin, generation),
    recover: (foreign, plugin, generation) => askForForeignKey(ctx, foreign, plugin, generation),
  });
  const snapshots = new Snapshots({ databases, holdBlobs: () => blobs.hold(), after });
  ctx.effect(() => async () => {
    snapshots.end();
    await blobs.close();
    await databases.closeAll();
  });

  const tell = (plugin: string, { blobs: anew, damaged }: BlobsRotated): void => {
    if (anew > 0) log.info('Files were encrypted anew.', { plugin, blobs: anew });
    for (const error of damaged)
      log.error('a file that is not whole stays under its earlier key', { plugin, err: error });
  };
  /** Goes on where a rotation was cut short. */
  const catchUp = async (): Promise<void> => {
    try {
      for (const { plugin, rotated } of await blobs.catchUp()) tell(plugin, rotated);
    } catch (error) {
      if (!isAicoError(error, 'STORAGE_LOCKED')) log.error('files wait to be encrypted anew', { err: error });
    }
  };
  const tidy = async (): Promise<void> => {
    vectors.tidy(performance.now());
    await databases.tidy();
    await blobs.tidy();
    await catchUp();
    ctx.setTimer(TIDY_EVERY_MS, tidy);
  };
  ctx.setTimer(TIDY_EVERY_MS, tidy);
  const weekly = new WeeklyCheck({
    databases,
    blobs,
    wallClock: Date.now,
    onDamage: damage.checked,
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
    copies.lock();
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
  type Asked = Pick<Request<unknown>, 'sender' | 'incarnation' | 'quota' | 'signal'>;
  // What is asked for no longer when its turn comes is not done: whoever asked was told that it failed, and may ask again.
  const use = async <Result>(
    { sender, incarnation, quota, signal }: Asked,
    work: (own: Database) => Promise<Result>,
  ) => {
    await trials.admit(sender, incarnation);
    return databases.use(sender, async (own) => {
      signal.throwIfAborted();
      // The kernel stamps it, as its user set it by now.
      if (quota?.['storageMb'] !== undefined)
        await own.limit(quota['storageMb'], Math.ceil((await blobs.usedBy(sender)) / BYTES_PER_MB));
      return work(own);
    });
  };
  const read = async <Result>({ sender, incarnation, signal }: Asked, work: (own: Database) => Promise<Result>) => {
    await trials.admit(sender, incarnation);
    return databases.read(sender, (own) => {
      signal.throwIfAborted();
      return work(own);
    });
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
  const plugins = (): string[] => [...new Set([...databases.plugins(), ...blobs.plugins()])].sort();
  await bus.serve('storage.database.list.v1', () => {
    const all = plugins();
    return { plugins: all, generations: all.map((plugin) => databases.generationOf(plugin)) };
  });
  await bus.serve('storage.database.settle.v1', () => databases.settle((plugin) => trials.has(plugin)));
  await bus.serve('storage.owner.erase.v1', async ({ data: { plugin } }) => {
    if (databases.plugins().includes(plugin)) await eraseVectors(vectors, plugin);
    const bytes = await databases.erase(plugin);
    const files = await blobs.erase(plugin);
    log.info('What a plugin kept that was removed is deleted.', { plugin });
    return { bytes: bytes + files.bytes, files: files.files };
  });
  await bus.serveStream('storage.key.rotate.v1', async ({ data: { plugin }, signal }, stream) => {
    const told = async (phase: KeyRotating['phase'], done = 0, total = 0): Promise<void> => {
      // Whoever is told no more waits for nothing; what was begun is ended all the same.
      if (!signal.aborted) await stream.write({ phase, done, total }).catch(() => undefined);
    };
    await told('waiting');
    // Which key files are under is told by that of the database, so there has to be one.
    if (blobs.plugins().includes(plugin)) await databases.use(plugin, async () => undefined);
    const rotated = await databases.rotate(plugin, { progress: told, signal });
    log.info('A database was encrypted anew.', { plugin, ...rotated });
    const files = await blobs.rotate(plugin, { signal, progress: (done, total) => told('files', done, total) });
    tell(plugin, files);
    return { plugin, ...rotated, blobs: files.blobs };
  });
  await serveVectors(bus, vectors, admit);
  await serveBlobs(bus, blobs);
  await serveCopies(bus, snapshots, copies, blobs);
}

/** They may lie in a server beside. */
async function eraseVectors(vectors: Vectors, plugin: string): Promise<void> {
  try {
    for (const { collection } of await vectors.collections(plugin)) await vectors.drop(plugin, collection);
  } catch (error) {
    // What they are is told by the database alone: one that does not open goes without.
    if (!isAicoError(error, 'STORAGE_DAMAGED') && !isAicoError(error, 'STORAGE_KEY_WRONG')) throw error;
  }
}

async function askForKey(ctx: PluginContext, plugin: string, generation: number): Promise<string> {
  try {
    const options = { timeoutMs: KEY_TIMEOUT_MS };
    const wanted = { purpose: 'storage', plugin, ...(generation > FIRST_GENERATION && { generation }) };
    const { key } = await ctx.bus.request('vault.key.derive.v1', wanted, options);
    return key;
  } catch (error) {
    if (!isVaultClosed(error)) throw error;
    throw new AicoError('STORAGE_LOCKED', { subject: plugin, cause: error });
  }
}

async function askForForeignKey(
  { bus }: PluginContext,
  foreign: ForeignVault,
  plugin: string,
  generation: number,
): Promise<string> {
  const wanted = { ...foreign, purpose: 'storage', plugin, ...(generation > FIRST_GENERATION && { generation }) };
  return (await bus.request('vault.key.recover.v1', wanted, { timeoutMs: KEY_TIMEOUT_MS })).key;
}
