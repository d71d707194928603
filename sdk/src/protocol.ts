/** The contracts as data, for a first-party plugin that carries messages of topics that it does not know, or judges what they say. */
export {
  contains,
  explain,
  isReserved,
  isVaultClosed,
  isWildcard,
  matches,
  orderKey,
  type Pattern,
  parsePattern,
  parseTopic,
  TOPICS,
  type Topic,
  type TopicContract,
  type Validator,
  validators,
} from '@aico/schemas';
export { type JsonSchema, SCHEMAS } from '@aico/schemas/json-schemas';
