import { AicoError, type KeyEntries, type KeyList } from '@aico/sdk';
import type { Connection } from './connection.ts';
import { toNative } from './sql-values.ts';

export const KEY_TABLE =
  'CREATE TABLE IF NOT EXISTS _aico_kv (key TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL) WITHOUT ROWID, STRICT';
const MOST_VALUE_BYTES = 4 * 1024 * 1024;
const MOST_KEYS_LISTED = 1000;
const FEW_KEYS_LISTED = 100;

/** The value of a key, or nothing. */
export async function getKey(connection: Connection, plugin: string, key: string): Promise<{ value?: unknown }> {
  const [row] = await connection.rows('SELECT value FROM _aico_kv WHERE key = ?', [toNative(plugin, key)]);
  return row === undefined ? {} : { value: JSON.parse(String(row[0])) };
}

/** @throws AicoError STORAGE_VALUE_TOO_LARGE */
export async function setKey(connection: Connection, plugin: string, key: string, value: unknown): Promise<void> {
  const text = JSON.stringify(value ?? null);
  const bytes = Buffer.byteLength(text);
  if (bytes > MOST_VALUE_BYTES)
    throw new AicoError('STORAGE_VALUE_TOO_LARGE', { subject: plugin, details: { bytes, limit: MOST_VALUE_BYTES } });
  await connection.rows(
    'INSERT INTO _aico_kv (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
    [toNative(plugin, key), text],
  );
}

/** Whether the key was there. */
export async function deleteKey(connection: Connection, plugin: string, key: string): Promise<boolean> {
  const sql = 'DELETE FROM _aico_kv WHERE key = ? RETURNING key';
  return (await connection.rows(sql, [toNative(plugin, key)])).length > 0;
}

/** Entries in key order; `next` is where to go on when there are more. */
export async function listKeys(
  connection: Connection,
  plugin: string,
  { prefix = '', after = '', limit = FEW_KEYS_LISTED }: KeyList,
  mostBytes: number,
): Promise<KeyEntries> {
  const most = Math.min(limit, MOST_KEYS_LISTED);
  const rows = await connection.rows(
    'SELECT key, value FROM _aico_kv WHERE key > ?1 AND key >= ?2 AND substr(key, 1, ?3) = ?2 ORDER BY key LIMIT ?4',
    [toNative(plugin, after), toNative(plugin, prefix), BigInt([...prefix].length), BigInt(most + 1)],
  );
  const entries: KeyEntries['entries'] = [];
  let bytes = 0;
  for (const [key, value] of rows.slice(0, most)) {
    bytes += String(key).length + String(value).length + 20;
    if (bytes > mostBytes && entries.length > 0) break;
    entries.push({ key: String(key), value: JSON.parse(String(value)) });
  }
  const next = entries.length < rows.length ? entries.at(-1)?.key : undefined;
  return next === undefined ? { entries } : { entries, next };
}
