import { AicoError, explain, isWildcard, type Manifest, parsePattern, TOPICS, validators } from '@aico/schemas';
import semver from 'semver';

/**
 * Reads plugin.json. `subject` names the plugin or package in errors.
 * @throws AicoError REGISTRY_MANIFEST_INVALID naming the key, and the nearest known one when it is unknown
 */
export function parseManifest(bytes: Uint8Array, subject: string): Manifest {
  const data = parseJson(bytes, subject);
  const validate = validators['manifest#Manifest'];
  if (!validate(data)) {
    const { path, sentence, nearest } = explain(validate);
    throw invalid(subject, sentence, { path, ...(nearest === undefined ? {} : { nearest }) });
  }
  const problem = findVersionProblem(data) ?? findPermissionProblem(data);
  if (problem !== undefined) throw invalid(subject, problem);
  return data;
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

function findVersionProblem({ version, engines, dependencies = {}, contracts = {} }: Manifest): string | undefined {
  if (semver.valid(version) !== version.replace(/\+.*$/, '')) return `version "${version}" is not a semantic version`;
  const ranges = {
    'engines.aico': engines.aico,
    ...prefixKeys('dependencies', dependencies),
    ...prefixKeys('contracts', contracts),
  };
  const bad = Object.entries(ranges).find(([, range]) => semver.validRange(range) === null);
  return bad && `${bad[0]} "${bad[1]}" is not a version range`;
}

function prefixKeys(prefix: string, record: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [`${prefix}.${key}`, value]));
}

function findPermissionProblem({ permissions }: Manifest): string | undefined {
  for (const [index, { verb, topic, constraints }] of permissions.entries()) {
    const path = `permissions[${index}]`;
    try {
      parsePattern(topic);
    } catch {
      return `${path}.topic "${topic}" is not a topic or pattern`;
    }
    if (verb === 'publish' && isWildcard(topic))
      return `${path}.topic "${topic}" has a wildcard, which publish may not`;
    const schema = TOPICS.find((contract) => contract.topic === topic)?.constraints;
    if (schema === undefined || constraints === undefined) continue;
    const validate = validators[schema];
    if (!validate(constraints)) return `${path}.constraints: ${explain(validate).sentence}`;
  }
  return undefined;
}

function invalid(subject: string, problem: string, details: Readonly<Record<string, string>> = {}): AicoError {
  return new AicoError('REGISTRY_MANIFEST_INVALID', { subject, details: { problem, ...details } });
}
