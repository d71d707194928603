import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AnalyticsResult, JournalEvent, JournalEventList, JournalEventPage } from '@aico/schemas';
import { type Benchmark, type Figure, median, rounds } from './figure.ts';
import { PluginStage } from './plugin-stage.ts';

const EVENTS = 10_000_000;
const ROUNDS = 7;
const TOPICS = 40;
const SENDERS = 12;
/** The longest silence: reading tells each page. */
const TIMEOUT_MS = 60_000;
const BEGUN = Date.parse('2026-01-01T00:00:00.000Z');
/** Between two events, such that all of them are spread over about ten days. */
const STEP_MS = 86;
const QUESTION = `select topic, time::date as day, count(*) as events, sum(bytes) as bytes,
  round(avg(bytes)) as usual, max(bytes) as largest
from events group by all order by day, events desc`;

/** Ten million events aggregated by a question, over the bus, by the plugin in its own process; the journal is the bench. */
export const analytics: Benchmark = {
  names: ['analytics.feed', 'analytics.aggregate10m'],
  run: async () => {
    const folder = await mkdtemp(join(tmpdir(), 'aico-bench-'));
    const stage = new PluginStage(folder);
    try {
      return await measure(stage);
    } finally {
      await stage.end();
      await rm(folder, { recursive: true, force: true });
    }
  },
};

async function measure(stage: PluginStage): Promise<readonly Figure[]> {
  const journal = await stage.join('journal', 'serve', 'journal.event.list.v1');
  await journal.serve('journal.event.list.v1', ({ data }) => pageOf(data as JournalEventList));
  await stage.start('analytics', { memoryMb: 1_280, seconds: 120 });
  const user = await stage.join('bench', 'request', 'analytics.query.v1');
  const ask = async (sql: string): Promise<AnalyticsResult> => {
    const stream = user.stream('analytics.query.v1', { sql, limit: 10_000 }, { timeoutMs: TIMEOUT_MS });
    for await (const _ of stream);
    return (await stream.result) as AnalyticsResult;
  };
  const { readMs, rows } = await ask('select count(*) from events');
  if (rows[0]?.[0] !== EVENTS) throw new Error(`there are ${rows[0]?.[0]} events`);
  const took = await rounds(ROUNDS, async () => {
    const begun = performance.now();
    await ask(QUESTION);
    return performance.now() - begun;
  });
  return [
    { name: 'analytics.feed', value: EVENTS / (readMs / 1_000), unit: 'events/s', rounds: 1 },
    { name: 'analytics.aggregate10m', value: median(took), unit: 'ms', rounds: ROUNDS },
  ];
}

function pageOf({ after = 0, limit = 1_000 }: JournalEventList): JournalEventPage {
  const count = Math.min(limit, EVENTS - after);
  const events = Array.from({ length: count }, (_, at) => eventOf(after + at + 1));
  return { events, first: 1, last: EVENTS, next: after + count, more: after + count < EVENTS };
}

function eventOf(sequence: number): JournalEvent {
  // A mix that repeats after long.
  const mixed = (sequence * 2_654_435_761) % 4_294_967_296;
  return {
    sequence,
    topic: `bench.topic-${mixed % TOPICS}.happened.v1`,
    time: new Date(BEGUN + sequence * STEP_MS).toISOString(),
    sender: `plugin-${mixed % SENDERS}`,
    bytes: 40 + (mixed % 4_000),
  };
}
