import { AicoError, type Pattern, parsePattern, parseTopic, type Topic, type Validator } from '@aico/schemas';
import type { WireRecord } from '@aico/schemas/wire';
import type { Constraints, GrantVerb } from '../acl/access-list.ts';
import { type Contract, type ContractTable, parsePayload } from './contract-table.ts';
import { nextHop } from './observe/trace.ts';
import type { Peer } from './peer.ts';

const KNOWN_TOPICS_KEPT = 8_192;
/** More than an envelope has beside its box. */
const ENVELOPE_BYTES = 1_024;

/** What a peer may do with a topic. */
export interface Permitted {
  readonly topic: Topic;
  readonly contract: Contract;
  readonly constraints: Constraints | undefined;
  /** The pattern whose grant stood in for one on the topic itself. */
  readonly within: Pattern | undefined;
}

/** What a record that passed the gates may do. */
export interface Passed extends Permitted {
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
    this.admit(peer, record.topic, record.payload.length, now);
    const traceparent = this.trace(peer, record.header);
    return { ...this.permit(peer, verb, record.topic, record.payload), traceparent };
  }

  /** Size and rate. @throws AicoError */
  admit(peer: Peer, topic: string, bytes: number, now: number): void {
    if (bytes > peer.quota.messageBytes) this.assertSize(peer, topic, bytes);
    const overRate = peer.overRate(bytes, now);
    if (overRate !== undefined) throw overRate;
  }

  /** Whether a topic's payloads are sealed for its receivers. */
  isSealed(topic: string): boolean {
    return this.#contracts.find(topic)?.topic.sealed === true;
  }

  /** What is sealed may be larger by what sealing adds. @throws AicoError KERNEL_PAYLOAD_TOO_LARGE */
  assertSize(peer: Peer, topic: string, bytes: number): void {
    const { messageBytes } = peer.quota;
    const limit = this.isSealed(topic) ? Math.ceil(messageBytes / 3) * 4 + ENVELOPE_BYTES : messageBytes;
    if (bytes <= limit) return;
    const details = { bytes, limit, exceeded: 'messageBytes' };
    throw new AicoError('KERNEL_PAYLOAD_TOO_LARGE', { subject: peer.id, details });
  }

  /** The trace that a sender goes on with; a new span of it. @throws AicoError KERNEL_TRACE_MALFORMED */
  trace(peer: Peer, header: Uint8Array): string | undefined {
    return header.length === 0 ? undefined : nextHop(header, peer.id);
  }

  /** Topic, permission and contract. @throws AicoError */
  permit(peer: Peer, verb: GrantVerb, text: string, payload?: Uint8Array): Permitted {
    const topic = this.topic(text);
    const contract = this.#contracts.find(topic);
    if (payload !== undefined && verb === 'request' && contract?.topic.requires !== undefined) {
      return { topic, contract, ...this.#passByName(peer, contract, topic, payload) };
    }
    const decision = peer.access.decide(verb, topic);
    if (!decision.allowed) throw denied(peer, verb, topic);
    if (contract === undefined) throw new AicoError('KERNEL_TOPIC_UNKNOWN', { subject: topic });
    // What carries durable events is asked by the kernel alone: a plugin publishes to their own topics.
    if (verb === 'request' && contract.topic.carries !== undefined) {
      throw new AicoError('KERNEL_TOPIC_RESERVED', { subject: topic });
    }
    return { topic, contract, constraints: decision.constraints, within: undefined };
  }

  /** A contract may ask for a grant on what the payload names, instead of one on its own topic. */
  #passByName(
    peer: Peer,
    contract: Contract,
    topic: string,
    payload: Uint8Array,
  ): Pick<Permitted, 'constraints' | 'within'> {
    const { verb, property = '' } = contract.topic.requires ?? {};
    const data = parsePayload(contract.payload as Validator<Record<string, unknown>>, topic, payload);
    // What is sealed says outside what the kernel judges by; who opens it sees that it is the same inside.
    const named = String(data[contract.topic.sealed === true ? 'about' : property]);
    if (verb === 'subscribe') {
      const within = parsePattern(named);
      if (!peer.access.admitsWhole(within)) throw denied(peer, 'subscribe', within);
      return { constraints: undefined, within };
    }
    const used = this.topic(named);
    const may = (each: GrantVerb): boolean => peer.access.decide(each, used).allowed;
    // A topic that is judged by its payload is open to be asked by all.
    const allowed =
      verb === 'request'
        ? may('request') || this.#contracts.find(used)?.topic.requires !== undefined
        : may('publish') || may('subscribe');
    if (!allowed) throw denied(peer, verb === 'request' ? verb : 'publish or subscribe', used);
    return { constraints: { [property]: used }, within: undefined };
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
export function denied(peer: Peer, verb: GrantVerb | 'publish or subscribe', topic: string): AicoError {
  return new AicoError('KERNEL_PERMISSION_DENIED', { subject: peer.id, details: { verb, topic } });
}
