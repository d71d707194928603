import { type Area, definitions, nameOfReference, type Schema } from './sources.ts';

const PRIMITIVES: Record<string, string> = {
  string: 'string',
  number: 'number',
  integer: 'number',
  boolean: 'boolean',
  null: 'null',
};

/** Keywords that narrow values but not their TypeScript type. */
const LIMITS = new Set(
  'title description minLength maxLength pattern minimum maximum minItems maxItems uniqueItems minProperties maxProperties propertyNames'.split(
    ' ',
  ),
);
const SHAPES = new Set('$ref type const enum oneOf anyOf properties required additionalProperties items'.split(' '));

/** `types.ts`: one exported type for each definition of each area. */
export function emitTypes(areas: readonly Area[]): string {
  const all = definitions(areas);
  const types = all.map(({ area, title, schema }) => {
    const body = typeOf(schema, area, '');
    const isInterface = body.startsWith('{') && body.endsWith('}') && schema.properties !== undefined;
    const declaration = isInterface ? `export interface ${title} ${body}` : `export type ${title} = ${body};`;
    return `${comment(schema.description, '')}${declaration}\n`;
  });
  const table = all.map(({ name, title }) => `  '${name}': ${title};\n`).join('');
  return [
    ...types,
    `/** Each schema's type by its name, \`area#Definition\`. */\nexport interface SchemaTypes {\n${table}}\n`,
    `/** The name of a schema, e.g. \`chat#Message\`. */\nexport type SchemaName = keyof SchemaTypes;\n`,
  ].join('\n');
}

/** The TypeScript type of a schema. Throws on a keyword that it does not know, rather than to say less than the schema. */
export function typeOf(schema: Schema, area: string, indent: string): string {
  for (const keyword of Object.keys(schema)) {
    if (!LIMITS.has(keyword) && !SHAPES.has(keyword))
      throw new Error(`messages/${area}.json: "${keyword}" is not supported`);
  }
  if (schema.$ref !== undefined) return nameOfReference(schema.$ref, area).split('#')[1] ?? '';
  if (schema.const !== undefined) return literal(schema.const);
  if (schema.enum !== undefined) return schema.enum.map(literal).join(' | ');
  const alternatives = schema.oneOf ?? schema.anyOf;
  if (alternatives !== undefined) return alternatives.map((each) => typeOf(each, area, indent)).join(' | ');
  if (schema.type === undefined) return 'unknown';
  return [schema.type]
    .flat()
    .map((type) => ofType(type, schema, area, indent))
    .join(' | ');
}

function ofType(type: string, schema: Schema, area: string, indent: string): string {
  if (type === 'array') {
    const item = typeOf(schema.items ?? {}, area, indent);
    return /[|{]/.test(item) ? `Array<${item}>` : `${item}[]`;
  }
  if (type === 'object') return ofObject(schema, area, indent);
  const primitive = PRIMITIVES[type];
  if (primitive === undefined) throw new Error(`messages/${area}.json: type "${type}" is not supported`);
  return primitive;
}

function ofObject(
  { properties, required = [], additionalProperties = true }: Schema,
  area: string,
  indent: string,
): string {
  const others = typeof additionalProperties === 'object' ? typeOf(additionalProperties, area, indent) : 'unknown';
  if (properties === undefined)
    return additionalProperties === false ? 'Record<string, never>' : `Record<string, ${others}>`;
  if (typeof additionalProperties === 'object') {
    throw new Error(`messages/${area}.json: properties beside a schema in additionalProperties are not supported`);
  }
  if (Object.keys(properties).length === 0) return 'Record<string, never>';
  const inner = `${indent}  `;
  const lines = Object.entries(properties).map(([key, schema]) => {
    const name = /^[A-Za-z_]\w*$/.test(key) ? key : `'${key}'`;
    return `${comment(schema.description, inner)}${inner}${name}${required.includes(key) ? '' : '?'}: ${typeOf(schema, area, inner)};\n`;
  });
  if (additionalProperties) lines.push(`${inner}[key: string]: unknown;\n`);
  return `{\n${lines.join('')}${indent}}`;
}

function literal(value: unknown): string {
  return typeof value === 'string' ? `'${value.replaceAll(/['\\]/g, '\\$&')}'` : JSON.stringify(value);
}

function comment(text: string | undefined, indent: string): string {
  return text === undefined ? '' : `${indent}/** ${text.replaceAll('*/', '*\\/')} */\n`;
}
