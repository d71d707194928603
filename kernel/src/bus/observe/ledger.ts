import type { BusFlow, BusPluginStats, BusTopicStats } from '@aico/schemas';
import { Histogram } from './histogram.ts';

const TOPICS_KEPT = 1_000;
const PEERS_KEPT = 1_000;
const FLOWS_KEPT = 4_000;

type Counts<Shape> = { -readonly [Key in keyof Shape]: Shape[Key] };
type TopicCounts = Counts<
  Pick<BusTopicStats, 'messages' | 'bytes' | 'answers' | 'answerBytes' | 'refused' | 'dropped'>
> & {
  latency: Histogram | undefined;
};
type PeerCounts = Counts<
  Pick<BusPluginStats, 'sent' | 'sentBytes' | 'received' | 'receivedBytes' | 'refused' | 'dropped'>
>;

/** Everything that is counted, by topic, by peer and by who talks to whom; bounded in each. Peers count by their id. */
export class Ledger {
  readonly topics: Map<string, TopicCounts> = new Map();
  readonly peers: Map<string, PeerCounts> = new Map();
  readonly flows: Map<string, Counts<BusFlow>> = new Map();
  uncounted = 0;

  topic(topic: string): TopicCounts {
    const none = { messages: 0, bytes: 0, answers: 0, answerBytes: 0, refused: 0, dropped: 0, latency: undefined };
    return kept(this.topics, topic, TOPICS_KEPT, none);
  }

  peer(id: string): PeerCounts {
    const none = { sent: 0, sentBytes: 0, received: 0, receivedBytes: 0, refused: 0, dropped: 0 };
    return kept(this.peers, id, PEERS_KEPT, none);
  }

  /** Counts what one peer said to others: an answer is no new message of its topic. */
  said(flow: Omit<BusFlow, 'receiver'>, receivers: readonly string[]): void {
    const { sender, topic, verb, messages, bytes } = flow;
    const from = this.peer(sender);
    from.sent += messages;
    from.sentBytes += bytes;
    const about = this.topic(topic);
    if (verb === 'answer') {
      about.answers += messages;
      about.answerBytes += bytes;
    } else {
      about.messages += messages;
      about.bytes += bytes;
    }
    for (const receiver of receivers) {
      const to = this.peer(receiver);
      to.received += messages;
      to.receivedBytes += bytes;
      this.#flow(sender, topic, receiver, verb, messages, bytes);
    }
  }

  answeredAfter(topic: string, milliseconds: number): void {
    const counts = this.topic(topic);
    counts.latency ??= new Histogram();
    counts.latency.record(milliseconds);
  }

  #flow(sender: string, topic: string, receiver: string, verb: BusFlow['verb'], messages: number, bytes: number): void {
    const key = `${verb} ${sender} ${receiver} ${topic}`;
    const flow = this.flows.get(key);
    if (flow !== undefined) {
      flow.messages += messages;
      flow.bytes += bytes;
    } else if (this.flows.size < FLOWS_KEPT) {
      this.flows.set(key, { sender, topic, receiver, verb, messages, bytes });
    } else {
      this.uncounted += messages;
    }
  }
}

/** Beyond the limit, what is counted goes nowhere: a hostile plugin cannot grow the table. */
function kept<Value>(table: Map<string, Value>, key: string, limit: number, none: Value): Value {
  const known = table.get(key);
  if (known !== undefined) return known;
  if (table.size < limit) table.set(key, none);
  return none;
}
