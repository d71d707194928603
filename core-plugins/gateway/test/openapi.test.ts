import { TOPICS } from '@aico/sdk/protocol';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { createOpenApiDocument } from '../src/openapi/openapi-document.ts';

interface Parameter {
  readonly name: string;
  readonly in: string;
}

interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: object;
  readonly responses: Readonly<Record<string, unknown>>;
  readonly security: readonly object[];
}

const document = createOpenApiDocument('0.1.0', 'aico-session-4127') as {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, object>; securitySchemes: Record<string, object> };
};
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
);

describe('the OpenAPI document', () => {
  test('holds every route of the topic table and no other topic [SVC-5]', () => {
    const exposed = TOPICS.filter(({ expose }) => expose?.path !== undefined);
    const routes = exposed.map(({ topic, expose }) => [`/api/v1${expose?.path}`, expose?.method?.toLowerCase(), topic]);
    const own = [
      'session.get',
      'session.begin',
      'session.recover',
      'session.end',
      'setup.run',
      'health.get',
      'ready.get',
    ];
    const documented = operations
      .filter(({ operation }) => !own.includes(operation.operationId))
      .map(({ path, method, operation }) => [path, method, operation.operationId]);
    expect(documented.toSorted()).toEqual(routes.toSorted());
    expect(operations.length).toBe(routes.length + own.length);
  });

  test('is sound: ids are unique, path parameters declared, references resolved, schemas valid [SVC-5]', () => {
    expect(document.openapi).toMatch(/^3\.1\.\d$/);
    expect(new Set(operations.map(({ operation }) => operation.operationId)).size).toBe(operations.length);
    for (const { path, operation } of operations) {
      const declared = (operation.parameters ?? []).filter((each) => each.in === 'path').map(({ name }) => name);
      expect([path, declared]).toEqual([path, [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)]);
      expect(Object.keys(operation.responses)).toEqual(['200', 'default']);
    }
    const known = new Set(Object.keys(document.components.schemas).map((name) => `#/components/schemas/${name}`));
    const used = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, reference]) => reference ?? '');
    expect(used.filter((reference) => !known.has(reference))).toEqual([]);
    const ajv = new Ajv2020({ strict: false });
    ajv.addSchema(document, 'document');
    for (const reference of known) expect(ajv.getSchema(`document${reference}`)).toBeTypeOf('function');
  });

  test('says which operations need a session, and which its token too [SEC-5]', () => {
    const needs = Object.fromEntries(
      operations.map(({ operation }) => [
        operation.operationId,
        operation.security.flatMap((each) => Object.keys(each)),
      ]),
    );
    expect(needs).toMatchObject({
      'session.get': [],
      'session.begin': [],
      'session.recover': [],
      'setup.run': [],
      'session.end': ['session', 'csrf'],
      'chat.conversation.list.v1': ['session'],
      'chat.conversation.create.v1': ['session', 'csrf'],
      'vault.recovery.renew.v1': ['session', 'csrf'],
    });
  });

  test('puts what a reading operation takes into the query, and the rest into the body', () => {
    const find = (id: string) => operations.find(({ operation }) => operation.operationId === id)?.operation;
    expect(find('chat.message.list.v1')?.parameters?.map((each) => `${each.in}:${each.name}`)).toEqual([
      'path:conversation',
      'query:before',
      'query:after',
      'query:limit',
    ]);
    expect(find('chat.conversation.rename.v1')?.requestBody).toMatchObject({
      required: true,
      content: { 'application/json': { schema: { required: ['title'], properties: { title: { type: 'string' } } } } },
    });
    expect(find('kernel.plugin.enable.v1')?.requestBody).toBeUndefined();
  });
});
