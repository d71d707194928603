import { closeSync, fstatSync } from 'node:fs';
import { AicoError } from '@aico/sdk';
import { type DatabaseLocation, keepForEver, openDatabase } from './open-database.ts';

const LIMIT_MS = 10 * 60_000;

/** Opens a copy of a database and looks through all of it. @throws AicoError STORAGE_DAMAGED, STORAGE_KEY_WRONG, … */
export async function checkCopy(location: DatabaseLocation): Promise<number> {
  const { connection, file, seal } = await openDatabase({ ...location, statementLimitMs: LIMIT_MS });
  try {
    const [row] = await connection.rows('PRAGMA integrity_check(1)');
    if (row?.[0] === 'ok') return fstatSync(file).size;
    const details = { problem: 'its structure is broken', file: location.path };
    throw new AicoError('STORAGE_DAMAGED', { subject: location.plugin, details });
  } finally {
    if (await connection.checkpoint().catch(() => false)) connection.close();
    else keepForEver(connection);
    closeSync(file);
    seal.dispose();
  }
}
