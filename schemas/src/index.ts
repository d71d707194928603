export { AicoError, type ErrorFields, isAicoError } from './aico-error.ts';
export { type Explanation, explain, type ValidationIssue, type Validator } from './explain.ts';
export { ERRORS, type ErrorCode, type ErrorDefinition } from './generated/errors.ts';
export {
  CONTRACTS,
  TOPICS,
  type TopicContract,
  type TopicKind,
  type TopicMap,
  type TopicName,
  type Verb,
} from './generated/topics.ts';
export type * from './generated/types.ts';
export { validators } from './generated/validators.ts';
export { isAnswering } from './is-answering.ts';
export { nearestName } from './nearest-name.ts';
export { orderKey } from './order-key.ts';
export { type DeliveryHeader, type HandedOver, type LifecycleMessage, RecordKind, type Resumed } from './protocol.ts';
export {
  assertFitsFrame,
  contains,
  isReserved,
  isWildcard,
  MAX_TOPIC_BYTES,
  MAX_TOPIC_TOKENS,
  matches,
  overlaps,
  type Pattern,
  parsePattern,
  parseTopic,
  type Topic,
  topicOwner,
} from './topic.ts';
export { TopicTrie } from './topic-trie.ts';
export { isVaultClosed } from './vault-closed.ts';
