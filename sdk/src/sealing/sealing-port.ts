import {
  AicoError,
  type DeadLetterView,
  type Delivery,
  type ErrorReport,
  matches,
  type Pattern,
  RecordKind,
  type Topic,
} from '@aico/schemas';
import { SEALED_TOPICS, type SealedTopic } from '@aico/schemas/sealed-topics';
import type { InRecord, OutRecord } from '../internal/record-port.ts';
import type { Timers } from '../internal/timers.ts';
import { parse } from './envelope.ts';
import { openEvent, openKept, sealEvent, sealedTopicOf } from './events.ts';
import { IncomingQuestions } from './incoming-questions.ts';
import { Lanes } from './lanes.ts';
import { OutgoingQuestions } from './outgoing-questions.ts';
import { OwnRequests } from './own-requests.ts';
import { Sessions } from './sessions.ts';
import { TopicKeys } from './topic-keys.ts';

const JOURNAL = 'journal.consume.v1';
const LETTER = 'journal.dead.get.v1';
const VAULT_STATE = 'vault.state.changed.v1';
/** How long a live event waits for a vault that is locked or starts anew, before it is given up. */
const LIVE_PATIENCE_MS = 5_000;
const PUBLISHES = 'publishes';

/** What the socket's side offers; a handler that returns a promise is waited for. */
export interface OpenPort {
  send(record: OutRecord): void;
  receive(handler: (record: InRecord) => void | Promise<void>): void;
}

export interface SealingOptions {
  readonly port: OpenPort;
  /** The id under which the kernel stamps what this process sends. */
  readonly self: string;
  readonly timers: Timers;
  /** Told of what came and could not be opened or does not fit its schema; it goes no further. */
  readonly onProblem: (topic: string, error: AicoError) => void;
}

/**
 * Seals what a plugin sends on sealed topics and opens what it receives, in the plugin's process but outside its code.
 * What came is held to its topic's schema here, for the kernel cannot read it. All else passes untouched.
 */
export class SealingPort implements OpenPort {
  readonly #options: SealingOptions;
  readonly #sessions = new Sessions();
  readonly #own: OwnRequests;
  readonly #keys: TopicKeys;
  readonly #questions: OutgoingQuestions;
  readonly #answers: IncomingQuestions;
  readonly #lanes = new Lanes();
  /** Streams from the journal that may hold sealed events. */
  readonly #consuming = new Set<number>();
  #handler: (record: InRecord) => void | Promise<void> = () => {};

  constructor(options: SealingOptions) {
    this.#options = options;
    const { port, self, timers, onProblem } = options;
    const send = (record: OutRecord): void => port.send(record);
    const pass = (record: InRecord): void | Promise<void> => this.#pass(record);
    this.#own = new OwnRequests((record) => this.send(record), timers);
    const request = (topic: string, data: unknown): Promise<unknown> => this.#own.request(topic, data);
    this.#keys = new TopicKeys(request, timers);
    this.#questions = new OutgoingQuestions({ self, sessions: this.#sessions, send, pass, request });
    this.#answers = new IncomingQuestions({ sessions: this.#sessions, send, pass, onProblem });
  }

  send(record: OutRecord): void {
    const contract = SEALED_TOPICS.get(record.topic);
    if (contract !== undefined) this.#sendSealed(record, contract);
    else if (record.kind === RecordKind.publish && this.#lanes.isBusy(PUBLISHES)) this.#sendLater(record);
    else {
      if (record.topic === JOURNAL) this.#follow(record);
      this.#options.port.send(record);
    }
  }

  receive(handler: (record: InRecord) => void | Promise<void>): void {
    this.#handler = handler;
    this.#options.port.receive((record) => this.#take(record));
  }

  #sendSealed(record: OutRecord, contract: SealedTopic): void {
    const { port } = this.#options;
    const isEvent = contract.kind === 'event';
    switch (record.kind) {
      case RecordKind.publish:
        this.#publish(record, contract);
        return;
      case RecordKind.request:
      case RecordKind.stream:
        this.#questions.ask(record, contract);
        return;
      case RecordKind.reply:
      case RecordKind.chunk:
      case RecordKind.error:
        // The journal answers for events that it keeps, without having read them.
        if (isEvent) port.send(record);
        else this.#answers.answer(record);
        return;
      case RecordKind.cancel:
        this.#questions.cancel(record.correlation);
        port.send(record);
        return;
      case RecordKind.serve:
        port.send({ ...record, payload: JSON.stringify({ key: this.#sessions.publicKey }) });
        return;
      default:
        port.send(record);
    }
  }

  /** The kernel confirms publishes in the order in which they were made: all that follow wait for a key, too. */
  #publish(record: OutRecord, contract: SealedTopic): void {
    const { port, self } = this.#options;
    const { topic, payload = '' } = record;
    const seal = (): void => {
      const key = this.#keys.use(topic);
      port.send({ ...record, payload: sealEvent(topic, contract, self, payload, key) });
    };
    const fail = (error: unknown): void => {
      const { correlation } = record;
      const header = JSON.stringify({ of: 'publish' });
      const report = JSON.stringify(typed(topic, error).toReport());
      void this.#handler({ kind: RecordKind.error, correlation, topic, sequence: 0, time: 0, header, payload: report });
    };
    this.#lanes.run(PUBLISHES, () => {
      if (this.#keys.get(topic) === undefined) return this.#keys.fetch(topic).then(seal).catch(fail);
      try {
        seal();
      } catch (error) {
        fail(error);
      }
      return undefined;
    });
  }

  #sendLater(record: OutRecord): void {
    this.#lanes.run(PUBLISHES, () => {
      this.#options.port.send(record);
      return undefined;
    });
  }

  /** Remembers streams from the journal that sealed events may come on: all others need no look at what they bring. */
  #follow({ kind, correlation, payload = '' }: OutRecord): void {
    if (kind === RecordKind.cancel) this.#consuming.delete(correlation);
    if (kind !== RecordKind.stream) return;
    const { pattern = '' } = (parse(payload) ?? {}) as { pattern?: string };
    const reaches = [...SEALED_TOPICS].some(
      ([topic, { kind: each }]) => each === 'event' && matches(pattern as Pattern, topic as Topic),
    );
    if (reaches) this.#consuming.add(correlation);
  }

  #take(record: InRecord): void | Promise<void> {
    const contract = SEALED_TOPICS.get(record.topic);
    if (contract !== undefined) return this.#takeSealed(record, contract);
    if (record.topic === JOURNAL && this.#consuming.has(record.correlation)) return this.#takeKept(record);
    if (record.topic === LETTER && record.kind === RecordKind.reply) return this.#takeLetter(record);
    if (record.kind === RecordKind.deliver) {
      if (record.topic === VAULT_STATE && record.payload.includes('"locked"')) this.#keys.forget();
    } else if (record.kind === RecordKind.lifecycle && record.payload.includes('"grants"')) this.#keys.forget();
    return this.#pass(record);
  }

  #takeSealed(record: InRecord, contract: SealedTopic): void | Promise<void> {
    switch (record.kind) {
      case RecordKind.deliver:
        return this.#takeEvent(record, contract);
      case RecordKind.request:
      case RecordKind.stream:
        return this.#answers.take(record, contract);
      case RecordKind.reply:
      case RecordKind.chunk:
        return this.#questions.take(record);
      case RecordKind.error:
        return record.header === '' ? this.#questions.take(record) : this.#pass(record);
      case RecordKind.cancel:
        this.#answers.cancel(record.correlation);
        return this.#pass(record);
      default:
        return this.#pass(record);
    }
  }

  #takeEvent(record: InRecord, contract: SealedTopic): void {
    const { topic, header, payload } = record;
    const open = (): void => {
      void this.#handler({ ...record, payload: openEvent(topic, contract, header, payload, this.#keys.use(topic)) });
    };
    const drop = (error: unknown): void => {
      this.#options.onProblem(topic, typed(topic, error));
      // It counts as consumed; the kernel counts and tells what could not be opened.
      this.#options.port.send({ kind: RecordKind.consumed, correlation: 1, topic });
    };
    let patient = true;
    this.#withKey(topic, `events ${topic}`, open, drop, () => {
      const { after } = this.#options.timers;
      after(LIVE_PATIENCE_MS, () => {
        patient = false;
      });
      return () => patient;
    });
  }

  /** What comes from the journal; events and the end of the stream stay in order. */
  #takeKept(record: InRecord): void | Promise<void> {
    const { correlation, kind } = record;
    const lane = `kept ${correlation}`;
    const end = (): void => {
      this.#consuming.delete(correlation);
      void this.#pass(record);
    };
    if (kind !== RecordKind.chunk) return this.#lanes.run(lane, () => void end() as undefined);
    const delivery = parse(record.payload) as Delivery;
    const topic = sealedTopicOf(delivery);
    const contract = topic === undefined ? undefined : SEALED_TOPICS.get(topic);
    if (topic === undefined || contract === undefined)
      return this.#lanes.run(lane, () => void this.#pass(record) as undefined);
    const pass = (opened: Delivery | (Delivery & { problem: ErrorReport })): void =>
      void this.#pass({ ...record, payload: JSON.stringify(opened) });
    const open = (): void => pass({ ...delivery, data: openKept(delivery, contract, this.#keys.use(topic)) });
    // The consumer gives it back, with the reason: the journal tries again and then sets it aside.
    const giveBack = (error: unknown): void => pass({ ...delivery, problem: typed(topic, error).toReport() });
    return this.#withKey(topic, lane, open, giveBack, () => () => this.#consuming.has(correlation));
  }

  /** A dead letter is shown opened to who might have received it; to others it stays sealed. */
  #takeLetter(record: InRecord): void | Promise<void> {
    const { letter, data } = (parse(record.payload) ?? {}) as Partial<DeadLetterView>;
    const topic = sealedTopicOf(letter);
    const contract = topic === undefined ? undefined : SEALED_TOPICS.get(topic);
    if (topic === undefined || contract === undefined || letter === undefined || data === undefined)
      return this.#pass(record);
    const pass = (view: DeadLetterView): void => void this.#pass({ ...record, payload: JSON.stringify(view) });
    const open = (): void => pass({ letter, data: openKept({ ...letter, data }, contract, this.#keys.use(topic)) });
    this.#withKey(
      topic,
      `letter ${record.correlation}`,
      open,
      () => pass({ letter }),
      () => () => false,
    );
    return undefined;
  }

  /** Opens what came as soon as the key is there, in the lane's order. */
  #withKey(
    topic: string,
    lane: string,
    open: () => void,
    fail: (error: unknown) => void,
    patience: () => () => boolean,
  ): void {
    this.#lanes.run(lane, () => {
      if (this.#keys.get(topic) === undefined)
        return this.#keys.fetchPatiently(topic, patience()).then(open).catch(fail);
      try {
        open();
      } catch (error) {
        fail(error);
      }
      return undefined;
    });
  }

  #pass(record: InRecord): void | Promise<void> {
    if (this.#own.takes(record)) return undefined;
    return this.#handler(record);
  }
}

function typed(topic: string, error: unknown): AicoError {
  return error instanceof AicoError ? error : new AicoError('SDK_SEAL_BROKEN', { subject: topic, cause: error });
}
