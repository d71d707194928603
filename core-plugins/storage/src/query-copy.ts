import { existsSync } from 'node:fs';
import { AicoError, type SqlResult, type SqlStatement } from '@aico/sdk';
import { Database } from './database.ts';
import type { DatabaseLocation } from './open-database.ts';

/** Reads from a copy of a database. @throws AicoError STORAGE_UNKNOWN, STORAGE_DAMAGED, STORAGE_KEY_WRONG, … */
export async function queryCopy(location: DatabaseLocation, statements: readonly SqlStatement[]): Promise<SqlResult[]> {
  // Opening would make one.
  if (!existsSync(location.path)) throw new AicoError('STORAGE_UNKNOWN', { subject: location.plugin });
  const copy = await Database.open(location);
  try {
    return await copy.batch({ statements: [...statements], readOnly: true });
  } finally {
    await copy.close();
  }
}
