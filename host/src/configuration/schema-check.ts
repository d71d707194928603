import { AicoError } from '@aico/schemas';
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import { isRecord } from '../is-record.ts';
import { problemOf } from '../problem.ts';
import type { SettingSchemas } from './setting-schema.ts';

/** What is wrong with one setting. */
export interface SettingProblem {
  /** The setting, or undefined when it is about several. */
  readonly key: string | undefined;
  /** The rest of a sentence that begins with the setting. */
  readonly problem: string;
}

/** Checks a set of settings. */
export interface SchemaCheck {
  readonly schemas: SettingSchemas;
  /** Everything that is wrong, the first of each setting. */
  problemsOf(values: Readonly<Record<string, unknown>>): SettingProblem[];
}

/** One for all: making it takes longer than any schema. Two plugins may use the same $id, so none is remembered by it. */
const ajv = new Ajv2020({
  allErrors: true,
  strict: false,
  logger: false,
  validateFormats: false,
  addUsedSchema: false,
  // Compiling refuses keywords of a wrong type by itself; the schema of schemas would cost more than all the rest.
  meta: false,
  validateSchema: false,
});
/** A manifest is checked at the start, and its values are resolved soon after. */
const compiled = new WeakMap<Readonly<Record<string, unknown>>, SchemaCheck>();

/**
 * Compiles the `configuration` of a manifest.
 * @throws AicoError CONFIG_SCHEMA_INVALID
 */
export function compileSchema(id: string, schema: Readonly<Record<string, unknown>> = {}): SchemaCheck {
  const known = compiled.get(schema);
  if (known !== undefined) return known;
  const check = createCheck(id, schema);
  compiled.set(schema, check);
  return check;
}

function createCheck(id: string, schema: Readonly<Record<string, unknown>>): SchemaCheck {
  const properties = schema['properties'] ?? {};
  if (!isRecord(properties) || !Object.values(properties).every(isRecord)) {
    throw invalidSchema(id, 'its "properties" are not schemas');
  }
  const validate = compile(id, { ...schema, type: 'object', properties, additionalProperties: false });
  return {
    schemas: properties as SettingSchemas,
    problemsOf: (values) => (validate(values) ? [] : firstOfEach(validate.errors ?? [])),
  };
}

/** What is wrong with data of the host's own files, or undefined. */
export function problemWithFile(schema: Readonly<Record<string, unknown>>, data: unknown): string | undefined {
  const validate = ajv.compile(schema);
  return validate(data) ? undefined : ajv.errorsText(validate.errors, { dataVar: 'it' });
}

function compile(id: string, schema: Readonly<Record<string, unknown>>): ValidateFunction {
  try {
    return ajv.compile(schema);
  } catch (error) {
    throw invalidSchema(id, problemOf(error), error);
  }
}

function invalidSchema(id: string, problem: string, cause?: unknown): AicoError {
  return new AicoError('CONFIG_SCHEMA_INVALID', { subject: id, details: { problem }, cause });
}

function firstOfEach(errors: readonly ErrorObject[]): SettingProblem[] {
  const problems = new Map<string | undefined, SettingProblem>();
  for (const error of errors) {
    const [, first, ...rest] = error.instancePath.split('/').map(plainStep);
    const key = first ?? (error.keyword === 'required' ? String(error.params['missingProperty']) : undefined);
    const sentence = sentenceOf(error);
    const problem = rest.length === 0 ? sentence : `is wrong at "${rest.join('.')}": ${sentence}`;
    if (!problems.has(key)) problems.set(key, { key, problem });
  }
  return [...problems.values()];
}

function plainStep(step: string): string {
  return step.replaceAll('~1', '/').replaceAll('~0', '~');
}

/** ajv's words, with the allowed values spelled out. The value itself may be a secret and is not shown. */
function sentenceOf({ keyword, message, params }: ErrorObject): string {
  if (keyword === 'enum') return `must be one of ${(params['allowedValues'] as unknown[]).map(String).join(', ')}`;
  if (keyword === 'additionalProperties') return `may not have "${String(params['additionalProperty']).slice(0, 60)}"`;
  return message ?? `breaks the rule "${keyword}"`;
}
