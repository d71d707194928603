export { AicoError, type ErrorFields, isAicoError } from './aico-error.ts';
export { ERRORS, type ErrorCode } from './generated/errors.ts';
export { TOPICS, type TopicMap } from './generated/topics.ts';
export type * from './generated/types.ts';
export { type Validator, type ValidatorName, validators } from './generated/validators.ts';
export {
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
