import { _, Ajv, type KeywordCxt } from 'ajv';
import { useFunc } from 'ajv/dist/compile/util.js';
import * as ucs2length from 'ajv/dist/runtime/ucs2length.js';
import * as standalone from 'ajv/dist/standalone/index.js';
import type { KeywordErrorCxt } from 'ajv/dist/types/index.js';
import { rolldown } from 'rolldown';
import { type Area, definitions, SCHEMA_HOST } from './sources.ts';
import { markTaggedUnions } from './tagged-unions.ts';

const ENTRY = 'validators';

/**
 * `validators.ts`: a function for each definition, compiled ahead and bundled with the few helpers that ajv's code needs.
 * The schemas are 2020-12, but `emit-types.ts` holds them to keywords that mean the same in ajv's plain vocabulary, whose
 * code is a third smaller for not tracking evaluated properties.
 */
export async function emitValidators(areas: readonly Area[]): Promise<string> {
  const names = definitions(areas).map(({ name }) => name);
  const code = await emitFunctions(areas, names);
  const table = names.map((name) => `  '${name}': ${identifierOf(name)},\n`).join('');
  return [
    '// @ts-nocheck: machine-made JavaScript; the table at the end carries its types.\n',
    "import type { Validator } from '../explain.ts';\nimport type { SchemaTypes } from './types.ts';\n",
    code,
    `/** A validator for each schema, by its name. */\nexport const validators: { readonly [Name in keyof SchemaTypes]: Validator<SchemaTypes[Name]> } = {\n${table}};\n`,
  ].join('\n');
}

/** The code of the validators of some definitions, each a function called as `identifierOf` says. */
export function emitFunctions(areas: readonly Area[], names: readonly string[]): Promise<string> {
  return bundle(compile(areas, names));
}

/** The name of a definition's validator in the code. */
export function identifierOf(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9]/g, '_');
}

function compile(areas: readonly Area[], names: readonly string[]): string {
  const ajv = new Ajv({
    strict: true,
    allErrors: false,
    messages: false,
    inlineRefs: false,
    discriminator: true,
    code: { source: true, esm: true, optimize: 2 },
  });
  // explain() names the nearest known key and the allowed values; carried as parameters, the schemas need not travel along.
  const unknownKey: ParametersOf = ({ params, parentSchema }) =>
    _`{additionalProperty: ${params.additionalProperty}, known: ${Object.keys(parentSchema?.properties ?? {}).join()}}`;
  // "permisions is not known, permissions is" says more than "permissions is missing".
  giveParameters(ajv, 'additionalProperties', unknownKey, 'required');
  giveParameters(
    ajv,
    'enum',
    ({ schema }) => _`{allowed: ${schema.map((value: unknown) => JSON.stringify(value)).join(', ')}}`,
  );
  giveParameters(ajv, 'discriminator', ({ params }) => _`{tag: ${params.tagName}}`);
  giveParameters(ajv, 'const', ({ schema }) => _`{allowed: ${JSON.stringify(schema)}}`);
  measureLengthFirst(ajv, 'maxLength');
  measureLengthFirst(ajv, 'minLength');
  for (const { document } of markTaggedUnions(areas)) ajv.addSchema(JSON.parse(JSON.stringify(document, withoutWords)));
  const references = names.map((name) => [identifierOf(name), SCHEMA_HOST + name.replace('#', '#/$defs/')]);
  const generate = defaultOf(standalone) as (ajv: Ajv, references: unknown) => string;
  return generate(ajv, Object.fromEntries(references));
}

/** ajv is CommonJS: its default export is the module itself or that module's `default`, by who loads it. */
function defaultOf(module: { readonly default: unknown }): unknown {
  return (module.default as { readonly default?: unknown }).default ?? module.default;
}

type ParametersOf = (context: KeywordErrorCxt) => ReturnType<typeof _>;

function giveParameters(ajv: Ajv, keyword: string, params: ParametersOf, before?: string): void {
  const definition = ajv.getKeyword(keyword);
  if (typeof definition !== 'object' || !('error' in definition)) throw new Error(`ajv has no keyword ${keyword}`);
  ajv.removeKeyword(keyword);
  ajv.addKeyword({ ...definition, error: { message: keyword, params }, ...(before === undefined ? {} : { before }) });
}

/** JSON Schema counts code points, in a loop; most texts are within their limit, or beyond it, by their length alone. */
function measureLengthFirst(ajv: Ajv, keyword: 'maxLength' | 'minLength'): void {
  const definition = ajv.getKeyword(keyword);
  if (typeof definition !== 'object' || !('code' in definition)) throw new Error(`ajv has no keyword ${keyword}`);
  const code = (context: KeywordCxt): void => {
    const { data, gen, schema: limit } = context;
    const count = _`${useFunc(gen, defaultOf(ucs2length) as Parameters<typeof useFunc>[1])}(${data})`;
    // A code point takes one or two of a text's units.
    if (keyword === 'maxLength') context.fail(_`${data}.length > ${limit} && ${count} > ${limit}`);
    else context.fail(_`${data}.length < ${2 * limit} && ${count} < ${limit}`);
  };
  ajv.removeKeyword(keyword);
  ajv.addKeyword({ ...definition, keyword, code, before: 'pattern' });
}

/** Keeps texts for people, and the dialect's name, out of the code. */
function withoutWords(key: string, value: unknown): unknown {
  return ['$schema', 'title', 'description'].includes(key) && typeof value === 'string' ? undefined : value;
}

async function bundle(code: string): Promise<string> {
  const build = await rolldown({
    input: ENTRY,
    platform: 'node',
    treeshake: { moduleSideEffects: false },
    plugins: [
      {
        name: 'generated-code',
        resolveId(id, importer) {
          if (importer === undefined) return { id };
          return importer === ENTRY ? this.resolve(id, import.meta.filename) : undefined;
        },
        load: (id) => (id === ENTRY ? code.replaceAll(/schemaPath:"[^"]*",/g, '') : undefined),
      },
    ],
  });
  const { output } = await build.generate({
    format: 'esm',
    comments: false,
    minify: { mangle: false, compress: true, codegen: false },
  });
  await build.close();
  return output[0].code
    .replaceAll(/^\t+/gm, '')
    .replaceAll(/^\/\/.*\n/gm, '')
    .replace(/\nexport \{[^}]*\};\n*$/, '\n');
}
