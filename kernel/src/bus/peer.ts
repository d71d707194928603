import { Buffer } from 'node:buffer';
import { AicoError, type DeliveryHeader, type LifecycleMessage, type Quota, RecordKind } from '@aico/schemas';
import { AccessList, type Constraints } from '../acl/access-list.ts';
import type { Link } from '../contracts/link.ts';
import { TokenBucket } from '../quota/token-bucket.ts';
import type { QueueLimit } from './event-queue.ts';
import { PublishedCounts } from './observe/published.ts';
import { Outbox } from './outbox.ts';
import type { PeerOptions } from './peer-options.ts';
import { TimeOwed } from './time-owed.ts';

/** Subscriptions, credits and the like that a peer may send each second without waiting. */
const CONTROL_PER_SECOND = 20_000;
/** What one record's bytes cost at most: what waits behind it may be the sign that its sender lives. */
const MOST_FOR_BYTES_MS = 60;
/** Large messages come at most so many times as fast as the rate quota admits them in the long run: each takes everybody milliseconds. */
const BURST_SPEED = 4;
const LARGE_BYTES = 64 * 1024;
/** Records that the rate quota counts. */
const COUNTED: ReadonlySet<number> = new Set([RecordKind.publish, RecordKind.request, RecordKind.stream]);
/** Those, and answers, which somebody asked for. */
const COUNTED_OR_ASKED_FOR: ReadonlySet<number> = new Set([
  ...COUNTED,
  RecordKind.reply,
  RecordKind.chunk,
  RecordKind.error,
]);

/** One attached plugin, as the broker keeps it: grants, quota, what waits for it, what it registered. */
export class Peer {
  readonly id: string;
  readonly incarnation: string;
  readonly access: AccessList;
  quota: Required<Quota>;
  readonly link: Link;
  readonly outbox: Outbox;
  readonly subscriptions: Map<string, () => void> = new Map();
  readonly serving: Set<string> = new Set();
  /** Open requests of this peer: its correlation → the kernel's, or what stands for a request to the kernel itself. */
  readonly asked: Map<number, number> = new Map();
  /** The public key to which what it serves is sealed. */
  sealingKey: string | undefined;
  readonly published: PublishedCounts = new PublishedCounts();
  readonly traffic = { sent: 0, received: 0, violations: 0, dropped: 0 };
  /** What it registers has no effect yet. */
  standby: boolean;
  readonly onLifecycle: (message: LifecycleMessage) => void;
  readonly #onLinkFailure: (error: unknown) => void;
  #messages: TokenBucket;
  #bytes: TokenBucket;
  readonly #control: TokenBucket;
  readonly #headers = new Map<Constraints | undefined, Uint8Array>();
  readonly #overRate = new Map<'messagesPerSecond' | 'bytesPerSecond', AicoError>();
  /** What it sent is left lying for a while. */
  hasToWait = false;
  readonly timeOwed: TimeOwed = new TimeOwed();
  /** The error last told, and how it is written. */
  #told: { readonly error: AicoError; readonly payload: string } | undefined;

  constructor(options: PeerOptions, now: number, onDrop: (peer: Peer, topic: string, exceeded: QueueLimit) => void) {
    this.id = options.id;
    this.incarnation = options.incarnation;
    this.access = new AccessList(options.id, options.grants);
    this.quota = options.quota;
    this.link = options.link;
    this.standby = options.standby ?? false;
    this.onLifecycle = options.onLifecycle ?? (() => {});
    this.#onLinkFailure = options.onLinkFailure ?? (() => {});
    this.#messages = new TokenBucket(options.quota.messagesPerSecond, now);
    this.#bytes = new TokenBucket(options.quota.bytesPerSecond, now);
    this.#control = new TokenBucket(CONTROL_PER_SECOND, now);
    const drop = (topic: string, exceeded: QueueLimit): void => {
      this.traffic.dropped += 1;
      onDrop(this, topic, exceeded);
    };
    this.outbox = new Outbox({
      link: options.link,
      limits: options.quota,
      onDrop: drop,
      onFailure: this.#onLinkFailure,
      onUnread: () => this.#onLinkFailure(new AicoError('KERNEL_PLUGIN_UNRESPONSIVE', { subject: options.id })),
    });
  }

  /** Puts other limits in force, at once. */
  setQuota(quota: Required<Quota>, now: number): void {
    this.quota = quota;
    this.#messages = new TokenBucket(quota.messagesPerSecond, now);
    this.#bytes = new TokenBucket(quota.bytesPerSecond, now);
    this.#overRate.clear();
    this.outbox.limit(quota);
  }

  /** Why the rate quota admits no further message now; undefined when it does. */
  overRate(bytes: number, now: number): AicoError | undefined {
    if (!this.#messages.take(1, now)) return this.#overRateOf('messagesPerSecond');
    return this.#bytes.take(bytes, now) ? undefined : this.#overRateOf('bytesPerSecond');
  }

  /** Refuses more work for a peer that does not keep up. @throws AicoError KERNEL_SERVER_BUSY */
  assertRoom(topic: string, waitingBytes: number, bytes: number): void {
    const limit = this.quota.queueBytes;
    if (waitingBytes === 0 || waitingBytes + bytes <= limit) return;
    const details = { plugin: this.id, limit, exceeded: 'queueBytes' };
    throw new AicoError('KERNEL_SERVER_BUSY', { subject: topic, details });
  }

  /** A record that the rate quota does not count came: beyond a pace of its own it costs the peer time. */
  owe(kind: number, now: number): void {
    if (!COUNTED_OR_ASKED_FOR.has(kind) && !this.#control.take(1, now)) this.timeOwed.add(1000 / CONTROL_PER_SECOND);
  }

  /** A broken rule costs its breaker the time of a message that the rate quota admits. */
  oweForViolation(): void {
    this.traffic.violations += 1;
    this.timeOwed.addForViolation(1000 / this.quota.messagesPerSecond);
  }

  /** What was refused had to be read all the same: its bytes cost their sender the time in which the rate quota admits as many. */
  oweForRefused(bytes: number): void {
    this.#oweForBytes(bytes);
  }

  /** A record was taken: a large one is not followed by the next at once, so that others have their turn between. */
  oweForTaken(kind: number, bytes: number): void {
    if (bytes >= LARGE_BYTES && COUNTED.has(kind)) this.#oweForBytes(bytes / BURST_SPEED);
  }

  #oweForBytes(bytes: number): void {
    this.timeOwed.add(Math.min(MOST_FOR_BYTES_MS, (bytes * 1000) / this.quota.bytesPerSecond));
  }

  /** The error of a message over the rate. Made once, for a flood must not cost the kernel more than its sender. */
  #overRateOf(exceeded: 'messagesPerSecond' | 'bytesPerSecond'): AicoError {
    const known = this.#overRate.get(exceeded);
    if (known !== undefined) return known;
    const limit = `${this.quota.messagesPerSecond} messages, ${this.quota.bytesPerSecond} bytes a second`;
    const error = new AicoError('KERNEL_RATE_EXCEEDED', { subject: this.id, details: { limit, exceeded } });
    this.#overRate.set(exceeded, error);
    return error;
  }

  /** What the kernel stamps on this peer's messages; encoded once for each grant. */
  stamp(constraints: Constraints | undefined, traceparent?: string): Uint8Array {
    if (traceparent !== undefined) return Buffer.from(JSON.stringify(this.stampFields(constraints, traceparent)));
    const known = this.#headers.get(constraints);
    if (known !== undefined) return known;
    const stamp = Buffer.from(JSON.stringify(this.stampFields(constraints, traceparent)));
    if (this.#headers.size > 256) this.#headers.clear();
    this.#headers.set(constraints, stamp);
    return stamp;
  }

  /** @param limits limits of this peer that its receiver keeps to */
  stampFields(
    constraints: Constraints | undefined,
    traceparent: string | undefined,
    limits: readonly string[] = [],
  ): DeliveryHeader {
    const { id: sender, incarnation } = this;
    const quota = Object.entries(this.quota).filter(([name]) => limits.includes(name));
    return {
      sender,
      incarnation,
      ...(traceparent !== undefined && { traceparent }),
      ...(constraints !== undefined && { grant: constraints }),
      ...(quota.length > 0 && { quota: Object.fromEntries(quota) }),
    };
  }

  /** Tells the peer that a record of its own failed. */
  refuse(error: AicoError, of: 'publish' | 'control' | 'request', correlation: number, topic: string): void {
    const header = of === 'request' ? '' : JSON.stringify({ of });
    if (this.#told?.error !== error) this.#told = { error, payload: JSON.stringify(error.toReport()) };
    const { payload } = this.#told;
    this.outbox.pushControl({ kind: RecordKind.error, correlation, topic: ascii(topic), header, payload });
  }

  /** Ends a connection over which no sense comes. */
  cutOff(error: AicoError): void {
    this.#onLinkFailure(error);
    void this.link.close();
  }

  confirm(what: 'publish' | 'held' | 'kept' | 'control', correlation: number): void {
    this.outbox.pushControl({ kind: RecordKind.confirm, correlation, topic: what });
  }

  tell(message: LifecycleMessage): void {
    this.outbox.pushControl({ kind: RecordKind.lifecycle, payload: JSON.stringify(message) });
  }
}

/** A hostile topic goes back to its sender in a form that fits the wire. */
function ascii(topic: string): string {
  return topic.replace(/[^\x20-\x7e]/g, '?').slice(0, 255);
}
