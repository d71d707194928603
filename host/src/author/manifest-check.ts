import { findManifestProblems } from '@aico/registry';
import {
  AicoError,
  explain,
  type Manifest,
  nearestName,
  overlaps,
  parsePattern,
  TOPICS,
  type ValidationIssue,
  type Validator,
} from '@aico/schemas';
import { SCHEMAS } from '@aico/schemas/json-schemas';
import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import { problemOf } from '../problem.ts';

const SUBJECT = 'plugin.json';
const SCHEMA_HOST = 'https://aico.invalid/schemas/';

/** A manifest as it is checked: what is wrong, and the data where it is sound enough to go on with. */
export interface CheckedManifest {
  readonly manifest?: Manifest;
  readonly problems: readonly AicoError[];
}

/** Everything that is wrong with the text of a plugin.json. */
export function checkManifest(text: string): CheckedManifest {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    return { problems: [invalid(`it is not JSON: ${problemOf(error)}`)] };
  }
  const sentences = findSchemaProblems(data);
  if (sentences.length > 0) return { problems: sentences.map(invalid) };
  const manifest = data as Manifest;
  const further = findManifestProblems(manifest);
  const problems = [...further, ...(further.length > 0 ? [] : findUnknownTopics(manifest))].map(invalid);
  return { manifest, problems: [...problems, ...findMuteCommands(manifest)] };
}

/** The generated validators stop at the first problem; an author wants all of them. */
function findSchemaProblems(data: unknown): string[] {
  const ajv = new Ajv2020({ allErrors: true, verbose: true, strict: false, validateFormats: false, logger: false });
  for (const area of ['manifest', 'permission', 'quota']) ajv.addSchema(documentOf(area));
  const validate = ajv.getSchema(`${SCHEMA_HOST}manifest#/$defs/Manifest`);
  if (validate === undefined) throw new Error('the manifest has no schema');
  if (validate(data)) return [];
  return [...new Set((validate.errors ?? []).map(sentenceOf))];
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
    const asked = parsePattern(topic);
    if (known.some((each) => overlaps(parsePattern(each), asked))) return [];
    return [
      `permissions[${index}].topic "${topic}" is no known topic; the nearest known one is "${nearestName(topic, known)}"`,
    ];
  });
}

function findMuteCommands({ id, permissions, contributes }: Manifest): AicoError[] {
  const topic = `plugin.${id}.command.run.v1`;
  if ((contributes?.commands ?? []).length === 0) return [];
  if (permissions.some((each) => each.verb === 'serve' && each.topic === topic)) return [];
  const details = { place: 'plugin.json: contributes.commands', verb: 'serve', topic };
  return [new AicoError('AUTHOR_PERMISSION_MISSING', { subject: SUBJECT, details })];
}

function invalid(problem: string): AicoError {
  return new AicoError('REGISTRY_MANIFEST_INVALID', { subject: SUBJECT, details: { problem } });
}
