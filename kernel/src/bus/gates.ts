import { AicoError, parseTopic, type Topic } from '@aico/schemas';
import type { WireRecord } from '@aico/schemas/wire';
import type { Constraints, GrantVerb } from '../acl/access-list.ts';
import type { Contract, ContractTable } from './contract-table.ts';
import type { Peer } from './peer.ts';

const KNOWN_TOPICS_KEPT = 8_192;

/** What a record that passed the gates may do. */
export interface Passed {
  readonly topic: Topic;
  readonly contract: Contract;
  readonly constraints: Constraints | undefined;
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
    const decision = peer.access.decide(verb, topic);
    if (!decision.allowed) throw denied(peer, verb, topic);
    return { topic, contract: this.#contracts.get(topic), constraints: decision.constraints };
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
