import { type JsonSchema, SCHEMAS } from '@aico/sdk/protocol';
import { EXPOSED_ROUTES, type ExposedRoute } from '../exposed-topics.ts';
import { type Operation, OWN_OPERATIONS } from './own-operations.ts';

const SESSION_COOKIE = 'session';
const CSRF_HEADER = 'csrf';

/** The OpenAPI 3.1 document, from the same table and schemas that the routes are made from. */
export function createOpenApiDocument(version: string, cookie: string): JsonSchema {
  const operations = [...OWN_OPERATIONS, ...EXPOSED_ROUTES.map(operationOf)];
  const paths: Record<string, Record<string, JsonSchema>> = {};
  for (const operation of operations) {
    const path = `/api/v1${operation.path}`;
    paths[path] = { ...paths[path], [operation.method.toLowerCase()]: describe(operation) };
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'AICO',
      version,
      description:
        'The HTTP interface of AICO on this machine. Events and streams travel on the WebSocket /api/v1/ws, in frames of the shapes ClientFrame and ServerFrame.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    paths,
    components: {
      schemas: collectSchemas(paths, ['gateway#ClientFrame', 'gateway#ServerFrame']),
      securitySchemes: {
        [SESSION_COOKIE]: { type: 'apiKey', in: 'cookie', name: cookie },
        [CSRF_HEADER]: { type: 'apiKey', in: 'header', name: 'x-aico-csrf' },
      },
    },
  };
}

function operationOf({ contract, role, method, path }: ExposedRoute): Operation {
  const { topic, description, payload, reply } = contract;
  return {
    id: topic,
    summary: description,
    tag: topic.split('.')[0] ?? '',
    role,
    method,
    path,
    input: payload,
    output: reply,
  };
}

function describe(operation: Operation): JsonSchema {
  const { id, summary, tag, role, method, path, input, output } = operation;
  const isReading = method === 'GET';
  const fields = input === undefined ? [] : fieldsOf(SCHEMAS[input]);
  const inPath = fields.filter(({ name }) => path.includes(`{${name}}`));
  const rest = fields.filter(({ name }) => !path.includes(`{${name}}`));
  const inQuery = isReading || method === 'DELETE' ? rest : [];
  const inBody = inQuery.length > 0 ? [] : rest;
  const parameters = [
    ...inPath.map((field) => ({ name: field.name, in: 'path', required: true, schema: localise(field.schema) })),
    ...inQuery.map((field) => ({
      name: field.name,
      in: 'query',
      required: field.isRequired,
      schema: localise(field.schema),
    })),
  ];
  const security = isReading ? [{ [SESSION_COOKIE]: [] }] : [{ [SESSION_COOKIE]: [], [CSRF_HEADER]: [] }];
  return {
    operationId: id,
    summary,
    tags: [tag],
    security: role === 'public' ? [] : security,
    ...(parameters.length > 0 && { parameters }),
    ...(inBody.length > 0 && {
      requestBody: { required: inBody.some((field) => field.isRequired), content: json(bodyOf(inBody)) },
    }),
    responses: {
      200: { description: 'Done.', content: json(output === undefined ? {} : reference(output)) },
      default: {
        description: 'Refused or failed; the code is listed in docs/errors.md.',
        content: json(reference('control#ErrorReport')),
      },
    },
  };
}

interface Field {
  readonly name: string;
  readonly schema: JsonSchema;
  readonly isRequired: boolean;
}

function fieldsOf(schema: JsonSchema): Field[] {
  const required = (schema['required'] ?? []) as readonly string[];
  const properties = (schema['properties'] ?? {}) as Record<string, JsonSchema>;
  return Object.entries(properties).map(([name, each]) => ({
    name,
    schema: each,
    isRequired: required.includes(name),
  }));
}

function bodyOf(fields: readonly Field[]): JsonSchema {
  const required = fields.filter(({ isRequired }) => isRequired).map(({ name }) => name);
  return {
    type: 'object',
    properties: Object.fromEntries(fields.map(({ name, schema }) => [name, localise(schema)])),
    ...(required.length > 0 && { required }),
    additionalProperties: false,
  };
}

function json(schema: JsonSchema): JsonSchema {
  return { 'application/json': { schema } };
}

function reference(name: string): JsonSchema {
  return { $ref: `#/components/schemas/${titleOf(name)}` };
}

/** Turns references between schema files into references within this document: titles are unique among all files. */
function localise(schema: unknown): JsonSchema {
  const replace = (key: string, value: unknown): unknown =>
    key === '$ref' && typeof value === 'string' ? `#/components/schemas/${titleOf(value)}` : value;
  return JSON.parse(JSON.stringify(schema, replace)) as JsonSchema;
}

/** Every schema that the paths refer to, and what these refer to. */
function collectSchemas(paths: unknown, extra: readonly string[]): Record<string, JsonSchema> {
  const byTitle = new Map(Object.entries(SCHEMAS).map(([name, schema]) => [titleOf(name), schema]));
  const found: Record<string, JsonSchema> = {};
  const waiting = [...titlesIn(paths), ...extra.map(titleOf)];
  for (let title = waiting.pop(); title !== undefined; title = waiting.pop()) {
    const schema = byTitle.get(title);
    if (schema === undefined || found[title] !== undefined) continue;
    found[title] = localise(schema);
    waiting.push(...titlesIn(found[title]));
  }
  return Object.fromEntries(Object.entries(found).sort(([one], [other]) => (one < other ? -1 : 1)));
}

function titlesIn(value: unknown): string[] {
  return [...JSON.stringify(value).matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, title = '']) => title);
}

function titleOf(name: string): string {
  return name.slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf('#')) + 1);
}
