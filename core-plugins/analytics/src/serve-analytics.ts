import type { AnalyticsTable, PluginContext } from '@aico/sdk';
import { MetricsHistory } from './feeds/metrics-history.ts';
import { SavedQueries } from './saved-queries.ts';
import { TABLES, type TableShape } from './tables.ts';
import { TurnQueue } from './turn-queue.ts';
import { Warehouse } from './warehouse.ts';

const MOST_WAITING = 8;
/** After so long without a question the memory is given back. */
const REST_AFTER_MS = 10 * 60_000;
const SAMPLE_EVERY_MS = 60_000;
const LAST_WORDS_MS = 200;

/** Answers questions, and keeps those that are asked again. */
export async function serveAnalytics(ctx: PluginContext): Promise<void> {
  const { bus, config, log, signal } = ctx;
  const history = new MetricsHistory(bus, () => new Date());
  const limits = () => ({ memoryMb: config.get<number>('memoryMb'), seconds: config.get<number>('seconds') });
  const end = (): void => {
    log.error('A question could not be stopped; the plugin begins anew.');
    // An exit would wait for the question.
    ctx.setTimer(LAST_WORDS_MS, () => void process.kill(process.pid, 'SIGKILL'));
  };
  const warehouse = new Warehouse({ bus, history, limits, end });
  const queue = new TurnQueue(MOST_WAITING);
  const saved = new SavedQueries(ctx.storage);
  ctx.effect(() => () => warehouse.close());

  // What was forgotten may be in what the last question read.
  let isStale = false;
  const letGo = async (): Promise<void> => {
    if (isStale) warehouse.close();
    isStale = false;
  };
  let stay = async (): Promise<void> => {};
  const rest = (): void => {
    stay = ctx.setTimer(REST_AFTER_MS, () => queue.run(signal, async () => warehouse.close()));
  };
  await bus.serveStream('analytics.query.v1', async ({ data, signal: stopped }, stream) => {
    const answer = await queue.run(stopped, async () => {
      await stay();
      await letGo();
      return warehouse.answer(data, stopped, (progress) => stream.write(progress)).finally(rest);
    });
    return answer;
  });
  await bus.serve('analytics.tables.v1', () => ({ tables: TABLES.map(describe) }));
  await bus.serve('analytics.saved.list.v1', async () => ({ queries: await saved.list() }));
  await bus.serve('analytics.saved.put.v1', ({ data }) => saved.put(data));
  await bus.serve('analytics.saved.delete.v1', ({ data }) => saved.delete(data.id));
  await bus.serve('plugin.analytics.forget.find.v1', ({ data }) => saved.mentioning(data.names ?? [], new Date()));
  await bus.serve('plugin.analytics.forget.run.v1', async ({ data }) => {
    isStale = true;
    // Whoever forgets does not wait for a question that runs; where too many wait, the first of them does it.
    void queue.run(signal, letGo).catch(() => undefined);
    return { kinds: [{ kind: 'question', removed: await saved.remove(data.others) }] };
  });
  await bus.serve('plugin.analytics.export.read.v1', () => saved.exported());
  await bus.serve('plugin.analytics.export.add.v1', ({ data }) => saved.take(data));

  const sample = async (): Promise<void> => {
    await history.sample().catch((error: unknown) => {
      if (!signal.aborted) log.debug('The counters could not be read; trying again.', { reason: String(error) });
    });
    ctx.setTimer(SAMPLE_EVERY_MS, sample);
  };
  ctx.setTimer(SAMPLE_EVERY_MS, sample);
}

function describe({ name, source, columns }: TableShape): AnalyticsTable {
  return { name, source, columns: Object.entries(columns).map(([column, type]) => ({ name: column, type })) };
}
