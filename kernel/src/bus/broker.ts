import { Buffer } from 'node:buffer';
import {
  AicoError,
  type BusStats,
  type Gap,
  isAicoError,
  type LifecycleMessage,
  RecordKind,
  type ServerKeyGet,
  TopicTrie,
  type Violation,
} from '@aico/schemas';
import type { FrameReader, WireRecord } from '@aico/schemas/wire';
import type { Clock } from '../contracts/clock.ts';
import { type Exceeded, exceededIn } from '../quota/exceeded.ts';
import { TokenBucket } from '../quota/token-bucket.ts';
import type { BusEvent } from './bus-event.ts';
import { type ContractTable, checkEvent, checkPayload } from './contract-table.ts';
import { DurablePublishes } from './durable-publishes.ts';
import type { QueueLimit } from './event-queue.ts';
import { Gates } from './gates.ts';
import { Holds } from './holds.ts';
import { Intake } from './intake.ts';
import { parseJson } from './json-text.ts';
import { type LocalHandler, LocalServices } from './local-services.ts';
import { BusObserver } from './observe/observer.ts';
import { Peer } from './peer.ts';
import type { Attachment, PeerOptions } from './peer-options.ts';
import { Registrations } from './registrations.ts';
import { RequestRouter } from './request-router.ts';
import { Routes } from './routes.ts';

/** Violations told on the bus and in the log each second; all are counted. */
const VIOLATIONS_TOLD_PER_SECOND = 20;
const KERNEL_ID = 'kernel';

/** What a slow subscriber lost, and the limit because of which it did. */
type GapAndReason = Gap & { exceeded?: QueueLimit };

export interface BrokerOptions {
  readonly contracts: ContractTable;
  readonly clock: Clock;
  /** Told of violations, as many as are told on the bus, and of what the kernel's own handlers threw, for the log. */
  readonly onViolation?: (violation: Violation) => void;
  readonly onFailure?: (topic: string, error: unknown) => void;
  /** Told of each time that something was beyond a limit; of what a queue lost, once a second. */
  readonly onExceeded?: (exceeded: Exceeded) => void;
}

/** Routes every message of every plugin: gates, fan-out, requests. It knows no plugin by name. */
export class Broker {
  readonly totals = { routed: 0, refused: 0, dropped: 0 };
  readonly #options: BrokerOptions;
  readonly #gates: Gates;
  readonly #subscribers = new TopicTrie<Peer>();
  readonly #registrations: Registrations;
  readonly #routes: Routes;
  readonly #requests: RequestRouter;
  readonly #durable: DurablePublishes;
  readonly #local: LocalServices;
  readonly #observer: BusObserver;
  readonly #intake: Intake;
  readonly #holds = new Holds();
  readonly #peers = new WeakMap<Attachment, Peer>();
  readonly #stamp: Buffer;
  readonly #told: TokenBucket;
  readonly #gaps = new Map<string, GapAndReason>();
  #sequence = 0;

  /** @param incarnation unique to this start of the kernel */
  constructor(options: BrokerOptions, incarnation: string) {
    this.#options = options;
    this.#gates = new Gates(options.contracts);
    this.#local = new LocalServices(options.onFailure ?? (() => {}));
    this.#routes = new Routes(this.#gates, this.#subscribers);
    this.#registrations = new Registrations(this.#subscribers, this.#gates);
    this.#observer = new BusObserver({
      contracts: options.contracts,
      clock: options.clock,
      receiversOf: (topic) => this.#routes.receivers(topic).map(({ id }) => id),
      publish: (topic, observed) => this.publishLocal(topic, observed),
    });
    const onViolation = (peer: Peer, verb: string, topic: string, error: AicoError): void =>
      this.#violate(peer, verb, topic, error);
    const shared = { registrations: this.#registrations, nextSequence: () => this.#nextSequence(), onViolation };
    this.#requests = new RequestRouter({
      ...shared,
      gates: this.#gates,
      local: this.#local,
      observer: this.#observer,
      onExceeded: (exceeded) => options.onExceeded?.(exceeded),
    });
    this.#durable = new DurablePublishes({
      ...shared,
      carrierTopic: options.contracts.carrier,
      onKept: (topic, header, payload, time) => {
        this.#fanOutWhole(topic, header, payload, time);
        this.#holds.kept(topic);
      },
    });
    this.#intake = new Intake({
      clock: options.clock,
      publish: (peer, reader, now) => this.#publish(peer, reader, now),
      take: (peer, record, now) => this.#takeRecord(peer, record, now),
      onMalformed: (peer, error) => {
        this.#violate(peer, 'frame', '', error);
        peer.cutOff(error);
      },
    });
    this.#local.serve('kernel.server.key.v1', ({ data }) =>
      this.#registrations.serverKey((data as ServerKeyGet).topic),
    );
    this.#stamp = Buffer.from(JSON.stringify({ sender: KERNEL_ID, incarnation }));
    this.#told = new TokenBucket(VIOLATIONS_TOLD_PER_SECOND, options.clock.now());
  }

  /** Puts a peer on the bus. Its rights are what `options` says, whatever its messages claim. */
  attach(options: PeerOptions): Attachment {
    const peer = new Peer(options, this.#options.clock.now(), (slow, topic, limit) =>
      this.#dropped(slow, topic, limit),
    );
    const attachment = this.#attachmentOf(peer, options);
    this.#peers.set(attachment, peer);
    return attachment;
  }

  #attachmentOf(peer: Peer, options: PeerOptions): Attachment {
    let attached = true;
    let heard = true;
    this.#observer.attach(peer);
    options.link.receive((frame) => (heard ? this.#intake.frame(peer, frame, () => heard) : undefined));
    return {
      traffic: peer.traffic,
      setGrants: (grants) => {
        this.#changeListeners(() => {
          peer.access.replace(grants);
          this.#registrations.review(peer);
        });
        this.#requests.review(peer);
        peer.outbox.retain((topic) => peer.access.decide('subscribe', topic).allowed);
      },
      setQuota: (quota) => peer.setQuota(quota, this.#options.clock.now()),
      used: () => peer.access.used(),
      forgetUsed: () => {
        peer.access.forgetUsed();
        // What is kept of routes would spare the access list the next look.
        this.#routes.forget();
      },
      tell: (message: LifecycleMessage) => peer.tell(message),
      isIdle: () => !peer.hasToWait && peer.outbox.isEmpty && this.#requests.isIdle(peer),
      hold: (onWork = () => {}) => this.#holds.begin(peer, this.#requests.consumedBy(peer), onWork),
      sleep: () => {
        heard = false;
        this.#requests.endAskedBy(peer);
        peer.outbox.sleep();
      },
      release: () => this.#putAgain(peer),
      takeOver: (from) => this.#takeOver(peer, from),
      detach: () => {
        if (!attached) return;
        attached = false;
        heard = false;
        this.#holds.end(peer);
        this.#observer.detach(peer);
        this.#changeListeners(() => this.#registrations.removeAll(peer));
        this.#requests.detach(peer);
        this.#durable.detach(peer);
        peer.outbox.close();
      },
    };
  }

  /** Answers one of the kernel's own topics. */
  serveLocal(topic: string, handler: LocalHandler): void {
    this.#local.serve(topic, handler);
  }

  /** Publishes as the kernel. */
  publishLocal(topic: string, data: unknown): void {
    const payload = Buffer.from(JSON.stringify(data));
    checkPayload(this.#options.contracts.get(topic).payload, topic, payload);
    this.#observer.publishedLocally(topic, payload);
    this.#fanOutWhole(topic, this.#stamp, payload, this.#options.clock.now());
  }

  /** Counters of every topic and peer, and who talks to whom. */
  stats(): BusStats {
    return this.#observer.stats();
  }

  #takeOver(peer: Peer, from: Attachment): void {
    const predecessor = this.#peers.get(from);
    if (predecessor === undefined) return;
    this.#changeListeners(() => this.#registrations.promote(peer, predecessor));
    this.#putAgain(predecessor);
  }

  /** Sends what was held back at a peer on its way again, to whoever listens and serves now. */
  #putAgain(peer: Peer): void {
    this.#holds.end(peer);
    const { requests, events } = peer.outbox.takeHeld();
    for (const event of events) {
      const receivers = this.#routes.receivers(event.topic);
      receivers.find(({ id }) => id === peer.id)?.outbox.pushEvent(event);
    }
    this.#requests.putAgain(requests);
  }

  #publish(peer: Peer, reader: FrameReader, now: number): void {
    try {
      this.#gates.admit(peer, reader.topic, reader.payloadLength, now);
      const route = this.#routes.find(peer, reader.topic);
      const { topic, contract, constraints, receivers } = route;
      const traceparent = reader.headerLength === 0 ? undefined : this.#gates.trace(peer, reader.header);
      checkEvent(contract, topic, reader);
      peer.traffic.sent += 1;
      if (contract.topic.delivery === 'durable')
        this.#durable.append(peer, reader.record(), { ...route, traceparent }, now);
      else this.#fanOut(receivers, this.#eventOf(reader, topic, peer.stamp(constraints, traceparent), now));
      this.#observer.published(peer, topic, reader, traceparent);
    } catch (error) {
      this.#refuse(peer, 'publish', reader.record(), error);
    }
  }

  #eventOf(
    { frame, payloadStart, payloadEnd }: FrameReader,
    topic: string,
    header: Uint8Array,
    time: number,
  ): BusEvent {
    return { topic, header, sequence: this.#nextSequence(), time, bytes: frame, start: payloadStart, end: payloadEnd };
  }

  #fanOut(receivers: readonly Peer[], event: BusEvent): void {
    this.totals.routed += 1;
    for (const receiver of receivers) {
      receiver.traffic.received += 1;
      receiver.outbox.pushEvent(event);
    }
  }

  #fanOutWhole(topic: string, header: Uint8Array, bytes: Uint8Array, time: number): void {
    const event = { topic, header, sequence: this.#nextSequence(), time, bytes, start: 0, end: bytes.length };
    this.#fanOut(this.#routes.receivers(topic), event);
  }

  #takeRecord(peer: Peer, record: WireRecord, now: number): void {
    switch (record.kind) {
      case RecordKind.request:
      case RecordKind.stream:
        this.#requests.ask(peer, record, now, (error) => this.#refuse(peer, 'request', record, error));
        return;
      case RecordKind.reply:
      case RecordKind.chunk:
      case RecordKind.error:
        this.totals.routed += 1;
        if (DurablePublishes.isAppend(record.correlation)) this.#durable.answer(peer, record);
        else this.#requests.answer(peer, record);
        return;
      case RecordKind.credit:
        this.#requests.credit(peer, record);
        return;
      case RecordKind.cancel:
        this.#requests.cancel(peer, record.correlation);
        return;
      case RecordKind.consumed:
        peer.outbox.consumed(record.correlation);
        if (record.topic !== '') this.#unopened(peer, record.topic);
        return;
      case RecordKind.lifecycle:
        this.#lifecycle(peer, record);
        return;
      case RecordKind.subscribe:
      case RecordKind.unsubscribe:
      case RecordKind.serve:
      case RecordKind.unserve:
        this.#register(peer, record);
        return;
      default: {
        const details = { problem: `unknown record kind ${record.kind}` };
        this.#violate(peer, 'frame', '', new AicoError('KERNEL_FRAME_MALFORMED', { subject: peer.id, details }));
      }
    }
  }

  #register(peer: Peer, record: WireRecord): void {
    try {
      this.#changeListeners(() => this.#registrations.apply(peer, record));
      peer.confirm('control', record.correlation);
    } catch (error) {
      this.#refuse(peer, 'control', record, error);
    }
  }

  #lifecycle(peer: Peer, record: WireRecord): void {
    try {
      peer.onLifecycle(parseJson(record.payload) as LifecycleMessage);
    } catch {
      const details = { problem: 'lifecycle record is not JSON' };
      this.#violate(peer, 'frame', '', new AicoError('KERNEL_FRAME_MALFORMED', { subject: peer.id, details }));
    }
  }

  #refuse(peer: Peer, of: 'publish' | 'control' | 'request', record: WireRecord, error: unknown): void {
    const typed = isAicoError(error) ? error : new AicoError('SDK_HANDLER_FAILED', { subject: 'kernel', cause: error });
    if (!isAicoError(error)) this.#options.onFailure?.(record.topic, error);
    peer.refuse(typed, of, record.correlation, record.topic);
    if (isViolation(typed)) this.#violate(peer, of, record.topic, typed);
    else {
      this.#judge(peer, typed);
      this.#observer.failed(peer.id, record.topic, typed);
    }
  }

  #violate(peer: Peer, verb: string, topic: string, error: AicoError): void {
    peer.oweForViolation();
    this.#judge(peer, error);
    this.totals.refused += 1;
    const shown = topic.replace(/[^\x20-\x7e]/g, '?').slice(0, 255);
    this.#observer.refused(peer.id, shown, error);
    if (!this.#told.take(1, this.#options.clock.now())) return;
    const violation: Violation = { sender: peer.id, verb, topic: shown, error: error.toReport() };
    this.#options.onViolation?.(violation);
    this.publishLocal('kernel.violation.raised.v1', violation);
  }

  /** Not only its sender is to know when a limit is the reason. */
  #judge(peer: Peer, error: AicoError): void {
    const exceeded = exceededIn(error, peer.id);
    if (exceeded !== undefined) this.#options.onExceeded?.(exceeded);
  }

  /** A receiver could not open a sealed event: it is lost to it, and is counted and told as such. */
  #unopened(peer: Peer, topic: string): void {
    if (!this.#gates.isSealed(topic) || !peer.access.decide('subscribe', topic).allowed) return;
    peer.traffic.dropped += 1;
    this.#dropped(peer, topic);
  }

  /** Counts what a slow subscriber loses and tells it once a second, as one event for each topic. */
  #dropped(peer: Peer, topic: string, exceeded?: QueueLimit): void {
    this.totals.dropped += 1;
    this.#observer.dropped(peer.id, topic);
    const key = `${peer.incarnation} ${topic}`;
    const gap: GapAndReason = this.#gaps.get(key) ?? { subscriber: peer.id, topic, dropped: 0 };
    gap.dropped += 1;
    if (exceeded !== undefined) gap.exceeded = exceeded;
    if (this.#gaps.size === 0) {
      this.#options.clock.after(1000, () => {
        const gaps = [...this.#gaps.values()];
        this.#gaps.clear();
        for (const { exceeded: limit, ...each } of gaps) {
          if (limit !== undefined) this.#options.onExceeded?.({ id: each.subscriber, limit });
          this.publishLocal('kernel.gap.raised.v1', each);
        }
      });
    }
    this.#gaps.set(key, gap);
  }

  /** Changes who listens to what. Every change of a grant or a subscription goes through here. */
  #changeListeners(change: () => void): void {
    this.#observer.changeListeners(() => {
      try {
        change();
      } finally {
        this.#routes.forget();
      }
    });
  }

  #nextSequence(): number {
    this.#sequence += 1;
    return this.#sequence;
  }
}

/** Absence, slowness and age of others are no fault of the sender; everything else that the kernel refuses is a broken rule. */
function isViolation(error: AicoError): boolean {
  return (
    error.code.startsWith('KERNEL_') &&
    !['KERNEL_NO_SERVER', 'KERNEL_SERVER_BUSY', 'KERNEL_STOPPING'].includes(error.code)
  );
}
