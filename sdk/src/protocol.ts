/** The contracts as data, for a plugin that carries messages of topics that it does not know, such as a gateway. */
export {
  contains,
  explain,
  isReserved,
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
