import { Buffer } from 'node:buffer';
import {
  AicoError,
  type ErrorReport,
  isAicoError,
  type Pattern,
  type QuotaName,
  RecordKind,
  validators,
} from '@aico/schemas';
import type { RecordFields, WireRecord } from '@aico/schemas/wire';
import { admitsAsMuch } from '../acl/admits-as-much.ts';
import type { Exceeded } from '../quota/exceeded.ts';
import { checkPayload, parsePayload } from './contract-table.ts';
import { denied, type Gates, type Passed } from './gates.ts';
import { parseJson } from './json-text.ts';
import type { LocalHandler, LocalServices } from './local-services.ts';
import type { BusObserver } from './observe/observer.ts';
import type { Peer } from './peer.ts';
import { OPEN_REQUESTS_LIMIT, type PendingRequest, PendingRequests } from './pending-requests.ts';
import type { Registrations } from './registrations.ts';

const MAX_CREDIT = 65_536;
const ANSWERS = { [RecordKind.reply]: 'reply', [RecordKind.chunk]: 'chunk', [RecordKind.error]: 'error' } as const;

export interface RequestRouterOptions {
  readonly gates: Gates;
  readonly registrations: Registrations;
  readonly local: LocalServices;
  readonly observer: BusObserver;
  readonly nextSequence: () => number;
  readonly onViolation: (peer: Peer, verb: string, topic: string, error: AicoError) => void;
  /** A server refused something because of a limit of its asker's to which it keeps. */
  readonly onExceeded: (exceeded: Exceeded) => void;
}

/** Carries requests to the one server of a topic, and its answers back. */
export class RequestRouter {
  readonly #options: RequestRouterOptions;
  readonly #pending = new PendingRequests();

  constructor(options: RequestRouterOptions) {
    this.#options = options;
  }

  /** Takes a request or stream; what is wrong with it goes to `refuse`. */
  ask(asker: Peer, record: WireRecord, now: number, refuse: (error: unknown) => void): void {
    try {
      const passed = this.#options.gates.pass(asker, 'request', record, now);
      const kind = record.kind === RecordKind.stream ? 'stream' : 'request';
      if (passed.contract.topic.kind !== kind) throw new AicoError('KERNEL_TOPIC_UNKNOWN', { subject: passed.topic });
      if (asker.asked.size >= OPEN_REQUESTS_LIMIT || asker.asked.has(record.correlation)) {
        throw new AicoError('KERNEL_REQUEST_LIMIT', { subject: asker.id, details: { limit: OPEN_REQUESTS_LIMIT } });
      }
      asker.traffic.sent += 1;
      const local = this.#options.local.find(passed.topic);
      if (local === undefined) this.#forward(asker, record, passed, now);
      else void this.#answerLocally(asker, record, passed, local);
    } catch (error) {
      refuse(error);
    }
  }

  /** Takes a reply, chunk or error of a server. */
  answer(server: Peer, record: WireRecord): void {
    const pending = this.#pending.asServer(server, record.correlation);
    if (pending === undefined) {
      // An answer to what was cancelled meanwhile is late, not wrong; one to another's request is.
      if (!this.#pending.isOfAnother(server, record.correlation)) return;
      const error = new AicoError('KERNEL_REPLY_UNEXPECTED', { subject: server.id });
      this.#options.onViolation(server, 'reply', record.topic, error);
      return;
    }
    try {
      this.#options.gates.assertSize(server, pending.topic, record.payload.length);
      const validator = this.#validatorOf(pending, record.kind);
      if (validator === undefined) throw new AicoError('KERNEL_REPLY_UNEXPECTED', { subject: server.id });
      checkPayload(validator, pending.topic, record.payload);
      if (record.kind === RecordKind.error) this.#judgeRefusal(pending, record.payload);
      if (record.kind === RecordKind.chunk) this.#spendCredit(pending);
      else this.#pending.close(pending);
      this.#options.observer.answered(pending.exchange, ANSWERS[record.kind as 4 | 5 | 6], record.payload);
      server.traffic.sent += 1;
      this.#pass(pending.asker, record.kind as 4 | 5 | 6, pending.correlation, pending.topic, record.payload, server);
    } catch (error) {
      if (!isAicoError(error)) throw error;
      this.#pending.close(pending);
      this.#options.onViolation(server, 'reply', pending.topic, error);
      const invalid = error.code === 'KERNEL_PAYLOAD_INVALID' || error.code === 'KERNEL_PAYLOAD_UNSEALED';
      const details = { topic: pending.topic };
      const blame = new AicoError('KERNEL_REPLY_INVALID', { subject: server.id, details });
      this.#fail(pending, invalid ? blame : error);
      this.#tellCancelled(pending);
    }
  }

  /** The asker has room for more chunks. */
  credit(asker: Peer, record: WireRecord): void {
    const pending = this.#pending.asAsker(asker, record.correlation);
    const amount = record.sequence;
    if (pending === undefined || !Number.isInteger(amount) || amount < 1) return;
    const granted = Math.min(amount, MAX_CREDIT - pending.credit);
    pending.credit += granted;
    const { server, id, topic } = pending;
    server.outbox.pushControl({ kind: RecordKind.credit, correlation: id, sequence: granted, topic });
  }

  cancel(asker: Peer, correlation: number): void {
    const pending = this.#pending.asAsker(asker, correlation);
    if (pending === undefined) return;
    this.#pending.close(pending);
    this.#options.observer.cancelled(pending.exchange);
    this.#tellCancelled(pending);
  }

  /** Whether nobody waits for a peer, and it waits for nobody but whoever sends it durable events. */
  isIdle(peer: Peer): boolean {
    if (this.#pending.awaitsKernel(peer)) return false;
    return this.#pending.of(peer).every(({ asker, within }) => asker === peer && within !== undefined);
  }

  /** The patterns of the durable events that a peer consumes. */
  consumedBy(peer: Peer): Pattern[] {
    return this.#pending.askedBy(peer).flatMap(({ within }) => within ?? []);
  }

  /** A peer is to wait for no more answers. */
  endAskedBy(peer: Peer): void {
    for (const { correlation } of this.#pending.askedBy(peer)) this.cancel(peer, correlation);
  }

  /** Ends what a changed grant no longer admits, of what a peer asks and of what it answers. */
  review(peer: Peer): void {
    for (const pending of this.#pending.of(peer)) {
      if (pending.server !== peer || peer.access.decide('serve', pending.topic).allowed) continue;
      this.#pending.close(pending);
      this.#tellCancelled(pending);
      this.#fail(pending, new AicoError('KERNEL_SERVER_GONE', { subject: pending.topic }));
    }
    for (const pending of this.#pending.askedBy(peer)) {
      const { within } = pending;
      if (within === undefined ? mayStillAsk(peer, pending) : peer.access.admitsWhole(within)) continue;
      this.#pending.close(pending);
      this.#tellCancelled(pending);
      const error = within === undefined ? denied(peer, 'request', pending.topic) : denied(peer, 'subscribe', within);
      this.#fail(pending, error);
    }
  }

  /** Puts requests that were held back to whoever serves their topics now; those given up meanwhile are forgotten. */
  putAgain(records: readonly RecordFields[]): void {
    for (const record of records) {
      const pending = this.#pending.get(record.correlation ?? 0);
      if (pending === undefined) continue;
      const server = this.#options.registrations.server(pending.topic);
      if (server === undefined) {
        this.#pending.close(pending);
        this.#fail(pending, new AicoError('KERNEL_NO_SERVER', { subject: pending.topic }));
        continue;
      }
      pending.server = server;
      server.outbox.pushControl(record);
    }
  }

  /** A peer is gone: who asked it learns, what it asked is cancelled. */
  detach(peer: Peer): void {
    for (const pending of this.#pending.of(peer)) {
      this.#pending.close(pending);
      if (pending.server === peer && pending.asker !== peer) {
        this.#fail(pending, new AicoError('KERNEL_SERVER_GONE', { subject: pending.topic }));
      } else {
        this.#tellCancelled(pending);
      }
    }
  }

  /** Tells the asker that its request, which is closed, failed. */
  #fail({ asker, correlation, topic, exchange }: PendingRequest, error: AicoError): void {
    asker.refuse(error, 'request', correlation, topic);
    this.#options.observer.failed(asker.id, topic, error, exchange);
  }

  #forward(asker: Peer, record: WireRecord, passed: Passed, now: number): void {
    const { topic, contract, constraints, within, traceparent } = passed;
    checkPayload(contract.payload, topic, record.payload);
    const server = this.#options.registrations.server(topic);
    if (server === undefined || !server.access.decide('serve', topic).allowed) {
      throw new AicoError('KERNEL_NO_SERVER', { subject: topic });
    }
    server.assertRoom(topic, server.outbox.backlogBytes, record.payload.length);
    const streaming = record.kind === RecordKind.stream;
    const credit = streaming ? Math.max(1, Math.min(MAX_CREDIT, Math.trunc(record.sequence) || 1)) : 0;
    const { correlation, kind, payload } = record;
    const question = { asker: asker.id, server: server.id, topic, traceparent };
    const exchange = this.#options.observer.asked(question, streaming ? 'stream' : 'request', payload);
    const pending = this.#pending.open({
      asker,
      correlation,
      server,
      topic,
      contract,
      streaming,
      within,
      constraints,
      credit,
      exchange,
    });
    const limits = contract?.topic.quota;
    const fieldsOf = () => asker.stampFields(constraints, traceparent, limits);
    const header =
      streaming || limits !== undefined
        ? JSON.stringify(streaming ? { ...fieldsOf(), credit } : fieldsOf())
        : asker.stamp(constraints, traceparent);
    server.traffic.received += 1;
    const sequence = this.#options.nextSequence();
    const fields = { kind: kind as 3 | 16, correlation: pending.id, sequence, time: now, topic, header, payload };
    server.outbox.pushControl(fields);
  }

  async #answerLocally(asker: Peer, record: WireRecord, passed: Passed, handler: LocalHandler): Promise<void> {
    const { correlation } = record;
    const { observer } = this.#options;
    const { topic, traceparent } = passed;
    const exchange = observer.asked(
      { asker: asker.id, server: 'kernel', topic, traceparent },
      'request',
      record.payload,
    );
    const close = this.#pending.openOfKernel(asker, correlation);
    try {
      const data = parsePayload(passed.contract.payload, passed.topic, record.payload);
      const reply = await this.#options.local.run(passed.topic, handler, { data, sender: asker.id });
      const payload = Buffer.from(JSON.stringify(reply ?? {}));
      observer.answered(exchange, 'reply', payload);
      asker.outbox.pushControl({ kind: RecordKind.reply, correlation, topic: passed.topic, payload });
    } catch (error) {
      if (!isAicoError(error)) throw error;
      observer.answered(exchange, 'error', Buffer.from(JSON.stringify(error.toReport())));
      asker.refuse(error, 'request', correlation, passed.topic);
      if (error.code === 'KERNEL_PAYLOAD_INVALID') this.#options.onViolation(asker, 'request', passed.topic, error);
    } finally {
      close();
    }
  }

  /** Whoever keeps to limits of its askers, as the contract says, tells with its error when one of those is the reason; no other is. */
  #judgeRefusal({ asker, contract }: PendingRequest, payload: Uint8Array): void {
    const limits = contract.topic.quota;
    if (limits === undefined) return;
    const { exceeded } = (parseJson(payload) as ErrorReport).details ?? {};
    const limit = limits.find((each) => each === exceeded) as QuotaName | undefined;
    if (limit !== undefined) this.#options.onExceeded({ id: asker.id, limit });
  }

  #validatorOf(pending: PendingRequest, kind: number) {
    if (kind === RecordKind.error) return validators['control#ErrorReport'];
    if (kind === RecordKind.chunk) return pending.streaming ? pending.contract.chunk : undefined;
    return pending.contract.reply;
  }

  #spendCredit(pending: PendingRequest): void {
    if (pending.credit === 0) throw new AicoError('KERNEL_STREAM_CREDIT', { subject: pending.server.id });
    pending.credit -= 1;
  }

  #pass(asker: Peer, kind: 4 | 5 | 6, correlation: number, topic: string, payload: Uint8Array, from: Peer): void {
    asker.traffic.received += 1;
    // An error's header says what it is about; none means a request.
    const header = kind === RecordKind.error ? '' : from.stamp(undefined);
    asker.outbox.pushControl({ kind, correlation, topic, header, payload });
  }

  #tellCancelled(pending: PendingRequest): void {
    const { server, id, topic } = pending;
    server.outbox.pushControl({ kind: RecordKind.cancel, correlation: id, topic });
  }
}

/** What is judged by its payload alone was judged when it was asked. */
function mayStillAsk({ access }: Peer, { topic, contract, constraints }: PendingRequest): boolean {
  if (contract.topic.requires !== undefined) return true;
  const decision = access.decide('request', topic);
  return decision.allowed && admitsAsMuch(decision.constraints, constraints);
}
