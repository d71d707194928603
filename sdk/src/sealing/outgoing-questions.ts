import {
  AicoError,
  type DeliveryHeader,
  type ErrorReport,
  explain,
  RecordKind,
  type SealedQuestion,
} from '@aico/schemas';
import type { SealedTopic } from '@aico/schemas/sealed-topics';
import type { InRecord, OutRecord } from '../internal/record-port.ts';
import { openText, sealText } from './box.ts';
import { checkText } from './checked.ts';
import { asAnswer, FORM, parse } from './envelope.ts';
import { Lanes } from './lanes.ts';
import type { Session, Sessions } from './sessions.ts';

/** A server that starts anew makes a new key: a request is sealed again for it this often. */
const MOST_TRIES = 4;

interface Asked {
  readonly record: OutRecord;
  readonly contract: SealedTopic;
  readonly data: unknown;
  session: Session | undefined;
  /** The question's nonce: what answers it is bound to it. */
  nonce: string;
  chunks: number;
  tries: number;
}

export interface OutgoingQuestionsOptions {
  readonly self: string;
  readonly sessions: Sessions;
  readonly send: (record: OutRecord) => void;
  /** Where what came goes on to, opened. */
  readonly pass: (record: InRecord) => void | Promise<void>;
  readonly request: (topic: string, data: unknown) => Promise<unknown>;
}

/** The requests and streams on sealed topics that this process has open, by correlation. */
export class OutgoingQuestions {
  readonly #options: OutgoingQuestionsOptions;
  readonly #asked = new Map<number, Asked>();
  readonly #servers = new Map<string, string>();
  readonly #lanes = new Lanes();

  constructor(options: OutgoingQuestionsOptions) {
    this.#options = options;
  }

  /** Seals a request and sends it, when the server's key is there. */
  ask(record: OutRecord, contract: SealedTopic): void {
    try {
      const data = checkText(contract.payload, record.topic, record.payload ?? '');
      const asked: Asked = { record, contract, data, session: undefined, nonce: '', chunks: 0, tries: 0 };
      this.#asked.set(record.correlation, asked);
      this.#send(asked);
    } catch (error) {
      this.#fail(record, error);
    }
  }

  /** The asker gave a request up. */
  cancel(correlation: number): void {
    this.#asked.delete(correlation);
  }

  /** Takes a reply, a chunk or an error. */
  take(record: InRecord): void | Promise<void> {
    const asked = this.#asked.get(record.correlation);
    if (asked === undefined) return undefined;
    if (record.kind === RecordKind.error) return this.#takeError(asked, record);
    try {
      const payload = this.#open(asked, record);
      if (record.kind === RecordKind.reply) this.#asked.delete(record.correlation);
      return this.#options.pass({ ...record, payload });
    } catch (error) {
      this.#options.send({ kind: RecordKind.cancel, correlation: record.correlation, topic: record.topic });
      return this.#fail(asked.record, error);
    }
  }

  #takeError(asked: Asked, record: InRecord): void | Promise<void> {
    const { code } = (parse(record.payload) ?? {}) as Partial<ErrorReport>;
    if (code === 'SDK_SEAL_STALE' && asked.tries < MOST_TRIES) {
      this.#servers.delete(record.topic);
      this.#send(asked);
      return undefined;
    }
    this.#asked.delete(record.correlation);
    return this.#options.pass(record);
  }

  #send(asked: Asked): void {
    const { topic, correlation } = asked.record;
    const seal = (server: string): void => {
      if (this.#asked.get(correlation) === asked) this.#options.send(this.#seal(asked, server));
    };
    this.#lanes.run(topic, () => {
      const known = this.#servers.get(topic);
      if (known === undefined)
        return this.#learn(topic)
          .then(seal)
          .catch((error) => void this.#fail(asked.record, error));
      seal(known);
      return undefined;
    });
  }

  async #learn(topic: string): Promise<string> {
    const { key } = (await this.#options.request('kernel.server.key.v1', { topic })) as { key: string };
    this.#servers.set(topic, key);
    return key;
  }

  #seal(asked: Asked, server: string): OutRecord {
    const { self, sessions } = this.#options;
    const { record, contract, data } = asked;
    const session = sessions.withServer(server);
    const about = contract.about === undefined ? undefined : String((data as Record<string, unknown>)[contract.about]);
    const box = sealText(session.question, record.payload ?? '', questionContext(record.topic, self, about));
    Object.assign(asked, { session, nonce: box.nonce, chunks: 0, tries: asked.tries + 1 });
    const envelope: SealedQuestion = { sealed: FORM, from: sessions.publicKey, to: server, ...box };
    const payload = JSON.stringify(about === undefined ? envelope : { ...envelope, about });
    return { ...record, payload };
  }

  #open(asked: Asked, { kind, topic, header, payload }: InRecord): string {
    const envelope = asAnswer(parse(payload));
    if (envelope === undefined) throw new AicoError('SDK_SEAL_MISSING', { subject: topic });
    const part = kind === RecordKind.chunk ? 'chunk' : 'reply';
    const context = answerContext(part, topic, asked.nonce, asked.chunks);
    const text = asked.session === undefined ? undefined : openText(asked.session.answer, envelope, context);
    if (text === undefined) throw new AicoError('SDK_SEAL_BROKEN', { subject: topic });
    if (part === 'chunk') asked.chunks += 1;
    const validator = asked.contract[part];
    if (validator?.(parse(text)) === true) return text;
    const { sender } = (parse(header) ?? {}) as Partial<DeliveryHeader>;
    const problem = validator === undefined ? 'none is expected' : explain(validator).sentence;
    throw new AicoError('KERNEL_REPLY_INVALID', { subject: sender ?? topic, details: { topic, problem } });
  }

  #fail({ correlation, topic }: OutRecord, error: unknown): void | Promise<void> {
    this.#asked.delete(correlation);
    const typed =
      error instanceof AicoError ? error : new AicoError('SDK_SEAL_BROKEN', { subject: topic, cause: error });
    const payload = JSON.stringify(typed.toReport());
    return this.#options.pass({
      kind: RecordKind.error,
      correlation,
      topic,
      sequence: 0,
      time: 0,
      header: '',
      payload,
    });
  }
}

/** What a question is bound to. */
export function questionContext(topic: string, asker: string, about: string | undefined): readonly unknown[] {
  return ['question', topic, asker, about ?? ''];
}

/** What an answer is bound to; the number says which chunk it is, or how many came before the reply. */
export function answerContext(part: string, topic: string, question: string, number: number): readonly unknown[] {
  return [part, topic, question, number];
}
