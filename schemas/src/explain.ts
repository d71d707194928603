import { nearestName } from './nearest-name.ts';

/** What a generated validator found wrong; it never carries the value itself, which may be a secret. */
export interface ValidationIssue {
  /** JSON Pointer (RFC 6901) into the data. */
  readonly instancePath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** A generated validator: says whether data fits, and leaves the reasons in `errors` until its next call. */
export interface Validator<T = unknown> {
  (data: unknown): data is T;
  errors?: readonly ValidationIssue[] | null;
}

/** The first thing that is wrong, for people and for machines. */
export interface Explanation {
  /** Where, as one would write it in code: `permissions[2].topic`; empty for the whole. */
  readonly path: string;
  /** A sentence without its full stop: `permissions[2].topic must be text`. */
  readonly sentence: string;
  /** The nearest known key, when the problem is an unknown one. */
  readonly nearest?: string;
}

const TYPE_WORDS: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  null: 'null',
};

const SENTENCES: Readonly<Record<string, (params: Readonly<Record<string, unknown>>) => string>> = {
  type: ({ type }) =>
    `must be ${[type]
      .flat()
      .map((each) => TYPE_WORDS[String(each)] ?? String(each))
      .join(' or ')}`,
  enum: ({ allowed }) => `must be one of ${allowed}`,
  const: ({ allowed }) => `must be ${allowed}`,
  minLength: ({ limit }) => `must have at least ${count(limit, 'character')}`,
  maxLength: ({ limit }) => `must have at most ${count(limit, 'character')}`,
  minimum: ({ limit }) => `must be at least ${limit}`,
  maximum: ({ limit }) => `must be at most ${limit}`,
  minItems: ({ limit }) => `must have at least ${count(limit, 'item')}`,
  maxItems: ({ limit }) => `must have at most ${count(limit, 'item')}`,
  minProperties: ({ limit }) => `must have at least ${count(limit, 'key')}`,
  maxProperties: ({ limit }) => `must have at most ${count(limit, 'key')}`,
  uniqueItems: ({ i, j }) => `has the same item twice, at ${j} and ${i}`,
  pattern: ({ pattern }) => `must match ${pattern}`,
  propertyNames: ({ propertyName }) => `may not have the key "${shorten(propertyName)}"`,
  oneOf: () => 'fits none of the allowed forms, or more than one',
  anyOf: () => 'fits none of the allowed forms',
};

/** Explains why the validator's last call said no. Call it before the validator is called again. */
export function explain(validator: Validator): Explanation {
  const issue = chooseIssue(validator.errors ?? []);
  if (issue === undefined) return { path: '', sentence: 'nothing is wrong with it' };
  const { keyword, params } = issue;
  const path = readablePath(issue.instancePath);
  if (keyword === 'required') {
    const missing = join(path, String(params['missingProperty']));
    return { path: missing, sentence: `${missing} is missing` };
  }
  if (keyword === 'additionalProperties') {
    const key = String(params['additionalProperty']);
    const unknown = join(path, shorten(key));
    const nearest = nearestName(key, String(params['known']).split(',').filter(Boolean));
    if (nearest === undefined) return { path: unknown, sentence: `${unknown} is not a known key; none is` };
    return { path: unknown, sentence: `${unknown} is not a known key; the nearest known one is "${nearest}"`, nearest };
  }
  if (keyword === 'discriminator') {
    const tag = join(path, String(params['tag']));
    return { path: tag, sentence: `${tag} names none of the allowed forms` };
  }
  return { path, sentence: `${path || 'it'} ${SENTENCES[keyword]?.(params) ?? `breaks the rule "${keyword}"`}` };
}

/** With alternatives (anyOf) each of them complains. The one that got furthest into the data is what the author meant. */
function chooseIssue(issues: readonly ValidationIssue[]): ValidationIssue | undefined {
  const last = issues.at(-1);
  if (last === undefined || issues.length === 1) return last;
  if (last.keyword === 'propertyNames') return last;
  const specific = issues.filter(({ keyword }) => !['type', 'oneOf', 'anyOf'].includes(keyword));
  const depth = ({ instancePath }: ValidationIssue): number => instancePath.split('/').length;
  return specific.sort((one, other) => depth(other) - depth(one))[0] ?? last;
}

function readablePath(pointer: string): string {
  const steps = pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  return steps.reduce((path, step) => (/^\d+$/.test(step) ? `${path}[${step}]` : join(path, shorten(step))), '');
}

function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}

function count(limit: unknown, thing: string): string {
  return `${limit} ${thing}${limit === 1 ? '' : 's'}`;
}

function shorten(key: unknown): string {
  const text = String(key);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
