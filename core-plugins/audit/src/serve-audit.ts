import {
  type AuditExport,
  type AuditHead,
  type AuditSearch,
  ClockWatch,
  clockTable,
  type PluginContext,
  readMigrations,
} from '@aico/sdk';
import { Chain } from './chain.ts';
import { ChainStore } from './chain-store.ts';
import { exportHead, exportLines } from './export.ts';
import { recordOf } from './link.ts';
import { enforceRetention, pruneAudit } from './retention.ts';
import { createSigner } from './signer.ts';
import { TrailReader } from './trail-reader.ts';

const HEAD = 'head';
/** The longest that a record waits for a signature. */
const CHECKPOINT_AFTER_MS = 30_000;
const DAILY = 'retention';
const ARRANGE_AGAIN_MS = 60_000;

/** Keeps the chain and answers the audit's topics. Returns how to record and sign what is not so far. */
export async function serveAudit(ctx: PluginContext, clock: () => number): Promise<() => Promise<void>> {
  const { bus, storage, config, secrets, log, signal } = ctx;
  const now = (): Date => new Date(clock());
  await storage.migrate(readMigrations(ctx.assets));
  const store = new ChainStore(storage);
  const { key } = await bus.request('vault.key.derive.v1', { purpose: 'audit' });
  const onUnsigned = (error: unknown): void => {
    if (!signal.aborted) log.warn('What was recorded could not be signed; trying again.', { reason: String(error) });
  };
  const chain = await Chain.open({
    store,
    signer: createSigner(key),
    now,
    anchor: {
      read: async () => {
        const text = await secrets.get(HEAD);
        return text === undefined ? undefined : (JSON.parse(text) as AuditHead);
      },
      write: (head) => secrets.set(HEAD, JSON.stringify(head)),
    },
    onUnsigned,
  });
  const watch = new ClockWatch({
    ...clockTable(storage),
    now: clock,
    onWait: ({ believed }) =>
      log.warn('The clock is far from where it was: no record is removed for its age for now.', {
        seen: new Date(believed).toISOString(),
      }),
  });
  const reader = new TrailReader(bus, chain, store, now);
  const follow = (): void => {
    reader.read().catch((error: unknown) => {
      if (!signal.aborted) log.error('What happened could not be recorded.', { reason: String(error) });
    });
  };
  /** Whoever looks at the audit is in it. */
  const looked = (what: string, by: string, details: Readonly<Record<string, string>> = {}): Promise<void> =>
    chain.add([{ time: now().toISOString(), source: 'audit', kind: `audit.${what}`, by, details }]);

  await bus.subscribe('kernel.trail.grown.v1', follow);
  await bus.serve('audit.status.get.v1', async () => ({
    ...(await store.count()),
    keepDays: config.get<number>('keepDays'),
  }));
  await bus.serve('audit.search.v1', async ({ data, sender }) => {
    await reader.read();
    const page = await store.search(data);
    await looked('read', sender, { asked: askedFor(data) });
    return page;
  });
  await bus.serveStream('audit.verify.v1', async ({ data, sender }, stream) => {
    await reader.read();
    const verdict = await chain.verify(data.head, (progress) => stream.write(progress));
    await looked('verified', sender, { sound: String(verdict.sound), records: String(verdict.records) });
    return verdict;
  });
  await bus.serveStream('audit.export.v1', async ({ data, sender, signal: stopped }, stream) => {
    await reader.read();
    await looked('exported', sender, { asked: askedFor(data) });
    const head = exportHead(data.format);
    if (head !== '') await stream.write({ text: head });
    let records = 0;
    for await (const links of store.links(data)) {
      if (stopped.aborted) break;
      await stream.write({ text: exportLines(data.format, links.map(recordOf)) });
      records += links.length;
    }
    return { records };
  });
  await bus.serve('plugin.audit.retention.run.v1', async () => ({
    kinds: [await pruneAudit(chain, config.get<number>('keepDays'), watch)],
  }));
  await ctx.schedule.onDue(async ({ name }) => {
    if (name === DAILY) await enforceRetention(ctx, chain, now);
  });
  // What is recorded must not hang on who calls: the daily task is arranged once there is somebody to arrange it with.
  const arrange = async (): Promise<void> => {
    try {
      await ctx.schedule.set(DAILY, { everySeconds: 86_400 });
    } catch (error) {
      if (signal.aborted) return;
      log.debug('The daily task could not be arranged; trying again.', { reason: String(error) });
      ctx.setTimer(ARRANGE_AGAIN_MS, arrange);
    }
  };
  await arrange();
  const sign = async (): Promise<void> => {
    await chain.checkpoint().catch(onUnsigned);
    ctx.setTimer(CHECKPOINT_AFTER_MS, sign);
  };
  ctx.setTimer(CHECKPOINT_AFTER_MS, sign);
  await reader.read();
  return async () => {
    // Who stops AICO is noted a moment before that, and nobody reads it later.
    await reader.read().finally(() => chain.checkpoint());
    // That the head was noted in the vault is a record, too.
    await reader.read();
  };
}

/** How it was looked for. Not which text: that may be the name of somebody who is forgotten later, and a record stays. */
function askedFor(data: AuditSearch | AuditExport): string {
  const asked = 'text' in data ? { ...data, text: '…' } : data;
  return JSON.stringify(asked).slice(0, 500);
}
