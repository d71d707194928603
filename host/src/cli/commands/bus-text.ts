import type { BusRecord, BusStats, BusTopicStats } from '@aico/schemas';
import { printable } from '../../printable.ts';
import { paint } from '../error-text.ts';
import { table } from '../table.ts';

const MARKS: Readonly<Record<BusRecord['verb'], string>> = {
  publish: '*',
  request: '>',
  stream: '>',
  reply: '<',
  chunk: '<',
  error: '!',
  cancel: 'x',
  refused: '!',
};
const SHOWN_CHARACTERS = 200;

/** One message as a line: when, who, how, to whom, about what, and the beginning of what it said. */
export function recordLine(record: BusRecord, colors: boolean): string {
  const { time, verb, sender, topic, receivers, bytes, redacted, sealed, payload = '' } = record;
  const failed = verb === 'error' || verb === 'refused';
  const head = `${time.slice(11, 23)} ${MARKS[verb]} ${sender} ${verb} ${topic}`;
  const to = receivers.length === 0 ? '' : ` → ${receivers.join(' ')}`;
  const kept = sealed === true ? 'sealed' : redacted === true ? 'not shown' : undefined;
  const said = kept ?? printable(payload.replaceAll('\n', ' ').slice(0, SHOWN_CHARACTERS));
  const line = failed ? paint('red', printable(head), colors) : printable(head);
  return `${line}${to} ${bytes} B ${paint('dim', said, colors)}\n`;
}

/** Topics by traffic, then peers. */
export function statsText({ since, topics, plugins, uncounted }: BusStats): string {
  const busy = topics
    .filter(({ messages, refused }) => messages + refused > 0)
    .toSorted((a, b) => b.messages - a.messages)
    .map((each) => [
      each.topic,
      `${each.messages}`,
      size(each.bytes + each.answerBytes),
      latencyText(each),
      `${each.refused}`,
      `${each.dropped}`,
    ]);
  const peers = plugins.map(({ id, sent, received, refused, dropped, queued, connected }) => [
    connected ? id : `${id} (gone)`,
    ...[sent, received, refused, dropped, queued].map(String),
  ]);
  return [
    `Since ${since}${uncounted === 0 ? '' : `; ${uncounted} messages are not told apart`}\n`,
    table([['TOPIC', 'MESSAGES', 'BYTES', 'P50/P99 MS', 'REFUSED', 'DROPPED'], ...busy]),
    table([['PLUGIN', 'SENT', 'RECEIVED', 'REFUSED', 'DROPPED', 'QUEUED'], ...peers]),
  ].join('\n');
}

/** A contract, and who speaks of it now. */
export interface TopicLine {
  readonly topic: string;
  readonly kind: string;
  readonly delivery?: string;
  readonly server?: string;
  readonly subscribers: number;
}

export function topicsText(lines: readonly TopicLine[]): string {
  const rows = lines.map(({ topic, kind, delivery, server, subscribers }) => {
    const now = kind === 'event' ? listenersText(subscribers) : (server ?? 'nobody serves it');
    return [topic, delivery === undefined ? kind : `${kind}, ${delivery}`, now];
  });
  return table([['TOPIC', 'KIND', 'NOW'], ...rows]);
}

function listenersText(count: number): string {
  return count === 0 ? 'nobody listens' : `${count} ${count === 1 ? 'listens' : 'listen'}`;
}

function latencyText({ latency }: BusTopicStats): string {
  return latency === undefined ? '' : `${latency.p50Ms.toFixed(1)}/${latency.p99Ms.toFixed(1)}`;
}

function size(bytes: number): string {
  return bytes < 10_000
    ? `${bytes} B`
    : bytes < 10_000_000
      ? `${Math.round(bytes / 1000)} kB`
      : `${Math.round(bytes / 1e6)} MB`;
}
