import {
  AicoError,
  explain,
  isWildcard,
  type Manifest,
  type Permission,
  parsePattern,
  TOPICS,
  validators,
} from '@aico/schemas';
import semver from 'semver';
import { findThemeErrors, findThemeProblems } from './theme/find-theme-problems.ts';

/** Who else speaks on the bus, writes into the audit, or has a log: a plugin of that name would be taken for them. */
const RESERVED_IDS: readonly string[] = ['aico', 'cli', 'host', 'kernel'];

/** Whether a plugin may not be called this, because AICO itself is. */
export function isReservedId(id: string): boolean {
  return RESERVED_IDS.includes(id);
}

/**
 * Reads plugin.json. `subject` names the plugin or package in errors.
 * @throws AicoError REGISTRY_MANIFEST_INVALID naming the key, and the nearest known one when it is unknown; REGISTRY_THEME_CONTRAST
 */
export function parseManifest(bytes: Uint8Array, subject: string): Manifest {
  const data = parseJson(bytes, subject);
  const validate = validators['manifest#Manifest'];
  if (!validate(data)) {
    const { path, sentence, nearest } = explain(validate);
    throw invalid(subject, sentence, { path, ...(nearest === undefined ? {} : { nearest }) });
  }
  const [problem] = findManifestProblems(data);
  if (problem !== undefined) throw invalid(subject, problem);
  const [unreadable] = findThemeErrors(data);
  if (unreadable !== undefined) throw unreadable;
  return data;
}

/** What is wrong with a manifest that fits its schema, a sentence each. */
export function findManifestProblems(manifest: Manifest): string[] {
  return [
    ...(isReservedId(manifest.id) ? [`id "${manifest.id}" is the name of a part of AICO itself`] : []),
    ...findVersionProblems(manifest),
    ...findPermissionProblems(manifest),
    ...findThemeProblems(manifest),
  ];
}

function parseJson(bytes: Uint8Array, subject: string): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new AicoError('REGISTRY_MANIFEST_INVALID', {
      subject,
      details: { problem: 'it is not JSON in UTF-8' },
      cause,
    });
  }
}

function findVersionProblems({ version, engines, dependencies = {}, contracts = {} }: Manifest): string[] {
  const ranges = {
    'engines.aico': engines.aico,
    ...prefixKeys('dependencies', dependencies),
    ...prefixKeys('contracts', contracts),
  };
  const isVersion = semver.valid(version) === version.replace(/\+.*$/, '');
  return [
    ...(isVersion ? [] : [`version "${version}" is not a semantic version`]),
    ...Object.entries(ranges)
      .filter(([, range]) => semver.validRange(range) === null)
      .map(([key, range]) => `${key} "${range}" is not a version range`),
  ];
}

function prefixKeys(prefix: string, record: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [`${prefix}.${key}`, value]));
}

function findPermissionProblems({ permissions }: Manifest): string[] {
  return permissions.flatMap((permission, index) => {
    const problem = findPermissionProblem(permission);
    return problem === undefined ? [] : [`permissions[${index}].${problem}`];
  });
}

function findPermissionProblem({ verb, topic, constraints }: Permission): string | undefined {
  try {
    parsePattern(topic);
  } catch {
    return `topic "${topic}" is not a topic or pattern`;
  }
  if (verb === 'publish' && isWildcard(topic)) return `topic "${topic}" has a wildcard, which publish may not`;
  const schema = TOPICS.find((contract) => contract.topic === topic)?.constraints;
  if (schema === undefined || constraints === undefined) return undefined;
  const validate = validators[schema];
  return validate(constraints) ? undefined : `constraints: ${explain(validate).sentence}`;
}

function invalid(subject: string, problem: string, details: Readonly<Record<string, string>> = {}): AicoError {
  return new AicoError('REGISTRY_MANIFEST_INVALID', { subject, details: { problem, ...details } });
}
