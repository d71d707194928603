import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { Database } from '../src/database.ts';
import type { DatabaseLocation } from '../src/open-database.ts';

/** A folder that goes with its test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'aico-storage-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Where a database of a test may lie, with a key of its own. */
export function temporaryLocation(plugin = 'diary'): DatabaseLocation {
  return { plugin, path: join(temporaryFolder(), `${plugin}.db`), key: randomBytes(32).toString('hex') };
}

/** A fresh database that is closed with its test. */
export async function temporaryDatabase(): Promise<Database> {
  const database = await Database.open(temporaryLocation());
  onTestFinished(() => database.close());
  return database;
}

/** The code of the typed error that a call ends with, or what it returned. */
export async function codeOf(call: () => unknown): Promise<unknown> {
  try {
    return await call();
  } catch (error) {
    return (error as { code?: string }).code ?? error;
  }
}
