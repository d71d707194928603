import {
  AicoError,
  explain,
  isWildcard,
  type Pattern,
  parsePattern,
  TOPICS,
  type TopicContract,
  TopicTrie,
  type Validator,
  validators,
} from '@aico/schemas';
import { type QuickCheck, quickChecks } from '@aico/schemas/quick-checks';
import type { FrameReader } from '@aico/schemas/wire';
import { parseJson } from './json-text.ts';

/** A longer payload holds long texts, which parsing passes over faster than a quick check does. */
const QUICK_BYTES = 2_048;

/** A topic's contract with its validators at hand. */
export interface Contract {
  readonly topic: TopicContract;
  readonly payload: Validator;
  /** Passes most good payloads without parsing them; events have one. */
  readonly quick: QuickCheck | undefined;
  readonly reply: Validator | undefined;
  readonly chunk: Validator | undefined;
}

/** Every contract by topic; topics of plugins are found by their template. */
export class ContractTable {
  readonly #literal = new Map<string, Contract>();
  readonly #templates = new TopicTrie<Contract>();

  constructor(topics: readonly TopicContract[] = TOPICS) {
    for (const topic of topics) {
      const pattern: Pattern = parsePattern(topic.topic);
      const contract = topic.sealed === true ? sealedContract(topic) : openContract(topic);
      if (isWildcard(pattern)) this.#templates.add(pattern, contract);
      else this.#literal.set(topic.topic, contract);
    }
  }

  /** The topic whose server keeps durable events, if any. */
  get carrier(): string | undefined {
    return [...this.#literal.values()].find(({ topic }) => topic.carries === 'durable')?.topic.topic;
  }

  /** @throws AicoError KERNEL_TOPIC_UNKNOWN */
  get(topic: string): Contract {
    const contract = this.find(topic);
    if (contract === undefined) throw new AicoError('KERNEL_TOPIC_UNKNOWN', { subject: topic.slice(0, 255) });
    return contract;
  }

  find(topic: string): Contract | undefined {
    return this.#literal.get(topic) ?? this.#templates.match(topic)[0];
  }
}

function openContract(topic: TopicContract): Contract {
  return {
    topic,
    payload: validators[topic.payload],
    quick: quickChecks[topic.payload],
    reply: topic.reply === undefined ? undefined : validators[topic.reply],
    chunk: topic.chunk === undefined ? undefined : validators[topic.chunk],
  };
}

/** What is sealed is held to the form of its envelope; what is inside, to its schema by whoever opens it. */
function sealedContract(topic: TopicContract): Contract {
  const answer = validators['sealed#SealedAnswer'];
  return {
    topic,
    payload: topic.kind === 'event' ? validators['sealed#SealedEvent'] : validators['sealed#SealedQuestion'],
    quick: undefined,
    reply: topic.reply === undefined ? undefined : answer,
    chunk: topic.chunk === undefined ? undefined : answer,
  };
}

const ENVELOPES: ReadonlySet<unknown> = new Set([
  validators['sealed#SealedEvent'],
  validators['sealed#SealedQuestion'],
  validators['sealed#SealedAnswer'],
]);

/** Checks an event's payload. @throws AicoError KERNEL_PAYLOAD_INVALID, KERNEL_PAYLOAD_UNSEALED */
export function checkEvent({ quick, payload: validator }: Contract, topic: string, record: FrameReader): void {
  const { frame, payloadStart, payloadEnd, payloadLength } = record;
  if (payloadLength <= QUICK_BYTES && quick?.(frame, payloadStart, payloadEnd) === true) return;
  checkPayload(validator, topic, record.payload);
}

/** Parses JSON bytes and checks them. @throws AicoError KERNEL_PAYLOAD_INVALID */
export function checkPayload(validator: Validator, topic: string, payload: Uint8Array): void {
  parsePayload(validator, topic, payload);
}

/** As `checkPayload`, and returns the data. @throws AicoError KERNEL_PAYLOAD_INVALID */
export function parsePayload<T>(validator: Validator<T>, topic: string, payload: Uint8Array): T {
  let data: unknown;
  try {
    data = parseJson(payload);
  } catch (error) {
    const problem = error instanceof RangeError ? error.message : 'it is not JSON';
    throw new AicoError('KERNEL_PAYLOAD_INVALID', { subject: topic, details: { problem } });
  }
  if (validator(data)) return data;
  if (ENVELOPES.has(validator)) throw new AicoError('KERNEL_PAYLOAD_UNSEALED', { subject: topic });
  const { sentence } = explain(validator);
  throw new AicoError('KERNEL_PAYLOAD_INVALID', { subject: topic, details: { problem: sentence } });
}
