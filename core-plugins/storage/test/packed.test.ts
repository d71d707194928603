import { createCipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import type { Databases } from '../src/databases.ts';
import { PIECE_BYTES, PiecePacker } from '../src/packed/piece-packer.ts';
import { Snapshots } from '../src/snapshots.ts';
import { databasesIn, keyOf } from './generation-keys.ts';
import { codeOf, temporaryFolder } from './temporary-database.ts';

const ROWS = 4000;
const WORDS = 'the same words again and again, as people say them';

/** A diary of about 400 KiB, still, and what a backup is given of it. */
async function still(folder: string) {
  const databases = databasesIn(folder);
  onTestFinished(async () => void (await databases.closeAll()));
  await write(databases, 0, ROWS);
  return { databases, ...(await given(databases)) };
}

async function write(databases: Databases, from: number, count: number): Promise<void> {
  await databases.use('diary', async (own) => {
    await own.batch({ statements: [{ sql: 'CREATE TABLE IF NOT EXISTS day (id INTEGER PRIMARY KEY, text TEXT)' }] });
    const statements = Array.from({ length: count }, (_, at) => ({
      sql: 'INSERT INTO day VALUES (?, ?)',
      values: [from + at, `marked ${from + at}: ${WORDS}`],
    }));
    await own.batch({ statements });
  });
}

async function given(databases: Databases): Promise<{ marks: Buffer; pieces: Buffer[]; bytes: number }> {
  const snapshots = new Snapshots({ databases, holdBlobs: () => () => {}, after: () => () => {} });
  const { snapshot } = await snapshots.begin();
  const asked = { snapshot, plugin: 'diary' };
  const marks = await snapshots.marks({ ...asked, from: 0, count: 100 });
  const pieces: Buffer[] = [];
  for (let more = true; more; ) {
    const next = (await snapshots.read({ ...asked, from: pieces.length, count: 3 })) ?? [];
    pieces.push(...next);
    more = next.length > 0;
  }
  expect(await snapshots.read({ ...asked, plugin: 'other', from: 0, count: 1 })).toBeUndefined();
  snapshots.end(snapshot);
  expect(await snapshots.marks({ ...asked, from: 0, count: 1 })).toBeUndefined();
  return { marks: marks?.marks ?? Buffer.alloc(0), bytes: marks?.bytes ?? 0, pieces };
}

/** Lays pieces beside a seal as a backup gives them back, in a folder of its own. */
function restored(folder: string, pieces: readonly Buffer[]): string {
  const copy = temporaryFolder();
  const lengthOf = (piece: Buffer): Buffer => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(piece.length);
    return length;
  };
  const packed = Buffer.concat([Buffer.from('AICODBPK\u0001'), ...pieces.flatMap((each) => [lengthOf(each), each])]);
  writeFileSync(join(copy, 'diary.db-packed'), packed);
  copyFileSync(join(folder, 'diary.db-seal'), join(copy, 'diary.db-seal'));
  return copy;
}

async function countIn(folder: string): Promise<unknown> {
  const databases = databasesIn(folder);
  try {
    return await databases.use('diary', async (own) => {
      const [result] = await own.batch({ statements: [{ sql: 'SELECT count(*) FROM day' }], readOnly: true });
      return result?.rows[0]?.[0];
    });
  } finally {
    await databases.closeAll();
  }
}

test('a backup gets a database much smaller and unreadable, and the same file is made of it again, also after a kill [DATA-6] [SEC-1]', async () => {
  const folder = temporaryFolder();
  const { pieces, bytes, databases } = await still(folder);
  const all = Buffer.concat(pieces);
  expect(pieces).toHaveLength(Math.ceil(bytes / PIECE_BYTES));
  expect(all.length).toBeLessThan(bytes / 3);
  for (const mark of ['marked', WORDS.slice(0, 8), 'SQLite', 'CREATE TABLE']) expect(all.includes(mark)).toBe(false);
  await databases.closeAll();
  const before = readFileSync(join(folder, 'diary.db'));
  const copy = restored(folder, pieces);
  // What a kill in the middle left, and one between the last two steps.
  writeFileSync(join(copy, 'diary.db-unpacked'), 'half');
  writeFileSync(join(copy, 'diary.db'), before);
  expect(databasesIn(copy).plugins()).toEqual(['diary']);
  expect(await countIn(copy)).toBe(ROWS);
  expect(readdirSync(copy).filter((name) => /packed/.test(name))).toEqual([]);
  const again = restored(folder, pieces);
  const databasesAgain = databasesIn(again);
  await databasesAgain.check('diary');
  await databasesAgain.closeAll();
  expect(readFileSync(join(again, 'diary.db')).subarray(PIECE_BYTES, -PIECE_BYTES)).toEqual(
    before.subarray(PIECE_BYTES, -PIECE_BYTES),
  );
});

test('the same pages are the same piece and mark, and a change touches few [DATA-6]', async () => {
  const first = await still(temporaryFolder());
  expect(first.marks).toHaveLength(16 * first.pieces.length);
  const same = await given(first.databases);
  expect([same.marks, same.pieces]).toEqual([first.marks, first.pieces]);
  await write(first.databases, ROWS, 1);
  const next = await given(first.databases);
  const markOf = (marks: Buffer, at: number): string => marks.toString('hex', at * 16, (at + 1) * 16);
  const unchanged = first.pieces.filter((piece, at) => next.pieces[at]?.equals(piece)).length;
  const known = first.pieces.filter((_, at) => markOf(first.marks, at) === markOf(next.marks, at)).length;
  expect(unchanged).toBeGreaterThanOrEqual(first.pieces.length - 3);
  expect(known).toBe(unchanged);
  await first.databases.rotate('diary');
  const rotated = await given(first.databases);
  expect(rotated.pieces.filter((piece) => first.pieces.some((each) => each.equals(piece)))).toEqual([]);
});

test('a piece that was changed, cut, is of another key or swells up becomes no database, and stays for another try [DATA-6] [DATA-1]', async () => {
  const folder = temporaryFolder();
  const { pieces, databases } = await still(folder);
  await databases.closeAll();
  const [first = Buffer.alloc(0), second = Buffer.alloc(0), ...rest] = pieces;
  const flipped = Buffer.from(second);
  flipped[100] = (flipped[100] ?? 0) ^ 1;
  const cases: [string, Buffer[]][] = [
    ['a flipped bit', [first, flipped, ...rest]],
    ['a cut piece', [first, second.subarray(0, 10), ...rest]],
    ['a piece twice as long', [first, Buffer.concat([second, second, Buffer.alloc(PIECE_BYTES)]), ...rest]],
    ['two pieces that changed places', [second, first, ...rest]],
    ['a piece too few', [first, ...rest]],
    ['nothing but the head', []],
  ];
  for (const [what, given] of cases) {
    const copy = restored(folder, given);
    expect(await codeOf(() => countIn(copy)), what).toBe('STORAGE_DAMAGED');
  }
  const broken = restored(folder, [first, flipped, ...rest]);
  await codeOf(() => countIn(broken));
  expect([existsSync(join(broken, 'diary.db-packed')), existsSync(join(broken, 'diary.db'))]).toEqual([true, false]);

  const other = new PiecePacker(randomBytes(32).toString('hex'));
  expect(other.unpack(1, second)).toBeUndefined();
  const packer = new PiecePacker(keyOf('diary', 1));
  const seal = Buffer.from(hkdfSync('sha256', Buffer.from(keyOf('diary', 1), 'hex'), '', 'aico/v1/packed/seal', 32));
  const cipher = createCipheriv('aes-256-gcm', seal, Buffer.alloc(12));
  const bomb = cipher.update(zstdCompressSync(Buffer.alloc(64 * 1024 * 1024)));
  cipher.final();
  expect(packer.unpack(1, Buffer.concat([Buffer.of(1), Buffer.alloc(12), bomb, cipher.getAuthTag()]))).toBeUndefined();
});

test('what does not compress, or is encrypted in another way, is kept as it lies [DATA-6]', () => {
  const packer = new PiecePacker(keyOf('diary', 1));
  for (const bytes of [randomBytes(PIECE_BYTES), randomBytes(4096 * 3), randomBytes(100)]) {
    const piece = packer.pack(3, bytes);
    expect(piece).toHaveLength(bytes.length + 1);
    expect(packer.unpack(3, piece)).toEqual(bytes);
  }
});
