import {
  contains,
  isReserved,
  isWildcard,
  matches,
  parsePattern,
  parseTopic,
  TOPICS,
  type TopicContract,
} from '@aico/sdk/protocol';

/** A request topic that is offered at a method and a path. */
export interface ExposedRoute {
  readonly contract: TopicContract;
  readonly role: 'public' | 'user';
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below /api/v1, with parameters as `{id}`. */
  readonly path: string;
}

/** Every route that the topic table offers. Streams are for the WebSocket. */
export const EXPOSED_ROUTES: readonly ExposedRoute[] = TOPICS.flatMap((contract) => {
  const { role, method, path } = contract.expose ?? {};
  if (contract.kind !== 'request' || role === undefined || method === undefined || path === undefined) return [];
  return [{ contract, role, method, path }];
});

const ON_WEBSOCKET: readonly TopicContract[] = TOPICS.filter(({ expose }) => expose?.websocket === true);

/** The contract of a topic that a WebSocket may ask for, as a request or as a stream. */
export function findAskable(kind: 'request' | 'stream', topic: string): TopicContract | undefined {
  if (isWildcard(topic)) return undefined;
  const fitting = ON_WEBSOCKET.filter((contract) => contract.kind === kind);
  return fitting.find((contract) => contract.topic === topic) ?? fitting.find((contract) => covers(contract, topic));
}

/** A topic that each plugin has of its own stands in the table as a pattern: only the plugin's id is open in it. */
function covers({ topic: pattern }: TopicContract, topic: string): boolean {
  if (!isWildcard(pattern)) return false;
  try {
    return matches(parsePattern(pattern), parseTopic(topic));
  } catch {
    return false;
  }
}

/**
 * The event topics of the table that lie in a pattern and are open to a WebSocket. As on the bus, a wildcard never reaches
 * the kernel's own topics: they are subscribed by name. @throws AicoError KERNEL_TOPIC_MALFORMED
 */
export function findEvents(text: string): readonly string[] {
  const pattern = parsePattern(text);
  const reachesReserved = isReserved(text) || !isWildcard(text);
  return ON_WEBSOCKET.filter(({ kind }) => kind === 'event')
    .map(({ topic }) => parseTopic(topic))
    .filter((topic) => contains(pattern, parsePattern(topic)) && (reachesReserved || !isReserved(topic)));
}
