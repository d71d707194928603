import { type Area, definitions } from './sources.ts';

/** `json-schemas.ts`: the schemas themselves, for whoever describes the protocol to others, e.g. as OpenAPI. */
export function emitJsonSchemas(areas: readonly Area[]): string {
  const table = Object.fromEntries(definitions(areas).map(({ name, schema }) => [name, schema]));
  return `import type { SchemaName } from './types.ts';

/** A JSON Schema, dialect 2020-12; a \`$ref\` ends in the name of another definition. */
export type JsonSchema = { readonly [keyword: string]: unknown };

/** Every schema by its name. */
export const SCHEMAS: Readonly<Record<SchemaName, JsonSchema>> = ${JSON.stringify(table, undefined, 2)};
`;
}
