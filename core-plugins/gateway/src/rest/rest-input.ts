import { AicoError } from '@aico/sdk';
import { explain, type JsonSchema, SCHEMAS, type TopicContract, type Validator, validators } from '@aico/sdk/protocol';

/** Where the payload of a topic comes from. */
export interface RestParts {
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, unknown>>;
  readonly body: unknown;
}

/**
 * Puts path, query and body together to the payload that a topic wants. Texts of path and query become what the schema
 * says that they are. @throws AicoError GATEWAY_INPUT_INVALID
 */
export function assembleInput(contract: TopicContract, parts: RestParts, subject: string): unknown {
  if (parts.body !== undefined && !isRecord(parts.body)) throw invalid(subject, 'the body must be an object');
  const properties = (SCHEMAS[contract.payload]['properties'] ?? {}) as Record<string, JsonSchema>;
  const payload = new Map<string, unknown>(Object.entries(parts.body ?? {}));
  for (const [key, text] of [...Object.entries(parts.params), ...Object.entries(parts.query)]) {
    const value = typeof text === 'string' ? readText(text, properties[key]) : text;
    if (payload.has(key) && payload.get(key) !== value) throw invalid(subject, `${key.slice(0, 60)} is given twice`);
    payload.set(key, value);
  }
  return checkPayload(contract, Object.fromEntries(payload), subject);
}

/** Checks a payload against the contract of its topic. @throws AicoError GATEWAY_INPUT_INVALID */
export function checkPayload(contract: TopicContract, payload: unknown, subject: string): unknown {
  const validate: Validator = validators[contract.payload];
  if (validate(payload)) return payload;
  throw invalid(subject, explain(validate).sentence);
}

function invalid(subject: string, problem: string): AicoError {
  return new AicoError('GATEWAY_INPUT_INVALID', { subject, details: { problem } });
}

/** A text that does not read as its type stays a text, and the schema's check then says what it should have been. */
function readText(text: string, schema: JsonSchema | undefined): unknown {
  switch (schema?.['type']) {
    case 'integer':
    case 'number':
      return /^-?\d{1,15}(\.\d{1,15})?$/.test(text) ? Number(text) : text;
    case 'boolean':
      return text === 'true' || text === 'false' ? text === 'true' : text;
    default:
      return text;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
