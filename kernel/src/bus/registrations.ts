import { AicoError, parsePattern, RecordKind, type ServerKey, type TopicTrie, validators } from '@aico/schemas';
import type { WireRecord } from '@aico/schemas/wire';
import { parsePayload } from './contract-table.ts';
import { denied, type Gates } from './gates.ts';
import type { Peer } from './peer.ts';

/** Who subscribes and who serves what; owned by the peer, gone with it. */
export class Registrations {
  readonly #subscribers: TopicTrie<Peer>;
  readonly #servers = new Map<string, Peer>();
  readonly #gates: Gates;

  constructor(subscribers: TopicTrie<Peer>, gates: Gates) {
    this.#subscribers = subscribers;
    this.#gates = gates;
  }

  server(topic: string): Peer | undefined {
    return this.#servers.get(topic);
  }

  /** The public key that a topic's server made for its run. @throws AicoError KERNEL_NO_SERVER */
  serverKey(topic: string): ServerKey {
    const key = this.#servers.get(topic)?.sealingKey;
    if (key === undefined) throw new AicoError('KERNEL_NO_SERVER', { subject: topic });
    return { key };
  }

  /** Applies a control record. @throws AicoError KERNEL_… */
  apply(peer: Peer, { kind, topic: text, payload }: Pick<WireRecord, 'kind' | 'topic' | 'payload'>): void {
    if (kind === RecordKind.subscribe) this.#subscribe(peer, text);
    else if (kind === RecordKind.serve) this.#serve(peer, text, payload);
    else if (kind === RecordKind.unsubscribe) this.#unsubscribe(peer, text);
    else this.#unserve(peer, text);
  }

  /** Ends what a changed grant no longer admits. */
  review(peer: Peer): void {
    for (const pattern of [...peer.subscriptions.keys()]) {
      if (!peer.access.admitsSubscription(parsePattern(pattern))) this.#unsubscribe(peer, pattern);
    }
    for (const topic of [...peer.serving]) {
      if (!peer.access.decide('serve', topic).allowed) this.#unserve(peer, topic);
    }
  }

  removeAll(peer: Peer): void {
    for (const pattern of [...peer.subscriptions.keys()]) this.#unsubscribe(peer, pattern);
    for (const topic of [...peer.serving]) this.#unserve(peer, topic);
  }

  /** Puts what a peer that stood by registered in force, in the place of another's. */
  promote(peer: Peer, predecessor: Peer): void {
    this.removeAll(predecessor);
    peer.standby = false;
    for (const pattern of peer.subscriptions.keys()) {
      peer.subscriptions.set(pattern, this.#subscribers.add(parsePattern(pattern), peer));
    }
    for (const topic of peer.serving) this.#servers.set(topic, peer);
  }

  #subscribe(peer: Peer, text: string): void {
    const pattern = parsePattern(text);
    if (peer.subscriptions.has(pattern)) return;
    if (!peer.access.admitsSubscription(pattern)) throw denied(peer, 'subscribe', pattern);
    const limit = peer.quota.subscriptions;
    if (peer.subscriptions.size >= limit) {
      const details = { limit, exceeded: 'subscriptions' };
      throw new AicoError('KERNEL_SUBSCRIPTION_LIMIT', { subject: peer.id, details });
    }
    peer.subscriptions.set(pattern, peer.standby ? () => {} : this.#subscribers.add(pattern, peer));
  }

  #unsubscribe(peer: Peer, pattern: string): void {
    peer.subscriptions.get(pattern)?.();
    peer.subscriptions.delete(pattern);
  }

  #serve(peer: Peer, text: string, payload: Uint8Array): void {
    const topic = this.#gates.topic(text);
    if (!peer.access.decide('serve', topic).allowed) throw denied(peer, 'serve', topic);
    const other = this.#servers.get(topic);
    const isTaken = other !== undefined && other !== peer && !(peer.standby && other.id === peer.id);
    if (isTaken) throw new AicoError('KERNEL_SERVER_EXISTS', { subject: topic });
    if (this.#gates.isSealed(topic)) peer.sealingKey = keyIn(peer, topic, payload);
    if (!peer.standby) this.#servers.set(topic, peer);
    peer.serving.add(topic);
  }

  #unserve(peer: Peer, topic: string): void {
    if (!peer.serving.delete(topic)) return;
    if (this.#servers.get(topic) === peer) this.#servers.delete(topic);
  }
}

/** The public key that a server gives with its registration. @throws AicoError KERNEL_SERVER_KEY_MISSING */
function keyIn(peer: Peer, topic: string, payload: Uint8Array): string {
  try {
    return parsePayload(validators['control#ServerKey'], topic, payload).key;
  } catch (cause) {
    throw new AicoError('KERNEL_SERVER_KEY_MISSING', { subject: peer.id, details: { topic }, cause });
  }
}
