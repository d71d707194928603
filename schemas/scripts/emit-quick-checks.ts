import { type PatternStep, parseBytePattern } from './byte-pattern.ts';
import { definitions, nameOfReference, type Schema, type Sources } from './sources.ts';

/** Properties are marked as seen in the bits of one number. */
const MOST_PROPERTIES = 30;
const WORDS = ['type', 'title', 'description'];
/** Keywords that are understood, by what they constrain; with any other the whole validator judges. */
const KEYWORDS: Readonly<Record<string, readonly string[]>> = {
  object: ['properties', 'required', 'additionalProperties'],
  array: ['items', 'minItems', 'maxItems'],
  string: ['minLength', 'maxLength', 'pattern', 'enum', 'const'],
  integer: ['minimum', 'maximum'],
  boolean: [],
};

/**
 * `quick-checks.ts`: for the payload of each event, a function that reads JSON where it lies and says at a fraction
 * of the cost of parsing that it fits. What JSON.stringify writes of an ordinary message passes; what is unusual or
 * wrong goes to the whole validator, whose word holds.
 */
export function emitQuickChecks({ areas, topics: { topics } }: Sources): string {
  const emitter = new Emitter(new Map(definitions(areas).map((each) => [each.name, each])));
  const wanted = topics.filter(({ kind }) => kind === 'event').map(({ payload }) => payload);
  const table = [...new Set(wanted)]
    .sort()
    .map((name) => [name, emitter.definition(name)] as const)
    .filter(([, check]) => check !== undefined)
    .map(([name, check]) => `  '${name}': (bytes, start, end) => ${check}(bytes, start) === end,\n`);
  return [
    '// @ts-nocheck: machine-made JavaScript; the table at the end carries its types.\n',
    "import { byteSet, integer, list, type QuickCheck, patternText, plainText } from '../quick-check.ts';",
    "import type { SchemaName } from './types.ts';\n\nexport type { QuickCheck } from '../quick-check.ts';\n",
    ...emitter.lines,
    `\n/** Quick checks of the payloads of events, by schema. */\nexport const quickChecks: { readonly [Name in SchemaName]?: QuickCheck } = {\n${table.join('')}};\n`,
  ].join('\n');
}

type Definitions = ReadonlyMap<string, { readonly area: string; readonly schema: Schema }>;

class Emitter {
  readonly lines: string[] = [];
  readonly #definitions: Definitions;
  readonly #constants = new Map<string, string>();
  readonly #functions = new Map<string, string | undefined>();

  constructor(definitions: Definitions) {
    this.#definitions = definitions;
  }

  /** The function that checks a definition; undefined when it cannot be checked quickly. */
  definition(name: string): string | undefined {
    if (this.#functions.has(name)) return this.#functions.get(name);
    const identifier = name.replaceAll(/[^A-Za-z0-9]/g, '_');
    // A definition that refers to itself finds its own name here.
    this.#functions.set(name, identifier);
    const found = this.#definitions.get(name);
    const call = found === undefined ? undefined : this.#value(found.schema, found.area, 'at');
    if (call === undefined) this.#functions.set(name, undefined);
    else this.lines.push(`function ${identifier}(bytes, at) { return ${call}; }`);
    return this.#functions.get(name);
  }

  /** A call that checks the value at a place. */
  #value(schema: Schema, area: string, at: string): string | undefined {
    if (schema.$ref !== undefined) return call(this.definition(nameOfReference(schema.$ref, area)), at);
    const type = String(schema.type);
    const known = KEYWORDS[type];
    if (known === undefined || !Object.keys(schema).every((key) => known.includes(key) || WORDS.includes(key)))
      return undefined;
    if (type === 'string') return this.#text(schema, at);
    if (type === 'boolean') return this.#oneOf(['true', 'false'], at);
    if (type === 'integer')
      return `integer(bytes, ${at}, ${limit(schema['minimum'], -Infinity)}, ${limit(schema['maximum'], Infinity)})`;
    return type === 'array' ? this.#list(schema, area, at) : call(this.#object(schema, area), at);
  }

  #text(schema: Schema, at: string): string | undefined {
    const values = schema.enum ?? (schema.const === undefined ? undefined : [schema.const]);
    if (values !== undefined) {
      if (!values.every((value) => /^"[\x20-\x7e]*"$/.test(JSON.stringify(value)))) return undefined;
      return this.#oneOf(
        values.map((value) => JSON.stringify(value)),
        at,
      );
    }
    const least = Number(schema['minLength'] ?? 0);
    const most = limit(schema['maxLength'], Infinity);
    if (schema['pattern'] === undefined) return least > 1 ? undefined : `plainText(bytes, ${at}, ${least}, ${most})`;
    const steps = parseBytePattern(String(schema['pattern']));
    return steps === undefined ? undefined : `patternText(bytes, ${at}, ${least}, ${most}, ${this.#pattern(steps)})`;
  }

  #oneOf(texts: readonly string[], at: string): string {
    const lines = texts.map((text) => `  if (${standing(text)}) return at + ${text.length};`);
    return `${this.#function(`(bytes, at) {\n${lines.join('\n')}\n  return -1;\n}`)}(bytes, ${at})`;
  }

  #pattern(steps: readonly PatternStep[]): string {
    const body = steps.map(({ what, least, most }) => {
      const group = typeof what === 'string' ? undefined : this.#pattern(what);
      const bound = most === Infinity ? 'true' : `times < ${most}`;
      const one =
        group === undefined
          ? `${this.#constant(`byteSet(${quoted(what as string)})`)}[bytes[at]] === 1; at++`
          : `(next = ${group}(bytes, at)) > at; at = next`;
      const [condition, move] = one.split('; ') as [string, string];
      if (group === undefined && least === 1 && most === 1) return `  if (!(${condition})) return -1;\n  ${move};`;
      return `  times = 0;\n  for (; ${bound} && ${condition}; ${move}) times++;\n  if (times < ${least}) return -1;`;
    });
    return this.#function(`(bytes, at) {\n  let times, next;\n${body.join('\n')}\n  return at;\n}`);
  }

  #list(schema: Schema, area: string, at: string): string | undefined {
    const item = schema.items === undefined ? undefined : this.#value(schema.items, area, 'at');
    if (item === undefined) return undefined;
    const check = this.#function(`(bytes, at) { return ${item}; }`);
    return `list(bytes, ${at}, ${Number(schema['minItems'] ?? 0)}, ${limit(schema['maxItems'], Infinity)}, ${check})`;
  }

  #object({ properties = {}, required = [], additionalProperties }: Schema, area: string): string | undefined {
    const entries = Object.entries(properties);
    if (additionalProperties !== false || entries.length > MOST_PROPERTIES) return undefined;
    const cases = new Map<number, string[]>();
    for (const [index, [name, schema]] of entries.entries()) {
      const key = `${JSON.stringify(name)}:`;
      const value = this.#value(schema, area, `at + ${key.length}`);
      // What cannot be checked quickly makes its object unsure only where it stands.
      const move = value === undefined ? 'return -1;' : `bit = ${2 ** index}; next = ${value}; break;`;
      const line = `      if (${standing(key)}) { ${move} }`;
      const first = key.charCodeAt(1);
      cases.set(first, [...(cases.get(first) ?? []), line]);
    }
    const needed = required.reduce((bits, name) => bits + 2 ** Object.keys(properties).indexOf(name), 0);
    const branches = [...cases].map(([first, lines]) => `    case ${first}:\n${lines.join('\n')}\n      return -1;`);
    return this.#function(`(bytes, at) {
  if (bytes[at] !== 123) return -1;
  if (bytes[at + 1] === 125) return ${needed === 0 ? 'at + 2' : '-1'};
  for (let seen = 0; ;) {
    let bit, next;
    at += 1;
    switch (bytes[at + 1]) {
${branches.join('\n')}
      default: return -1;
    }
    // A repeated key is left to the whole validator, which sees the last one alone.
    if (next < 0 || (seen & bit) !== 0) return -1;
    seen |= bit;
    at = next;
    if (bytes[at] === 125) return (seen & ${needed}) === ${needed} ? at + 1 : -1;
    if (bytes[at] !== 44) return -1;
  }
}`);
  }

  /** The name of a constant; equal ones are one. */
  #constant(value: string): string {
    const name = this.#constants.get(value) ?? `constant${this.#constants.size}`;
    if (!this.#constants.has(value)) this.lines.push(`const ${name} = ${value};`);
    this.#constants.set(value, name);
    return name;
  }

  /** The name of a function; equal ones are one. */
  #function(rest: string): string {
    const name = this.#constants.get(rest) ?? `check${this.#constants.size}`;
    if (!this.#constants.has(rest)) this.lines.push(`function ${name}${rest}`);
    this.#constants.set(rest, name);
    return name;
  }
}

function call(check: string | undefined, at: string): string | undefined {
  return check === undefined ? undefined : `${check}(bytes, ${at})`;
}

/** Whether a text stands at a place, byte by byte: a loop over a table takes three times as long. */
function standing(text: string): string {
  const byte = (index: number): string => `bytes[at${index === 0 ? '' : ` + ${index}`}] === ${text.charCodeAt(index)}`;
  return Array.from(text, (_, index) => byte(index)).join(' && ');
}

function limit(value: unknown, otherwise: number): string {
  return String(value ?? otherwise);
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
