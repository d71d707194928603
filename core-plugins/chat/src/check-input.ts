type Schema = Readonly<Record<string, unknown>>;

/**
 * What is wrong with what a model gave a tool, as a sentence for the model; undefined when it fits. It looks at the form that
 * models get wrong: an object, its keys, their types and choices. The plugin that gets it trusts it no further.
 */
export function problemOfInput(schema: Schema, input: unknown): string | undefined {
  if (!isRecord(input)) return 'the input must be a JSON object';
  const properties = isRecord(schema['properties']) ? schema['properties'] : {};
  const required = Array.isArray(schema['required']) ? schema['required'].map(String) : [];
  const missing = required.find((key) => !Object.hasOwn(input, key));
  if (missing !== undefined) return `"${missing}" is missing`;
  for (const [key, value] of Object.entries(input)) {
    const property = Object.hasOwn(properties, key) ? properties[key] : undefined;
    if (!isRecord(property)) {
      if (schema['additionalProperties'] === false) return `"${key.slice(0, 40)}" is not known`;
      continue;
    }
    const { type, enum: choices } = property;
    if (typeof type === 'string' && !isOfType(value, type)) return `"${key}" must be a ${type}`;
    if (Array.isArray(choices) && !choices.includes(value)) return `"${key}" must be one of ${choices.join(', ')}`;
  }
  return undefined;
}

function isOfType(value: unknown, type: string): boolean {
  switch (type) {
    case 'array':
      return Array.isArray(value);
    case 'object':
      return isRecord(value);
    case 'integer':
      return Number.isInteger(value);
    case 'null':
      return value === null;
    default:
      return typeof value === type;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
