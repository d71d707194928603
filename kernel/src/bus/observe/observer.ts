import { Buffer } from 'node:buffer';
import type { AicoError, BusObserved, BusRecord, BusStats } from '@aico/schemas';
import type { FrameReader } from '@aico/schemas/wire';
import type { Clock } from '../../contracts/clock.ts';
import type { ContractTable } from '../contract-table.ts';
import { Ledger } from './ledger.ts';
import { PublishedCounts } from './published.ts';
import { statsOf } from './stats.ts';
import { OBSERVED_TOPIC, Tap } from './tap.ts';

const KERNEL_ID = 'kernel';
const NOTHING: Uint8Array = new Uint8Array(0);

/** What the observer looks at of an attached peer. */
export interface ObservedPeer {
  readonly id: string;
  readonly published: PublishedCounts;
  readonly outbox: { readonly depth: number };
  readonly asked: { readonly size: number };
  readonly serving: ReadonlySet<string>;
}

/** A request on its way, from the question to the last answer. */
export interface Exchange {
  readonly id: number;
  readonly asker: string;
  readonly server: string;
  readonly topic: string;
  readonly traceparent: string | undefined;
  /** ms, monotonic; undefined once the first answer came. */
  askedAt: number | undefined;
}

export interface BusObserverOptions {
  readonly contracts: ContractTable;
  readonly clock: Clock;
  /** Ids of who would receive an event of a topic now. */
  readonly receiversOf: (topic: string) => readonly string[];
  readonly publish: (topic: string, observed: BusObserved) => void;
}

/** Counts what passes the bus, and tells it to those who watch. Nothing here can hold a message back. */
export class BusObserver {
  readonly #options: BusObserverOptions;
  readonly #ledger = new Ledger();
  readonly #tap: Tap;
  readonly #peers = new Set<ObservedPeer>();
  readonly #kernel = new PublishedCounts();
  readonly #since: number;
  #lastExchange = 0;

  constructor(options: BusObserverOptions) {
    this.#options = options;
    const { clock, contracts } = options;
    this.#since = clock.now();
    this.#tap = new Tap({
      clock,
      secrecyOf: (topic) => {
        const { sealed, redacted } = contracts.find(topic)?.topic ?? {};
        return { sealed: sealed === true, redacted: topic.startsWith('vault.') || redacted === true };
      },
      publish: (observed) => options.publish(OBSERVED_TOPIC, observed),
    });
  }

  attach(peer: ObservedPeer): void {
    this.#peers.add(peer);
  }

  detach(peer: ObservedPeer): void {
    this.#settle();
    this.#peers.delete(peer);
  }

  /** Changes who listens to what; what was said before counts for those who heard it. */
  changeListeners<Result>(change: () => Result): Result {
    this.#settle();
    try {
      return change();
    } finally {
      this.#tap.open = this.#options.receiversOf(OBSERVED_TOPIC).length > 0;
    }
  }

  /** An event passed the gates. The hot path: two additions while nobody watches. */
  published(sender: ObservedPeer, topic: string, record: FrameReader, traceparent: string | undefined): void {
    sender.published.add(topic, record.payloadLength);
    if (this.#tap.open) this.#seeEvent(sender.id, topic, record.payload, traceparent);
  }

  publishedLocally(topic: string, payload: Uint8Array): void {
    if (topic === OBSERVED_TOPIC) return;
    this.#kernel.add(topic, payload.length);
    if (this.#tap.open) this.#seeEvent(KERNEL_ID, topic, payload, undefined);
  }

  /** A request passed the gates and goes to its server. */
  asked(
    question: Pick<Exchange, 'asker' | 'server' | 'topic' | 'traceparent'>,
    verb: 'request' | 'stream',
    payload: Uint8Array,
  ): Exchange {
    this.#lastExchange += 1;
    const exchange: Exchange = { ...question, id: this.#lastExchange, askedAt: performance.now() };
    const { asker: sender, server, topic } = question;
    this.#ledger.said({ sender, topic, verb: 'request', messages: 1, bytes: payload.length }, [server]);
    this.#see(verb, sender, exchange, [server], payload);
    return exchange;
  }

  /** A part of the answer goes back. */
  answered(exchange: Exchange, verb: 'reply' | 'chunk' | 'error', payload: Uint8Array): void {
    const { server: sender, asker, topic, askedAt } = exchange;
    if (askedAt !== undefined) this.#ledger.answeredAfter(topic, performance.now() - askedAt);
    exchange.askedAt = undefined;
    this.#ledger.said({ sender, topic, verb: 'answer', messages: 1, bytes: payload.length }, [asker]);
    this.#see(verb, sender, exchange, [asker], payload);
  }

  cancelled(exchange: Exchange): void {
    this.#see('cancel', exchange.asker, exchange, [exchange.server], NOTHING);
  }

  /** The kernel itself tells the asker that its request comes to nothing; that breaks no rule. */
  failed(asker: string, topic: string, error: AicoError, exchange?: Exchange): void {
    if (!this.#tap.open) return;
    const payload = Buffer.from(JSON.stringify(error.toReport()));
    const about = { exchange: exchange?.id, traceparent: exchange?.traceparent };
    this.#tap.see({ verb: 'error', sender: KERNEL_ID, topic, receivers: [asker], payload, ...about });
  }

  refused(sender: string, topic: string, error: AicoError): void {
    this.#ledger.peer(sender).refused += 1;
    // What is no topic is counted for its sender alone.
    if (this.#options.contracts.find(topic) !== undefined) this.#ledger.topic(topic).refused += 1;
    if (!this.#tap.open) return;
    const payload = Buffer.from(JSON.stringify(error.toReport()));
    this.#tap.see({
      verb: 'refused',
      sender,
      topic,
      receivers: [],
      payload,
      exchange: undefined,
      traceparent: undefined,
    });
  }

  dropped(receiver: string, topic: string): void {
    this.#ledger.peer(receiver).dropped += 1;
    this.#ledger.topic(topic).dropped += 1;
  }

  stats(): BusStats {
    this.#settle();
    const { contracts, receiversOf } = this.#options;
    return statsOf({ since: this.#since, ledger: this.#ledger, peers: [...this.#peers], contracts, receiversOf });
  }

  #settle(): void {
    for (const { id, published } of this.#peers) this.#settleOne(id, published);
    this.#settleOne(KERNEL_ID, this.#kernel);
  }

  #settleOne(sender: string, published: PublishedCounts): void {
    published.take((topic, messages, bytes) => {
      if (topic === '') this.#ledger.uncounted += messages;
      else {
        const flow = { sender, topic, verb: 'publish', messages, bytes } as const;
        this.#ledger.said(flow, this.#options.receiversOf(topic));
      }
    });
  }

  #seeEvent(sender: string, topic: string, payload: Uint8Array, traceparent: string | undefined): void {
    const receivers = this.#options.receiversOf(topic);
    this.#tap.see({ verb: 'publish', sender, topic, receivers, payload, exchange: undefined, traceparent });
  }

  #see(
    verb: BusRecord['verb'],
    sender: string,
    { id, topic, traceparent }: Exchange,
    receivers: readonly string[],
    payload: Uint8Array,
  ): void {
    if (this.#tap.open) this.#tap.see({ verb, sender, topic, receivers, payload, exchange: id, traceparent });
  }
}
