import { _, Ajv } from 'ajv';
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
  const names = definitions(areas).map(({ name }) => ({ name, identifier: name.replaceAll(/[^A-Za-z0-9]/g, '_') }));
  const code = await bundle(compile(areas, names));
  const table = names.map(({ name, identifier }) => `  '${name}': ${identifier},\n`).join('');
  return [
    '// @ts-nocheck: machine-made JavaScript; the table at the end carries its types.\n',
    "import type { Validator } from '../explain.ts';\nimport type { SchemaTypes } from './types.ts';\n",
    code,
    `/** A validator for each schema, by its name. */\nexport const validators: { readonly [Name in keyof SchemaTypes]: Validator<SchemaTypes[Name]> } = {\n${table}};\n`,
  ].join('\n');
}

function compile(areas: readonly Area[], names: readonly { name: string; identifier: string }[]): string {
  const ajv = new Ajv({
    strict: true,
    allErrors: false,
    messages: false,
    inlineRefs: false,
    discriminator: true,
    code: { source: true, esm: true, optimize: 2 },
  });
  // explain() names the nearest known key and the allowed values; carried as parameters, the schemas need not travel along.
  const unknownKey: Parameters = ({ params, parentSchema }) =>
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
  for (const { document } of markTaggedUnions(areas)) ajv.addSchema(JSON.parse(JSON.stringify(document, withoutWords)));
  const references = names.map(({ name, identifier }) => [identifier, SCHEMA_HOST + name.replace('#', '#/$defs/')]);
  // ajv is CommonJS: its default export is the module itself or that module's `default`, by who loads it.
  const generate =
    (standalone.default as unknown as { default?: typeof standalone.default }).default ?? standalone.default;
  return (generate as unknown as (ajv: Ajv, references: unknown) => string)(ajv, Object.fromEntries(references));
}

type Parameters = (context: KeywordErrorCxt) => ReturnType<typeof _>;

function giveParameters(ajv: Ajv, keyword: string, params: Parameters, before?: string): void {
  const definition = ajv.getKeyword(keyword);
  if (typeof definition !== 'object' || !('error' in definition)) throw new Error(`ajv has no keyword ${keyword}`);
  ajv.removeKeyword(keyword);
  ajv.addKeyword({ ...definition, error: { message: keyword, params }, ...(before === undefined ? {} : { before }) });
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
