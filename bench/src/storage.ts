import { existsSync, readdirSync, statSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createSigningKey, formatTrustStore, packFiles, trustKey } from '@aico/registry';
import type { Manifest } from '@aico/schemas';
import { type Benchmark, type Figure, quantile } from './figure.ts';
import { type Running, withProduct } from './product.ts';

const ROWS = 10_000_000;
const LONGEST_MS = 20 * 60_000;
const KEY = createSigningKey();
const ID = 'bench-rows';
const TOPICS = ['storage.sql.batch.v1', 'storage.sql.migrate.v1'];

/** What the plugin measured, over the bus. */
interface Measured {
  readonly inserted: { readonly rows: number; readonly ms: number };
  readonly filled: { readonly rows: number; readonly ms: number };
  /** ms of each point read: the first ones, while the engines still compile, then in quiet, and beside somebody who writes all the time. */
  readonly first: readonly number[];
  readonly quiet: readonly number[];
  readonly beside: readonly number[];
}

/** Inserts one by one, fills up to ten million rows, then reads single rows by their key. */
const CODE = `
import { writeFileSync } from 'node:fs';
const [ROWS, BATCH, BATCHES, FILL, READS] = [${ROWS}, 1000, 200, 250000, 20000];
const words = (id) => 'row ' + id + ' of a table that a plugin keeps';
export default { async activate(ctx) { ctx.setTimer(0, () => run(ctx).catch((error) => ctx.log.error('failed', { problem: String(error) }))); } };
async function run(ctx) {
  const { storage } = ctx;
  await storage.migrate([{ version: 1, name: 'rows', sql: 'CREATE TABLE row (id INTEGER PRIMARY KEY, text TEXT NOT NULL)' }]);
  let began = performance.now();
  const insert = (id) => ({ sql: 'INSERT INTO row VALUES (?, ?)', values: [id, words(id)] });
  for (let batch = 0; batch < BATCHES; batch += 1)
    await storage.batch(Array.from({ length: BATCH }, (_, at) => insert(batch * BATCH + at + 1)));
  const inserted = { rows: BATCH * BATCHES, ms: performance.now() - began };
  began = performance.now();
  const fill = "WITH RECURSIVE c(x) AS (SELECT ?1 UNION ALL SELECT x + 1 FROM c WHERE x < ?2) INSERT INTO row SELECT x, 'row ' || x || ' of a table that a plugin keeps' FROM c";
  for (let from = inserted.rows + 1; from <= ROWS; from += FILL)
    await storage.batch([{ sql: fill, values: [from, Math.min(from + FILL - 1, ROWS)] }]);
  const filled = { rows: ROWS - inserted.rows, ms: performance.now() - began };
  const read = async (count) => {
    const times = [];
    for (let at = 0; at < count; at += 1) {
      const id = 1 + Math.floor(Math.random() * ROWS);
      const from = performance.now();
      const [row] = await storage.query('SELECT text FROM row WHERE id = ?', [id]);
      times.push(performance.now() - from);
      if (row?.text !== words(id)) throw new Error('another row');
    }
    return times;
  };
  await read(500);
  const first = await read(READS);
  const quiet = await read(READS);
  let writing = true;
  const writer = (async () => {
    for (let id = ROWS + 1; writing; id += 100) await storage.batch(Array.from({ length: 100 }, (_, at) => insert(id + at)));
  })();
  const beside = await read(READS / 4);
  writing = false;
  await writer;
  writeFileSync(ctx.dataFolder + '/result.json', JSON.stringify({ inserted, filled, first, quiet, beside }));
}`;

/** Insertions and point reads of a plugin with ten million rows, and a backup of them; in the real product, over the bus. */
export const storageRows: Benchmark = {
  names: [
    'storage.insert',
    'storage.fill',
    'storage.read.p50',
    'storage.read.p99',
    'storage.read.first.p99',
    'storage.read.beside.p99',
    'backup.throughput',
    'backup.ratio',
    'backup.again',
  ],
  run: () => withProduct(measure, prepare),
};

async function prepare(home: string): Promise<void> {
  await writeFile(join(home, 'trust.json'), formatTrustStore([trustKey(KEY, 'The bench', ['trusted'])]));
}

async function measure({ aico, home }: Running): Promise<readonly Figure[]> {
  await aico(['unlock', '--password-stdin', '--create'], 'a password for the bench alone');
  const path = join(home, `${ID}.aico.tgz`);
  await writeFile(path, pack());
  await aico(['plugin', 'install', path]);
  await aico(['plugin', 'enable', ID]);
  const { inserted, filled, first, quiet, beside } = await measured(join(home, 'data', ID, 'result.json'));
  const databases = join(home, 'data', 'storage');
  const bytes = readdirSync(databases).reduce((sum, name) => sum + statSync(join(databases, name)).size, 0);
  const began = performance.now();
  await aico(['backup', 'create']);
  const seconds = (performance.now() - began) / 1000;
  const kept = bytesIn(join(home, 'backups'));
  const beganAgain = performance.now();
  await aico(['backup', 'create']);
  const again = (performance.now() - beganAgain) / 1000;
  const figure = (name: string, value: number, unit: string): Figure => ({ name, value, unit, rounds: 1 });
  return [
    figure('storage.insert', (inserted.rows / inserted.ms) * 1000, 'rows/s'),
    figure('storage.fill', (filled.rows / filled.ms) * 1000, 'rows/s'),
    figure('storage.read.p50', quantile(quiet, 0.5), 'ms'),
    figure('storage.read.p99', quantile(quiet, 0.99), 'ms'),
    figure('storage.read.first.p99', quantile(first, 0.99), 'ms'),
    figure('storage.read.beside.p99', quantile(beside, 0.99), 'ms'),
    figure('backup.throughput', bytes / 1024 / 1024 / seconds, 'MB/s'),
    figure('backup.ratio', kept / bytesIn(join(home, 'data')), ''),
    figure('backup.again', again, 's'),
  ];
}

/** Bytes of all files below a folder. */
function bytesIn(folder: string): number {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return entries.reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
}

/** What the plugin wrote down, once it has. */
async function measured(file: string): Promise<Measured> {
  const deadline = performance.now() + LONGEST_MS;
  while (!existsSync(file)) {
    if (performance.now() > deadline) throw new Error(`nothing was measured in ${LONGEST_MS} ms`);
    await delay(500);
  }
  await delay(500);
  return JSON.parse(await readFile(file, 'utf8')) as Measured;
}

function pack(): Uint8Array {
  const manifest: Manifest = {
    id: ID,
    name: 'Ten million rows',
    version: '1.0.0',
    description: 'Writes and reads a large database.',
    author: 'The bench',
    tier: 'trusted',
    main: 'index.js',
    engines: { aico: '*' },
    needs: ['vault.unlocked'],
    permissions: TOPICS.map((topic) => ({ verb: 'request', topic, reason: 'to measure it' })),
    // What is measured is storage, not what a plugin may send.
    quota: { messagesPerSecond: 100_000, bytesPerSecond: 1024 ** 3 },
    process: { files: [{ path: '$data', mode: 'readWrite' }] },
  };
  const files = new Map([
    ['plugin.json', Buffer.from(JSON.stringify(manifest))],
    ['index.js', Buffer.from(CODE)],
  ]);
  return packFiles(manifest, files, KEY);
}
