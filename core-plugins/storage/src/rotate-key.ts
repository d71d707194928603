import { closeSync, copyFileSync, existsSync, renameSync, rmSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { AicoError } from '@aico/sdk';
import { removeDurably, writeFileAtomic } from '@aico/sdk/system';
import { collectGarbage } from './collect-garbage.ts';
import { Connection } from './connection.ts';
import { type DatabaseLocation, openDatabase } from './open-database.ts';
import { storageError } from './sql-errors.ts';

/** A closed database, its key, and the one that takes its place. */
export interface Rotation {
  readonly location: DatabaseLocation;
  readonly nextKey: string;
  readonly nextGeneration: number;
  /** Told before each part of the work, which nothing can be told in: it holds up the process. */
  readonly progress?: (phase: 'encrypting' | 'reading') => Promise<void>;
}

const LIMIT_MS = 30 * 60_000;
const CLOSED_TRIES = 100;
const CLOSED_EVERY_MS = 20;
const PARTS = ['', '-wal', '-shm', '-journal', '-seal', '-seal.new'];

/**
 * Encrypts a closed database with an empty log under another key: in a copy, which takes its place when it was read through.
 * Whatever ends it, there is a whole database under one of the two keys; `settleRotation` tidies up.
 * @throws AicoError STORAGE_…, with the database as it was
 */
export async function rotateKey({ location, nextKey, nextGeneration, progress }: Rotation): Promise<void> {
  const { plugin, path, key } = location;
  const next = nextOf(path);
  try {
    settleRotation(path);
    await untilClosed(plugin, path);
    await progress?.('encrypting');
    copyFileSync(path, next);
    await encryptAnew(next, key, nextKey);
    await progress?.('reading');
    await readThrough({ plugin, path: next, key: nextKey, generation: nextGeneration, statementLimitMs: LIMIT_MS });
    await untilClosed(plugin, next);
    // From here on it is decided: the copy takes the place, now or at the next opening.
    writeFileAtomic(markerOf(path), Buffer.of(1));
    settleRotation(path);
  } catch (error) {
    if (!existsSync(markerOf(path))) discard(next);
    throw storageError(plugin, path, error);
  }
}

/** Before a database is opened: ends a rotation that was cut short, forward where it was decided, else back. */
export function settleRotation(path: string): void {
  const next = nextOf(path);
  if (existsSync(markerOf(path))) {
    for (const part of ['-seal', '']) if (existsSync(`${next}${part}`)) renameSync(`${next}${part}`, `${path}${part}`);
    removeDurably(markerOf(path));
  }
  discard(next);
  rmSync(`${markerOf(path)}.new`, { force: true });
}

async function encryptAnew(path: string, key: string, nextKey: string): Promise<void> {
  const connection = await Connection.open(path, key, LIMIT_MS);
  try {
    // A key cannot change while there is a log.
    await connection.exec('PRAGMA journal_mode = DELETE');
    await connection.exec(`PRAGMA rekey = '${nextKey}'`);
  } finally {
    connection.close();
  }
}

/** Opening what has no seal yet reads all of it, and seals it. */
async function readThrough(location: DatabaseLocation): Promise<void> {
  const { connection, file, seal } = await openDatabase(location);
  connection.close();
  closeSync(file);
  seal.dispose();
}

/**
 * A connection that was closed lives on until its statements are collected, and removes the log by its name when it goes:
 * by then that name must not be another database's. The last one to go takes the log along.
 */
async function untilClosed(plugin: string, path: string): Promise<void> {
  for (let tries = 0; tries < CLOSED_TRIES; tries += 1) {
    collectGarbage();
    if (!existsSync(`${path}-wal`) && !existsSync(`${path}-shm`)) return;
    await setTimeout(CLOSED_EVERY_MS);
  }
  throw new AicoError('STORAGE_BUSY', { subject: plugin });
}

function discard(next: string): void {
  for (const part of PARTS) if (existsSync(`${next}${part}`)) rmSync(`${next}${part}`);
}

function nextOf(path: string): string {
  return `${path}-next`;
}

function markerOf(path: string): string {
  return `${path}-rotated`;
}
