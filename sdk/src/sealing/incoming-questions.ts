import { AicoError, type DeliveryHeader, RecordKind, type SealedAnswer } from '@aico/schemas';
import type { SealedTopic } from '@aico/schemas/sealed-topics';
import type { InRecord, OutRecord } from '../internal/record-port.ts';
import { openText, sealText } from './box.ts';
import { checkText } from './checked.ts';
import { asQuestion, FORM, parse } from './envelope.ts';
import { answerContext, questionContext } from './outgoing-questions.ts';
import type { Session, Sessions } from './sessions.ts';

interface Answering {
  readonly session: Session;
  readonly nonce: string;
  chunks: number;
}

export interface IncomingQuestionsOptions {
  readonly sessions: Sessions;
  readonly send: (record: OutRecord) => void;
  readonly pass: (record: InRecord) => void | Promise<void>;
  readonly onProblem: (topic: string, error: AicoError) => void;
}

/** The requests and streams on sealed topics that this process answers, by the kernel's correlation. */
export class IncomingQuestions {
  readonly #options: IncomingQuestionsOptions;
  readonly #answering = new Map<number, Answering>();

  constructor(options: IncomingQuestionsOptions) {
    this.#options = options;
  }

  /** Takes a request: opened and checked, or refused before the plugin sees it. */
  take(record: InRecord, contract: SealedTopic): void | Promise<void> {
    const { correlation, topic } = record;
    try {
      const payload = this.#open(record, contract);
      return this.#options.pass({ ...record, payload });
    } catch (error) {
      const typed =
        error instanceof AicoError ? error : new AicoError('SDK_SEAL_BROKEN', { subject: topic, cause: error });
      this.#answering.delete(correlation);
      if (typed.code !== 'SDK_SEAL_STALE') this.#options.onProblem(topic, typed);
      this.#options.send({ kind: RecordKind.error, correlation, topic, payload: JSON.stringify(typed.toReport()) });
      return undefined;
    }
  }

  cancel(correlation: number): void {
    this.#answering.delete(correlation);
  }

  /** Seals an answer for who asked; one that nobody waits for goes nowhere. */
  answer(record: OutRecord): void {
    const { kind, correlation, topic, payload = '' } = record;
    const answering = this.#answering.get(correlation);
    if (answering === undefined) return;
    if (kind !== RecordKind.chunk) this.#answering.delete(correlation);
    if (kind === RecordKind.error) {
      this.#options.send(record);
      return;
    }
    const part = kind === RecordKind.chunk ? 'chunk' : 'reply';
    const context = answerContext(part, topic, answering.nonce, answering.chunks);
    if (part === 'chunk') answering.chunks += 1;
    const envelope: SealedAnswer = { sealed: FORM, ...sealText(answering.session.answer, payload, context) };
    this.#options.send({ ...record, payload: JSON.stringify(envelope) });
  }

  #open({ correlation, topic, header, payload }: InRecord, contract: SealedTopic): string {
    const envelope = asQuestion(parse(payload));
    if (envelope === undefined) throw new AicoError('SDK_SEAL_MISSING', { subject: topic });
    const { sessions } = this.#options;
    if (envelope.to !== sessions.publicKey) throw new AicoError('SDK_SEAL_STALE', { subject: topic });
    const { sender } = (parse(header) ?? {}) as Partial<DeliveryHeader>;
    const session = sessions.withAsker(envelope.from);
    const text = openText(session.question, envelope, questionContext(topic, String(sender), envelope.about));
    if (text === undefined) throw new AicoError('SDK_SEAL_BROKEN', { subject: topic });
    const data = checkText(contract.payload, topic, text) as Record<string, unknown>;
    // The kernel judged by what was said in the open: it must be what is asked.
    if (contract.about !== undefined && data[contract.about] !== envelope.about)
      throw new AicoError('SDK_SEAL_BROKEN', { subject: topic });
    this.#answering.set(correlation, { session, nonce: envelope.nonce, chunks: 0 });
    return text;
  }
}
