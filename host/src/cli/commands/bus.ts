import { closeSync, writeSync } from 'node:fs';
import { resolve } from 'node:path';
import { type BusObserved, type BusRecord, contains, matches, parsePattern, TOPICS, type Topic } from '@aico/schemas';
import { type CommandBus, withBus } from '../bus-session.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT } from '../exit-codes.ts';
import { openNewFile } from '../new-file.ts';
import { aborted, watching } from '../watching.ts';
import { recordLine, statsText, type TopicLine, topicsText } from './bus-text.ts';

export interface TapOptions {
  /** A topic or pattern. */
  readonly topic?: string;
  readonly plugin?: string;
  /** How long to watch; until it is ended when not given. */
  readonly seconds?: number;
}

export interface RecordOptions {
  readonly plugin: string;
  readonly out: string;
  readonly seconds?: number;
}

/** `aico bus tap`: each message as it passes. */
export async function runBusTap(context: CommandContext, options: TapOptions): Promise<number> {
  const { powers, json } = context;
  const shows = filterOf(options);
  const show = ({ records, skipped }: BusObserved): void => {
    for (const record of records.filter(shows)) {
      powers.out(json ? `${JSON.stringify(record)}\n` : recordLine(record, powers.colors.out));
    }
    if (skipped > 0) powers.err(`${skipped} more messages were too many to tell.\n`);
  };
  await watching(powers, options.seconds, (enough) => withBus(context.folders, (bus) => observe(bus, enough, show)));
  return EXIT.done;
}

/** `aico bus stats`: counters, latencies and queues. */
export async function runBusStats(context: CommandContext): Promise<number> {
  const stats = await withBus(context.folders, (bus) => bus.request('kernel.bus.stats.v1', {}));
  context.answer(stats, statsText(stats));
  return EXIT.done;
}

/** `aico bus topics`: every contract, and who speaks of it now. */
export async function runBusTopics(context: CommandContext): Promise<number> {
  const stats = await withBus(context.folders, (bus) => bus.request('kernel.bus.stats.v1', {}));
  const now = new Map(stats.topics.map((each) => [each.topic, each]));
  // A contract of all plugins, such as plugin.*.command.run.v1, shows as the topics of those that serve it.
  const names = new Set([...TOPICS.map(({ topic }) => topic), ...now.keys()]);
  const topics = [...names].sort().flatMap((topic): TopicLine[] => {
    const contract = TOPICS.find((each) => contains(parsePattern(each.topic), parsePattern(topic)));
    if (contract === undefined) return [];
    const { server, subscribers = 0 } = now.get(topic) ?? {};
    const serves = topic.startsWith('kernel.') && contract.kind !== 'event' ? 'kernel' : server;
    return [
      {
        topic,
        kind: contract.kind,
        ...(contract.delivery === undefined ? {} : { delivery: contract.delivery }),
        ...(serves === undefined ? {} : { server: serves }),
        subscribers,
      },
    ];
  });
  context.answer({ topics }, topicsText(topics));
  return EXIT.done;
}

/**
 * `aico bus record`: what one plugin receives and sends, a JSON line each, for a bug report or a test that replays it.
 * @throws AicoError HOST_FILE_TAKEN, HOST_FILE_UNWRITABLE
 */
export async function runBusRecord(context: CommandContext, options: RecordOptions): Promise<number> {
  const { plugin, seconds } = options;
  const path = resolve(options.out);
  const concerns = filterOf({ plugin });
  const record = (enough: AbortSignal) => async (bus: CommandBus) => {
    const { version } = await bus.request('kernel.plugin.get.v1', { id: plugin });
    const file = openNewFile(path);
    const write = (line: unknown): void => void writeSync(file, `${JSON.stringify(line)}\n`);
    write({ recording: 1, plugin, version, since: new Date().toISOString() });
    let records = 0;
    context.powers.err(`Recording what ${plugin} receives and sends to ${path}. Ctrl-C ends it.\n`);
    try {
      await observe(bus, enough, (observed) => {
        for (const each of observed.records.filter(concerns)) {
          write(each);
          records += 1;
        }
        if (observed.skipped > 0) write({ skipped: observed.skipped });
      });
    } finally {
      closeSync(file);
    }
    return records;
  };
  const counted = await watching(context.powers, seconds, (enough) => withBus(context.folders, record(enough)));
  context.answer({ path, plugin, records: counted }, `${counted} messages are in ${path}.`);
  return EXIT.done;
}

async function observe(bus: CommandBus, enough: AbortSignal, see: (observed: BusObserved) => void): Promise<void> {
  await bus.subscribe('kernel.bus.observed.v1', ({ data }) => see(data));
  await aborted(enough);
}

function filterOf({ topic, plugin }: Pick<TapOptions, 'topic' | 'plugin'>): (record: BusRecord) => boolean {
  const pattern = topic === undefined ? undefined : parsePattern(topic);
  return (record) => {
    // What was refused may name what is no topic at all.
    const about = pattern === undefined || matches(pattern, record.topic as Topic);
    return about && (plugin === undefined || record.sender === plugin || record.receivers.includes(plugin));
  };
}
