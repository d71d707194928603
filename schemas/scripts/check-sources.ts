import { Ajv2020 } from 'ajv/dist/2020.js';
import {
  type Area,
  definitions,
  nameOfReference,
  SCHEMA_HOST,
  type Schema,
  type Sources,
  type TopicEntry,
} from './sources.ts';

const VERBS = { event: ['publish', 'subscribe'], request: ['request', 'serve'], stream: ['request', 'serve'] } as const;

/** What is wrong with the sources, a sentence each; empty when they may be generated from. */
export function checkSources(sources: Sources): string[] {
  return [...checkForms(sources), ...checkAreas(sources.areas), ...checkTopics(sources), ...checkErrors(sources)];
}

function checkForms(sources: Sources): string[] {
  const ajv = new Ajv2020({ strict: true, allErrors: true });
  const problems: string[] = [];
  const check = (file: string, schema: Schema, data: unknown): void => {
    if (ajv.validate(schema, data)) return;
    for (const { instancePath, message } of ajv.errors ?? []) problems.push(`${file}${instancePath}: ${message}`);
  };
  check('topics.json', sources.meta.topics, sources.topics);
  for (const { area, entries } of sources.errors) check(`errors/${area}.json`, sources.meta.errors, entries);
  for (const { name, document } of sources.areas) {
    if (!ajv.validateSchema(document)) problems.push(`messages/${name}.json: ${ajv.errorsText()}`);
  }
  return problems;
}

function checkAreas(areas: readonly Area[]): string[] {
  const problems: string[] = [];
  const known = new Set(definitions(areas).map(({ name }) => name));
  const owners = new Map<string, string>();
  for (const { area, title, schema } of definitions(areas)) {
    const owner = owners.get(title);
    if (owner !== undefined) problems.push(`messages/${area}.json: ${title} is defined in messages/${owner}.json too`);
    owners.set(title, area);
    if (!/^[A-Z][A-Za-z0-9]*$/.test(title)) problems.push(`messages/${area}.json: ${title} is not a PascalCase name`);
    for (const reference of references(schema)) {
      const name = nameOfReference(reference, area);
      if (!known.has(name)) problems.push(`messages/${area}.json: ${title} refers to ${name}, which does not exist`);
    }
  }
  for (const { name, document } of areas) {
    if (document.$id !== SCHEMA_HOST + name) problems.push(`messages/${name}.json: $id must be ${SCHEMA_HOST}${name}`);
  }
  return problems;
}

function references(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  return Object.entries(schema).flatMap(([key, value]) =>
    key === '$ref' && typeof value === 'string' ? [value] : references(value),
  );
}

function checkTopics({ areas, topics: { contracts, topics } }: Sources): string[] {
  const problems: string[] = [];
  const known = new Map(definitions(areas).map(({ name, schema }) => [name, schema]));
  const seen = new Set<string>();
  for (const entry of topics) {
    const complain = (problem: string): void => void problems.push(`topics.json: ${entry.topic} ${problem}`);
    for (const key of [entry.topic, entry.expose?.path && `${entry.expose.method} ${entry.expose.path}`]) {
      if (key !== undefined && seen.has(key)) complain(`repeats ${key}`);
      if (key !== undefined) seen.add(key);
    }
    const [area = ''] = entry.topic.split('.');
    if (contracts[area] === undefined) complain(`belongs to no area of contracts`);
    if (entry.topic.includes('*') && !/^plugin\.\*\.[^*]+$/.test(entry.topic)) complain('may hold one *, after plugin');
    for (const name of [entry.payload, entry.reply, entry.chunk, entry.constraints]) {
      if (name !== undefined && !known.has(name)) complain(`refers to ${name}, which does not exist`);
    }
    for (const problem of [...checkKind(entry), ...checkSealed(entry)]) complain(problem);
    for (const [, parameter = ''] of entry.expose?.path?.matchAll(/\{(\w+)\}/g) ?? []) {
      if (known.get(entry.payload)?.properties?.[parameter] === undefined) {
        complain(`takes {${parameter}} from its path, which ${entry.payload} does not have`);
      }
    }
  }
  return problems;
}

function checkKind(entry: TopicEntry): string[] {
  const { kind, words } = entry;
  const verbs: readonly string[] = VERBS[kind] ?? [];
  return [
    ...verbs.filter((verb) => words[verb] === undefined).map((verb) => `has no words for ${verb}`),
    ...Object.keys(words)
      .filter((verb) => !verbs.includes(verb))
      .map((verb) => `is of kind ${kind}, without ${verb}`),
    ...(kind === 'event' && entry.delivery === undefined ? ['needs a delivery'] : []),
    ...(kind !== 'event' && entry.delivery !== undefined ? ['has a delivery, which is for events'] : []),
    ...((kind === 'event') === (entry.reply !== undefined)
      ? [`of kind ${kind} ${entry.reply ? 'has' : 'needs'} a reply`]
      : []),
    ...((kind === 'stream') !== (entry.chunk !== undefined)
      ? [`of kind ${kind} ${entry.chunk ? 'has' : 'needs'} a chunk`]
      : []),
  ];
}

/** What is sealed is sealed for the server or the topic's key by name, and never for the kernel itself. */
function checkSealed({ topic, sealed }: TopicEntry): string[] {
  if (sealed === undefined || !/^kernel\.|\*/.test(topic)) return [];
  return ['is sealed, which neither topics of the kernel nor those of any plugin can be'];
}

function checkErrors({ errors }: Sources): string[] {
  return errors.flatMap(({ area, entries }) => {
    const prefix = `${area.toUpperCase().replaceAll('-', '_')}_`;
    return Object.keys(entries)
      .filter((code) => !code.startsWith(prefix))
      .map((code) => `errors/${area}.json: ${code} must begin with ${prefix}`);
  });
}
