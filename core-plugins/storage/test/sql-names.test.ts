import { expect, test } from 'vitest';
import { Connection } from '../src/connection.ts';
import { forbiddenName } from '../src/sql-names.ts';
import { readTokens } from '../src/sql-tokens.ts';
import { temporaryLocation } from './temporary-database.ts';

/** What may be called. Each only computes, out of what it is given and of the tables that it is asked about. */
const FUNCTIONS = `-> ->> abs acos acosh asin asinh atan atan2 atanh atn2 avg bm25 ceil ceiling changes char coalesce concat
  concat_ws cos cosh cot coth count cume_dist current_date current_time current_timestamp date datetime degrees dense_rank
  difference exp first_value floor format fts5 fts5_source_id geopoly_area geopoly_bbox geopoly_blob geopoly_ccw
  geopoly_contains_point geopoly_debug geopoly_group_bbox geopoly_json geopoly_overlap geopoly_regular geopoly_svg
  geopoly_within geopoly_xform glob group_concat hex highlight ifnull iif instr json json_array json_array_length
  json_error_position json_extract json_group_array json_group_object json_insert json_object json_patch json_quote json_remove
  json_replace json_set json_type json_valid jsonb jsonb_array jsonb_extract jsonb_group_array jsonb_group_object jsonb_insert
  jsonb_object jsonb_patch jsonb_remove jsonb_replace jsonb_set julianday lag last_insert_rowid last_rows_affected last_value
  lead length libsql_vector_idx like likelihood likely ln log log10 lower lower_quartile ltrim match matchinfo max median min
  mode nth_value ntile nullif octet_length offsets optimize percent_rank pi power printf quote radians random randomblob rank
  regexp regexpi replace round row_number rtreecheck rtreedepth rtreenode rtrim sha3 sign sin sinh snippet soundex
  sqlite_compileoption_get sqlite_compileoption_used sqlite_source_id sqlite_version sqrt square stdev strftime string_agg substr
  substring subtype sum tan tanh time timediff total total_changes trim typeof unhex unicode unixepoch unlikely upper
  upper_quartile uuid uuid_blob uuid_str variance vector vector16 vector1bit vector32 vector64 vector8 vector_distance_cos
  vector_distance_l2 vector_extract vectorb16 zeroblob`;
const MODULES =
  'dbstat fts3 fts3tokenize fts4 fts4aux fts5 fts5vocab generate_series geopoly json_each json_tree rtree rtree_i32 sqlite_stmt vector_top_k';

test.for([
  ['function', 'SELECT DISTINCT name FROM pragma_function_list ORDER BY name COLLATE BINARY', FUNCTIONS],
  ['module', "SELECT DISTINCT name FROM pragma_module_list WHERE name NOT LIKE 'pragma%' ORDER BY name", MODULES],
] as const)('no %s of libSQL may be used that nobody looked at [SEC-4]', async ([, sql, known]) => {
  const { path, key } = temporaryLocation();
  const connection = await Connection.open(path, key);
  const names = (await connection.rows(sql)).map(([name]) => String(name));
  connection.close();
  const usable = names.filter((name) => forbiddenName(readTokens(`SELECT "${name}"(1)`)) === undefined);
  expect(usable).toEqual(known.split(/\s+/));
});
