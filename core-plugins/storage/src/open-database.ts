import { closeSync, existsSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { AicoError } from '@aico/sdk';
import { Connection } from './connection.ts';
import { PageSeal } from './page-seal.ts';
import { storageError } from './sql-errors.ts';
import { inspectLog } from './write-ahead-log.ts';

/** 16 MiB are checked in one go. */
const TURN_CHUNKS = 256;

/** Where a plugin's database lies, and its key. */
export interface DatabaseLocation {
  readonly plugin: string;
  /** The file; its log and its seal lie beside it. */
  readonly path: string;
  /** 64 hex digits. */
  readonly key: string;
  /** Which of the plugin's keys it is; the first when not given. */
  readonly generation?: number;
  /** How long a statement may take, in ms; ten seconds when not given. */
  readonly statementLimitMs?: number;
}

/** An open database with what vouches for it. */
export interface OpenDatabase {
  readonly connection: Connection;
  readonly seal: PageSeal;
  /** Descriptor of the database file, kept: closing one would drop SQLite's locks on it. */
  readonly file: number;
  /** Whether the file is not what was sealed. */
  findChange(isStopped: () => boolean): Promise<boolean>;
}

/**
 * Connections that must not be closed: closing the last one would move a log into a file that is damaged, or behind
 * the seal's back. They end with the process.
 */
const kept = new Set<Connection>();

/** Keeps a connection from being closed when nobody refers to it any more. */
export function keepForEver(connection: Connection): void {
  kept.add(connection);
}

/**
 * Opens a database, or creates it where there is none. A file that does not check out is left as it is.
 * @throws AicoError STORAGE_KEY_WRONG, STORAGE_DAMAGED, STORAGE_READONLY, STORAGE_FULL, STORAGE_BUSY
 */
export async function openDatabase(location: DatabaseLocation): Promise<OpenDatabase> {
  const { plugin, path, key, generation } = location;
  const damaged = (problem: string) =>
    new AicoError('STORAGE_DAMAGED', { subject: plugin, details: { problem, file: path } });
  let file: number | undefined;
  let seal: PageSeal | undefined;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    seal = new PageSeal(`${path}-seal`, key, generation);
    const log = inspectLog(`${path}-wal`);
    if (!existsSync(path) && (seal.state !== 'missing' || log.pages.size > 0)) throw damaged('its file is missing');
    if (log.damaged) throw damaged('its log was changed');
    file = openSync(path, 'a+', 0o600);
    if (await findChange(seal, file)) throw damaged('its file was changed or cut');
    const connection = await connect(location, seal, damaged);
    const opened = sealed(connection, seal, file);
    if (seal.state !== 'closed') await renewSeal(opened, damaged);
    return opened;
  } catch (error) {
    if (file !== undefined) closeSync(file);
    seal?.dispose();
    throw storageError(plugin, path, error);
  }
}

function sealed(connection: Connection, seal: PageSeal, file: number): OpenDatabase {
  return { connection, seal, file, findChange: (isStopped) => findChange(seal, file, isStopped) };
}

type Damaged = (problem: string) => AicoError;

async function connect(location: DatabaseLocation, seal: PageSeal, damaged: Damaged): Promise<Connection> {
  const { plugin, path, key, statementLimitMs } = location;
  const connection = await Connection.open(path, key, statementLimitMs).catch((error: unknown) => error);
  try {
    if (!(connection instanceof Connection)) throw connection;
    await connection.rows('SELECT count(*) FROM sqlite_schema');
    return connection;
  } catch (error) {
    if (connection instanceof Connection) keepForEver(connection);
    if (storageError(plugin, path, error).code !== 'STORAGE_DAMAGED') throw error;
    // A seal that this key made says that the key is right; without one, the key is the likelier reason.
    if (seal.state === 'open' || seal.state === 'closed') throw damaged('its first page was changed');
    throw new AicoError('STORAGE_KEY_WRONG', { subject: plugin, details: { file: path }, cause: error });
  }
}

/** Checks the whole file, a part at a time, so that others get their turn. */
async function findChange(seal: PageSeal, file: number, isStopped: () => boolean = () => false): Promise<boolean> {
  for (let from = 0; from === 0 || from < seal.chunks; from += TURN_CHUNKS) {
    if (seal.findChange(file, from, from + TURN_CHUNKS) !== undefined) return true;
    await setImmediate();
    if (isStopped()) return false;
  }
  return false;
}

/** Seals a database that has no whole seal: a new one, or one whose checkpoint was cut short. */
async function renewSeal({ connection, seal, file }: OpenDatabase, damaged: Damaged): Promise<void> {
  const [row] = await connection.rows('PRAGMA quick_check(1)');
  if (row?.[0] !== 'ok') {
    keepForEver(connection);
    throw damaged('its structure is broken');
  }
  if (seal.state !== 'open') seal.reset();
  seal.close(file);
}
