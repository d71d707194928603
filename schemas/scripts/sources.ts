import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A JSON Schema, in the keywords that this project uses; `emit-types.ts` refuses any other. */
export interface Schema {
  $ref?: string;
  type?: string | string[];
  description?: string;
  title?: string;
  const?: unknown;
  enum?: unknown[];
  oneOf?: Schema[];
  anyOf?: Schema[];
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  propertyNames?: Schema;
  items?: Schema;
  [limit: string]: unknown;
}

/** One file of `messages/`. */
export interface Area {
  name: string;
  document: { $id: string; $defs: Record<string, Schema> } & Record<string, unknown>;
}

/** One entry of `topics.json`, as `meta/topics.schema.json` describes it. */
export interface TopicEntry {
  topic: string;
  kind: 'event' | 'request' | 'stream';
  payload: string;
  reply?: string;
  chunk?: string;
  delivery?: string;
  sealed?: true;
  redacted?: true;
  requires?: { verb: string; property: string };
  constraints?: string;
  limits?: Record<string, string>;
  words: Record<string, string>;
  description: string;
  expose?: { role: string; method?: string; path?: string; websocket?: true };
}

/** One entry of `errors/<area>.json`. */
export interface ErrorEntry {
  message: string;
  rule: string;
  fix: string;
  status: number;
}

/** Everything that is generated from. */
export interface Sources {
  areas: Area[];
  topics: { contracts: Record<string, string>; topics: TopicEntry[] };
  errors: { area: string; entries: Record<string, ErrorEntry> }[];
  meta: { topics: Schema; errors: Schema };
}

export const SCHEMA_HOST = 'https://aico.invalid/schemas/';

/** Reads the sources below `root` (the schemas package), in name order. */
export function readSources(root: string): Sources {
  return {
    areas: readFolder<Area['document']>(join(root, 'messages')).map(([name, document]) => ({ name, document })),
    topics: readJson(join(root, 'topics.json')),
    errors: readFolder<Record<string, ErrorEntry>>(join(root, 'errors')).map(([area, entries]) => ({ area, entries })),
    meta: {
      topics: readJson(join(root, 'meta/topics.schema.json')),
      errors: readJson(join(root, 'meta/errors.schema.json')),
    },
  };
}

/** `area#Def` of a `$ref` found in `area`. */
export function nameOfReference(reference: string, area: string): string {
  const match = /^(?:https:\/\/aico\.invalid\/schemas\/([a-z][a-z0-9-]*))?#\/\$defs\/([A-Z][A-Za-z0-9]*)$/.exec(
    reference,
  );
  if (match === null) throw new Error(`${area}: "$ref": "${reference}" names no definition of an area`);
  return `${match[1] ?? area}#${match[2]}`;
}

/** Every definition as `area#Def`, in source order. */
export function definitions(areas: readonly Area[]): { name: string; area: string; title: string; schema: Schema }[] {
  return areas.flatMap(({ name: area, document }) =>
    Object.entries(document.$defs).map(([title, schema]) => ({ name: `${area}#${title}`, area, title, schema })),
  );
}

function readFolder<T>(folder: string): [name: string, content: T][] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => [file.slice(0, -'.json'.length), readJson<T>(join(folder, file))]);
}

function readJson<T>(path: string): T {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as T;
  } catch (cause) {
    throw new Error(`${path} cannot be read as JSON`, { cause });
  }
}
