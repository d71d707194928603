import { AicoError } from '@aico/sdk';

/** The module of DuckDB. It is handed to what needs it, so that nothing loads it by being imported. */
export type DuckDb = typeof import('@duckdb/node-api');

/** Its binary is 70 MB: it is loaded with the first question. @throws AicoError ANALYTICS_ENGINE_UNAVAILABLE */
export async function loadDuckDb(): Promise<DuckDb> {
  // Read as the binary is loaded: addresses that it keeps for later count as used where the system bounds what a process takes.
  process.env['DUCKDB_JE_MALLOC_CONF'] = 'retain:false';
  try {
    return await import('@duckdb/node-api');
  } catch (cause) {
    const problem = (cause instanceof Error ? cause.message : String(cause)).split('\n', 1)[0]?.slice(0, 200) ?? '';
    throw new AicoError('ANALYTICS_ENGINE_UNAVAILABLE', { subject: 'analytics', details: { problem }, cause });
  }
}
