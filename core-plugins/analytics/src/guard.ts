import { AicoError } from '@aico/sdk';
import { BOUNDED_FUNCTIONS, type Engine } from './engine.ts';
import { problemOf } from './problem.ts';

/** Functions that make rows out of what they are given. Any other one reads files, settings or SQL out of a text. */
const TABLE_FUNCTIONS: ReadonlySet<string> = new Set(['generate_series', 'json_each', 'json_tree', 'range', 'unnest']);
/** Functions that compute a value and do something beside it. */
const DENIED_FUNCTIONS: ReadonlySet<string> = new Set(['write_log']);
/** Where DuckDB keeps its own functions: by these names what stands in their place here would be passed by. */
const OWN_SCHEMAS: ReadonlySet<string> = new Set(['main', 'pg_catalog']);

interface Found {
  readonly tables: Set<string>;
  readonly tableFunctions: Set<string>;
  readonly functions: Set<string>;
  /** Those that are named with DuckDB's own schema. */
  readonly qualified: Set<string>;
}

/**
 * Holds a question to one statement that reads. DuckDB's own parser tells what it is, twice: by its type, and by its tree,
 * which DuckDB gives of a SELECT alone.
 * @returns names in the place of tables, in lower case: tables, system views, and parts of the question itself
 * @throws AicoError ANALYTICS_SQL_INVALID, ANALYTICS_READ_ONLY, ANALYTICS_DENIED
 */
export async function checkQuestion(
  { duckdb: { StatementType }, reader: connection }: Pick<Engine, 'duckdb' | 'reader'>,
  sql: string,
): Promise<ReadonlySet<string>> {
  const statements = await connection.extractStatements(sql).catch((error: unknown) => {
    throw problemOf(error, 'there is no statement in it');
  });
  if (statements.count !== 1) throw readOnly(`${statements.count} statements`);
  const found = findIn(await treeOf(connection, sql));
  for (const name of found.tableFunctions) if (!TABLE_FUNCTIONS.has(name)) throw denied(name);
  for (const name of found.functions) if (DENIED_FUNCTIONS.has(name)) throw denied(name);
  for (const name of found.qualified) if (BOUNDED_FUNCTIONS.has(name)) throw denied(`main.${name}`);
  const statement = await statements.prepare(0).catch((error: unknown) => {
    throw problemOf(error);
  });
  const { statementType, parameterCount } = statement;
  statement.destroySync();
  if (statementType !== StatementType.SELECT) throw readOnly(StatementType[statementType]);
  if (parameterCount > 0) {
    const problem = 'it has placeholders, which nothing fills';
    throw new AicoError('ANALYTICS_SQL_INVALID', { subject: 'the question', details: { problem } });
  }
  return found.tables;
}

/** The statement as DuckDB's parser sees it. */
async function treeOf(connection: Engine['reader'], sql: string): Promise<unknown> {
  const reader = await connection.runAndReadAll('select json_serialize_sql(?::varchar, skip_null := true)', [sql]);
  const tree = JSON.parse(String(reader.value(0, 0))) as { error?: boolean; error_message?: string };
  if (tree.error !== true) return tree;
  if (/^Only SELECT/.test(tree.error_message ?? '')) throw readOnly('something else');
  throw problemOf(new Error(tree.error_message ?? ''));
}

function findIn(tree: unknown): Found {
  const found: Found = { tables: new Set(), tableFunctions: new Set(), functions: new Set(), qualified: new Set() };
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    const {
      type,
      table_name: table,
      function_name: name,
      function: called,
      schema,
    } = node as Readonly<Record<string, unknown>>;
    if (typeof table === 'string' && table !== '') found.tables.add(table.toLowerCase());
    if (typeof name === 'string') found.functions.add(lastName(name));
    if (typeof name === 'string' && OWN_SCHEMAS.has(String(schema).toLowerCase())) found.qualified.add(lastName(name));
    if (type === 'TABLE_FUNCTION') {
      const { function_name: maker } = (called ?? {}) as Readonly<Record<string, unknown>>;
      found.tableFunctions.add(lastName(String(maker)));
    }
    for (const part of Object.values(node)) visit(part);
  };
  visit(tree);
  return found;
}

/** `text.upper()` is named with its column. */
function lastName(name: string): string {
  return name.toLowerCase().split('.').at(-1) ?? '';
}

function readOnly(statement: string): AicoError {
  return new AicoError('ANALYTICS_READ_ONLY', { subject: 'the question', details: { statement } });
}

function denied(name: string): AicoError {
  return new AicoError('ANALYTICS_DENIED', { subject: `${name}()` });
}
