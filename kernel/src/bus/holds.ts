import { type Pattern, TopicTrie } from '@aico/schemas';
import type { Peer } from './peer.ts';

/** Peers whose new work is kept back, and who is told when there is some: also of durable events that they consume. */
export class Holds {
  readonly #durable = new TopicTrie<() => void>();
  readonly #undo = new Map<Peer, () => void>();

  /** @param consumed patterns of durable events, which whoever keeps them sends once the peer asks again */
  begin(peer: Peer, consumed: readonly Pattern[], onWork: () => void): void {
    this.end(peer);
    peer.outbox.hold(onWork);
    // Two holds may share a callback: each is its own value in the trie.
    const tell = (): void => onWork();
    const undos = consumed.map((pattern) => this.#durable.add(pattern, tell));
    this.#undo.set(peer, () => {
      for (const undo of undos) undo();
    });
  }

  /** A durable event is kept. */
  kept(topic: string): void {
    for (const tell of this.#durable.match(topic)) tell();
  }

  end(peer: Peer): void {
    this.#undo.get(peer)?.();
    this.#undo.delete(peer);
  }
}
