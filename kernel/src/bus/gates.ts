import { AicoError, type Pattern, parsePattern, parseTopic, type Topic, type Validator } from '@aico/schemas';
import type { WireRecord } from '@aico/schemas/wire';
import type { Constraints, GrantVerb } from '../acl/access-list.ts';
import { type Contract, type ContractTable, parsePayload } from './contract-table.ts';
import { nextHop } from './observe/trace.ts';
import type { Peer } from './peer.ts';

const KNOWN_TOPICS_KEPT = 8_192;

/** What a record that passed the gates may do. */
export interface Passed {
  readonly topic: Topic;
  readonly contract: Contract;
  readonly constraints: Constraints | undefined;
  /** The pattern whose grant stood in for one on the topic itself. */
  readonly within: Pattern | undefined;
  /** The trace that the sender goes on with; a new span of it. */
  readonly traceparent: string | undefined;
}

/** The checks before anything is delivered: size, rate, topic, permission, contract. */
export class Gates {
  readonly #contracts: ContractTable;
  readonly #wellFormed = new Set<string>();

  constructor(contracts: ContractTable) {
    this.#contracts = contracts;
  }

  /** @throws AicoError naming the rule that was broken */
  pass(peer: Peer, verb: GrantVerb, record: WireRecord, now: number): Passed {
    const bytes = record.payload.length;
    if (bytes > peer.quota.messageBytes) {
      const details = { bytes, limit: peer.quota.messageBytes };
      throw new AicoError('KERNEL_PAYLOAD_TOO_LARGE', { subject: peer.id, details });
    }
    if (!peer.admits(bytes, now)) {
      const limit = `${peer.quota.messagesPerSecond} messages, ${peer.quota.bytesPerSecond} bytes a second`;
      throw new AicoError('KERNEL_RATE_EXCEEDED', { subject: peer.id, details: { limit } });
    }
    const topic = this.topic(record.topic);
    const traceparent = record.header.length === 0 ? undefined : nextHop(record.header, peer.id);
    const contract = this.#contracts.find(topic);
    if (verb === 'request' && contract?.topic.requires !== undefined) {
      const within = this.#passByPattern(peer, contract, topic, record.payload);
      return { topic, contract, constraints: undefined, within, traceparent };
    }
    const decision = peer.access.decide(verb, topic);
    if (!decision.allowed) throw denied(peer, verb, topic);
    if (contract === undefined) throw new AicoError('KERNEL_TOPIC_UNKNOWN', { subject: topic });
    // What carries durable events is asked by the kernel alone: a plugin publishes to their own topics.
    if (verb === 'request' && contract.topic.carries !== undefined) {
      throw new AicoError('KERNEL_TOPIC_RESERVED', { subject: topic });
    }
    return { topic, contract, constraints: decision.constraints, within: undefined, traceparent };
  }

  /** A contract may ask for a grant on the pattern that the payload names, instead of one on its own topic. */
  #passByPattern(peer: Peer, contract: Contract, topic: string, payload: Uint8Array): Pattern {
    const { property = '' } = contract.topic.requires ?? {};
    const data = parsePayload(contract.payload as Validator<Record<string, unknown>>, topic, payload);
    const pattern = parsePattern(String(data[property]));
    if (!peer.access.admitsWhole(pattern)) throw denied(peer, 'subscribe', pattern);
    return pattern;
  }

  /** @throws AicoError KERNEL_TOPIC_MALFORMED */
  topic(text: string): Topic {
    if (this.#wellFormed.has(text)) return text as Topic;
    const topic = parseTopic(text);
    if (this.#wellFormed.size >= KNOWN_TOPICS_KEPT) this.#wellFormed.clear();
    this.#wellFormed.add(topic);
    return topic;
  }
}

/** The error of a refused verb. */
export function denied(peer: Peer, verb: GrantVerb, topic: string): AicoError {
  return new AicoError('KERNEL_PERMISSION_DENIED', { subject: peer.id, details: { verb, topic } });
}
