import { findManifestProblems, findThemeErrors } from '@aico/registry';
import {
  AicoError,
  explain,
  type Manifest,
  nearestName,
  overlaps,
  type Pattern,
  type Permission,
  parsePattern,
  TOPICS,
  type ValidationIssue,
  type Validator,
} from '@aico/schemas';
import { SCHEMAS } from '@aico/schemas/json-schemas';
import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import { isRecord } from '../is-record.ts';
import { problemOf } from '../problem.ts';

const SCHEMA_HOST = 'https://aico.invalid/schemas/';

/** What a manifest stands on while those parts of it that do not fit its schema are left out. */
const GROUND: Manifest = {
  id: '',
  name: '',
  version: '0.0.0',
  description: '',
  author: '',
  tier: 'isolated',
  main: '',
  engines: { aico: '*' },
  permissions: [],
};

/** A manifest as it is checked: what is wrong, and the manifest when nothing is wrong with its form. */
export interface CheckedManifest {
  readonly manifest?: Manifest;
  /** What it asks for, as far as that can be read. */
  readonly permissions?: readonly Permission[];
  readonly problems: readonly AicoError[];
}

/** Everything that is wrong with the text of a plugin.json. `subject` names the plugin. */
export function checkManifest(text: string, subject: string): CheckedManifest {
  const invalid = (problem: string): AicoError =>
    new AicoError('REGISTRY_MANIFEST_INVALID', { subject, details: { problem } });
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    return { problems: [invalid(`it is not JSON: ${problemOf(error)}`)] };
  }
  const errors = findSchemaErrors(data);
  const sentences = [...new Set(errors.map(sentenceOf))];
  if (!isRecord(data)) return { problems: sentences.map(invalid) };
  // What has its form is looked at further, whatever is wrong beside it.
  const unfit = new Set(errors.map(({ instancePath }) => instancePath.split('/')[1]));
  const parts = Object.fromEntries(Object.entries(data).filter(([key]) => !unfit.has(key)));
  const sound: Manifest = { ...GROUND, ...parts };
  const further = findManifestProblems(sound);
  const problems = [...sentences, ...further, ...findUnknownTopics(sound)].map(invalid);
  return {
    ...(errors.length === 0 ? { manifest: sound } : {}),
    ...(unfit.has('permissions') || sound.id === '' ? {} : { permissions: sound.permissions }),
    problems: [...problems, ...findThemeErrors(sound), ...(unfit.has('permissions') ? [] : findMute(sound))],
  };
}

/** The generated validators stop at the first problem; an author wants all of them. */
function findSchemaErrors(data: unknown): ErrorObject[] {
  const ajv = new Ajv2020({ allErrors: true, verbose: true, strict: false, validateFormats: false, logger: false });
  for (const area of ['manifest', 'permission', 'quota']) ajv.addSchema(documentOf(area));
  const validate = ajv.getSchema(`${SCHEMA_HOST}manifest#/$defs/Manifest`);
  if (validate === undefined) throw new Error('the manifest has no schema');
  return validate(data) ? [] : (validate.errors ?? []);
}

function documentOf(area: string): object {
  const own = Object.entries(SCHEMAS).filter(([name]) => name.startsWith(`${area}#`));
  return {
    $id: SCHEMA_HOST + area,
    $defs: Object.fromEntries(own.map(([name, schema]) => [name.split('#')[1], schema])),
  };
}

/** In the words that every other refusal of a manifest uses. */
function sentenceOf({ keyword, instancePath, params, parentSchema, schema }: ErrorObject): string {
  const known = Object.keys((parentSchema?.['properties'] ?? {}) as object).join();
  const allowed = (keyword === 'enum' ? (schema as unknown[]) : [schema])
    .map((each) => JSON.stringify(each))
    .join(', ');
  const issue: ValidationIssue = { keyword, instancePath, params: { ...params, known, allowed } };
  return explain(Object.assign(() => false, { errors: [issue] }) as unknown as Validator).sentence;
}

/** A permission for a topic that nobody speaks of is a slip of the pen. */
function findUnknownTopics({ permissions }: Manifest): string[] {
  const known = TOPICS.map(({ topic }) => topic);
  return permissions.flatMap(({ topic }, index) => {
    const asked = patternOf(topic);
    if (asked === undefined || known.some((each) => overlaps(parsePattern(each), asked))) return [];
    const nearest = nearestName(topic, known);
    return [`permissions[${index}].topic "${topic}" is no known topic; the nearest known one is "${nearest}"`];
  });
}

/** Commands and tools that nobody answers. */
function findMute({ id, permissions, contributes = {} }: Manifest): AicoError[] {
  if (id === '') return [];
  const answered = { commands: `plugin.${id}.command.run.v1`, tools: `plugin.${id}.tool.run.v1` } as const;
  return (['commands', 'tools'] as const).flatMap((kind) => {
    const topic = answered[kind];
    if ((contributes[kind] ?? []).length === 0) return [];
    if (permissions.some((each) => each.verb === 'serve' && each.topic === topic)) return [];
    const details = { place: `plugin.json: contributes.${kind}`, verb: 'serve', topic };
    return [new AicoError('AUTHOR_PERMISSION_MISSING', { subject: id, details })];
  });
}

/** A text as a topic or pattern; undefined when it is none. */
export function patternOf(topic: string): Pattern | undefined {
  try {
    return parsePattern(topic);
  } catch {
    return undefined;
  }
}
