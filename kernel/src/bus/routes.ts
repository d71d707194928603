import { AicoError, type TopicTrie } from '@aico/schemas';
import type { Gates, Permitted } from './gates.ts';
import type { Peer } from './peer.ts';

/** Topics of one publisher whose route is kept; a hostile one may name endless topics. */
const ROUTES_KEPT = 1_024;

/** What an event of one publisher on one topic meets. */
export interface Route extends Permitted {
  readonly receivers: readonly Peer[];
}

/** Works out each route once, and anew after any grant or subscription changed. */
export class Routes {
  readonly #gates: Gates;
  readonly #subscribers: TopicTrie<Peer>;
  readonly #known = new Map<Peer, Map<string, Route>>();
  #last: { readonly publisher: Peer; readonly text: string; readonly route: Route } | undefined;

  constructor(gates: Gates, subscribers: TopicTrie<Peer>) {
    this.#gates = gates;
    this.#subscribers = subscribers;
  }

  /** To be called whenever a grant or a subscription changed, before the next message is routed. */
  forget(): void {
    this.#known.clear();
    this.#last = undefined;
  }

  /** The route of what a peer publishes. @throws AicoError KERNEL_… */
  find(publisher: Peer, text: string): Route {
    // The records of a frame mostly go the same way.
    if (this.#last?.text === text && this.#last.publisher === publisher) return this.#last.route;
    const route = this.#known.get(publisher)?.get(text) ?? this.#build(publisher, text);
    this.#last = { publisher, text, route };
    return route;
  }

  #build(publisher: Peer, text: string): Route {
    const permitted = this.#gates.permit(publisher, 'publish', text);
    const { topic, contract } = permitted;
    if (contract.topic.kind !== 'event') throw new AicoError('KERNEL_TOPIC_UNKNOWN', { subject: topic });
    const route: Route = { ...permitted, receivers: this.receivers(topic) };
    const routes = this.#known.get(publisher) ?? new Map<string, Route>();
    if (routes.size >= ROUTES_KEPT) routes.clear();
    this.#known.set(publisher, routes.set(text, route));
    return route;
  }

  /** Who subscribes to a topic and may: a pattern may reach further than its subscriber's grants. */
  receivers(topic: string): readonly Peer[] {
    return this.#subscribers.match(topic).filter((peer) => peer.access.decide('subscribe', topic).allowed);
  }
}
