import { createHash, randomBytes } from 'node:crypto';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type BackedFile, type BackupBody, decodeBackup, encodeBackup } from '../src/backup-file.ts';
import { type BackupKeys, chunkName, sealBytes } from '../src/chunk-seal.ts';
import { EpochKeys } from '../src/epoch-keys.ts';
import { lookIntoPack, PackBuilder } from '../src/pack-file.ts';
import { CALL, codeOf, contentOf, type SmallHouse, smallHouse, writeInto } from './small-house.ts';

const KEY = randomBytes(32).toString('hex');
const PIECE = 65_536;
const FILES = {
  'config.json': 'some text '.repeat(20_000),
  'data/storage/chat.db': randomBytes(3 * PIECE + 500),
  'data/storage/chat.db-seal': randomBytes(100),
  'vault/secrets.bin': randomBytes(40),
};

async function backedUp(key = KEY): Promise<{ house: SmallHouse; id: string }> {
  const house = await smallHouse(key);
  writeInto(house.home, FILES);
  return { house, id: (await house.backups.create(CALL)).id };
}

const inFolder = (house: SmallHouse, folder: 'packs' | 'backups'): string[] =>
  readdirSync(join(house.folder, folder)).map((name) => join(house.folder, folder, name));
const only = (house: SmallHouse, folder: 'packs' | 'backups'): string => inFolder(house, folder)[0] ?? '';

/** What a restore ends with. Whatever that is: what is in use is as it was, and what is laid ready is whole. */
async function restoring(house: SmallHouse, id: string): Promise<unknown> {
  const inUse = (): object =>
    Object.fromEntries(
      Object.entries(contentOf(house.home)).filter(
        ([path]) => !path.startsWith('incoming/') && path !== 'data/backup/state.json',
      ),
    );
  const before = inUse();
  const ended = await codeOf(house.backups.restore({ id }, CALL));
  expect(inUse()).toEqual(before);
  const laid = join(house.home, 'incoming');
  if (typeof ended === 'string') expect(readdirSync(laid, { recursive: true })).not.toContain('ready.json');
  else
    for (const [path, content] of Object.entries(FILES))
      expect(readFileSync(join(laid, 'files', path)).equals(Buffer.from(content)), path).toBe(true);
  rmSync(laid, { recursive: true, force: true });
  mkdirSync(laid);
  return ended;
}

/** Work with the keys of the only epoch, as only who has the vault has them. */
async function withKeys<Result>(
  house: SmallHouse,
  work: (keys: BackupKeys) => Result | Promise<Result>,
): Promise<Result> {
  const folders = [join(house.folder, 'none'), join(house.folder, 'keys')] as const;
  const epochs = await EpochKeys.open(KEY, { folders, apart: false });
  const keys = epochs.of(epochs.current);
  if (keys === undefined) throw new Error('there is no key');
  try {
    return await work(keys);
  } finally {
    epochs.forget();
  }
}

/** Writes a backup's file anew with another body, as only who has the vault can. */
async function withBody(house: SmallHouse, id: string, change: (body: BackupBody) => BackupBody): Promise<void> {
  const path = join(house.folder, 'backups', `${id}.aico-backup`);
  const bytes = await withKeys(house, (keys) => {
    const { open, ...head } = decodeBackup(id, readFileSync(path));
    return encodeBackup(keys, head, change(open(keys)));
  });
  writeFileSync(path, bytes);
}

const summed = (all: Buffer): Buffer => Buffer.concat([all, createHash('sha256').update(all).digest()]);

test('whatever is flipped, cut, doubled or overwritten in a folder, a restore gives all back or a typed error [DATA-6]', async () => {
  const { house, id } = await backedUp();
  mkdirSync(join(house.home, 'incoming'));
  const paths = [...inFolder(house, 'packs'), ...inFolder(house, 'backups')];
  const whole = new Map(paths.map((path) => [path, readFileSync(path)]));
  const place = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  const change = fc.record({
    file: fc.nat(paths.length - 1),
    how: fc.constantFrom('flip', 'cut', 'double', 'overwrite', 'insert', 'empty'),
    place,
    bytes: fc.uint8Array({ minLength: 1, maxLength: 40 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), async (changes) => {
      for (const { file, how, place, bytes } of changes) {
        const path = paths[file] ?? '';
        const found = Buffer.from(readFileSync(path));
        const at = Math.floor(place * found.length);
        if (how === 'flip' && found.length > 0) found[at] = (found[at] ?? 0) ^ (1 << ((bytes[0] ?? 0) % 8));
        if (how === 'overwrite') found.set(bytes.subarray(0, found.length - at), at);
        const [head, tail] = [found.subarray(0, at), found.subarray(at)];
        if (how === 'cut') writeFileSync(path, head);
        else if (how === 'double') writeFileSync(path, Buffer.concat([found, tail]));
        else if (how === 'insert') writeFileSync(path, Buffer.concat([head, bytes, tail]));
        else writeFileSync(path, how === 'empty' ? Buffer.alloc(0) : found);
      }
      const ended = await restoring(house, id);
      for (const [path, bytes] of whole) writeFileSync(path, bytes);
      if (typeof ended === 'string') expect(['BACKUP_DAMAGED', 'BACKUP_NEWER']).toContain(ended);
    }),
    { numRuns: 150 },
  );
  await house.backups.verify(id, CALL);
});

test('what packs are called does not matter, and what backups are called does [DATA-6]', async () => {
  const { house, id } = await backedUp();
  mkdirSync(join(house.home, 'incoming'));
  const pack = only(house, 'packs');
  renameSync(pack, join(house.folder, 'packs', 'another.pack'));
  expect(await restoring(house, id)).toMatchObject({ id });
  const other = '20200101T000000Z-00000000';
  copyFileSync(only(house, 'backups'), join(house.folder, 'backups', `${other}.aico-backup`));
  expect(await restoring(house, other)).toBe('BACKUP_DAMAGED');
  expect(await restoring(house, id)).toMatchObject({ id });
  renameSync(join(house.folder, 'packs', 'another.pack'), join(house.folder, 'packs', 'another.txt'));
  expect(await restoring(house, id)).toBe('BACKUP_DAMAGED');
});

test('pieces and packs of another backup or vault in the place of one are damage, and never data [DATA-6]', async () => {
  const { house, id } = await backedUp();
  mkdirSync(join(house.home, 'incoming'));
  const pack = only(house, 'packs');
  const whole = readFileSync(pack);
  const files = { ...FILES, 'data/storage/chat.db': randomBytes(3 * PIECE + 500) };
  const foreign = await smallHouse();
  writeInto(foreign.home, files);
  const foreignId = (await foreign.backups.create(CALL)).id;
  copyFileSync(only(foreign, 'packs'), pack);
  expect(await restoring(house, id)).toBe('BACKUP_DAMAGED');
  // Its body under the head of this one, with a sum that fits.
  const [mine, theirs] = [readFileSync(only(house, 'backups')), readFileSync(only(foreign, 'backups'))];
  const bodyAt = (bytes: Buffer): number => 13 + bytes.readUInt32BE(9);
  const spliced = Buffer.concat([mine.subarray(0, bodyAt(mine)), theirs.subarray(bodyAt(theirs), -32)]);
  writeFileSync(only(house, 'backups'), summed(spliced));
  expect(await restoring(house, id)).toBe('BACKUP_KEY_WRONG');
  writeFileSync(only(house, 'backups'), mine);
  copyFileSync(only(foreign, 'backups'), join(house.folder, 'backups', `${foreignId}.aico-backup`));
  expect(await restoring(house, foreignId)).toMatch(/^BACKUP_KEY_(WRONG|ABSENT)$/);

  // Sealed pieces in each other's place: the index is as it was.
  const file = await open(pack, 'r');
  writeFileSync(pack, whole);
  const look = await withKeys(house, (keys) => lookIntoPack(file, keys)).finally(() => file.close());
  const entries = typeof look === 'object' && 'entries' in look ? look.entries : [];
  const [one, other] = entries.filter(({ length }) => length > PIECE);
  if (one === undefined || other === undefined) throw new Error('there are no two whole pieces');
  const swapped = Buffer.from(whole);
  whole.copy(swapped, one.offset, other.offset, other.offset + other.length);
  whole.copy(swapped, other.offset, one.offset, one.offset + one.length);
  writeFileSync(pack, swapped);
  expect(await restoring(house, id)).toBe('BACKUP_DAMAGED');
  writeFileSync(pack, whole);
  expect(await restoring(house, id)).toMatchObject({ id });
});

test('a pack whose index names other pieces, or pieces beyond its end or bound, is damage [DATA-6]', async () => {
  const { house, id } = await backedUp();
  mkdirSync(join(house.home, 'incoming'));
  const whole = readFileSync(only(house, 'packs'));
  const forge = (seal: (keys: BackupKeys, content: Buffer, name: Buffer) => Buffer) =>
    withKeys(house, (keys) => {
      const pack = new PackBuilder();
      for (const content of Object.values(FILES).map((each) => Buffer.from(each))) {
        for (let at = 0; at < content.length; at += PIECE) {
          const piece = content.subarray(at, at + PIECE);
          const name = chunkName(keys, piece);
          pack.add(name.toString('hex'), seal(keys, piece, name));
        }
      }
      writeFileSync(only(house, 'packs'), pack.finish(keys).bytes);
    });
  const vault = readFileSync(join(house.home, 'vault/vault.json'));
  await forge((keys, content, name) => sealBytes(keys, content, name));
  // The vault's own file is missing in it.
  expect(await restoring(house, id)).toBe('BACKUP_DAMAGED');
  const forged: ((keys: BackupKeys, content: Buffer, name: Buffer) => Buffer)[] = [
    (keys, _, name) => sealBytes(keys, vault, name),
    (keys, content, name) => sealBytes(keys, Buffer.concat([content, Buffer.of(0)]), name),
    (keys, _, name) => sealBytes(keys, Buffer.alloc(64 * 1024 * 1024), name),
    (keys, _, name) => sealBytes(keys, randomBytes(PIECE + 1), name),
    (keys, content, name) => sealBytes(keys, content, Buffer.concat([name, Buffer.of(1)])),
    (keys, content, name) => sealBytes(keys, content, name).subarray(0, 20),
  ];
  for (const seal of forged) {
    await forge(seal);
    expect(await restoring(house, id)).toBe('BACKUP_DAMAGED');
  }
  writeFileSync(only(house, 'packs'), whole);
  expect(await restoring(house, id)).toMatchObject({ id });
});

test('a pack of a newer form is told as one where something is missing, and left untouched [DATA-6]', async () => {
  const { house, id } = await backedUp();
  mkdirSync(join(house.home, 'incoming'));
  const pack = only(house, 'packs');
  const newer = readFileSync(pack);
  newer[8] = 2;
  writeFileSync(pack, newer);
  expect(await restoring(house, id)).toBe('BACKUP_NEWER');
  expect(await codeOf(house.backups.verify(id, CALL))).toBe('BACKUP_NEWER');
  // The next backup does not lean on it, and pruning leaves it.
  const next = await house.backups.create(CALL);
  await house.backups.verify(next.id, CALL);
  await house.backups.prune();
  expect(readFileSync(pack)).toEqual(newer);
});

test.each<readonly [string, (file: BackedFile) => Partial<BackedFile>]>([
  ['above the folder', () => ({ path: '../outside' })],
  ['above it by a way within', () => ({ path: 'data/../../outside' })],
  ['at the root', () => ({ path: '/data/outside' })],
  ['by backslashes', () => ({ path: 'data\\..\\..\\outside' })],
  ['beside what is backed up', () => ({ path: 'ready.json' })],
  ['with an empty step', () => ({ path: 'data//x' })],
  ['nowhere', () => ({ path: '' })],
])('a backup that names a file %s is damage, and nothing is written there [DATA-6, SEC-1]', async (_, change) => {
  const { house, id } = await backedUp();
  mkdirSync(join(house.home, 'incoming'));
  await withBody(house, id, (body) => ({
    ...body,
    files: body.files.map((file) => (file.path === 'vault/secrets.bin' ? { ...file, ...change(file) } : file)),
  }));
  expect(await restoring(house, id)).toBe('BACKUP_DAMAGED');
  expect(await codeOf(house.backups.verify(id, CALL))).toBe('BACKUP_DAMAGED');
});

test('a file that says another size or other pieces than it has is damage [DATA-6]', async () => {
  const { house, id } = await backedUp();
  mkdirSync(join(house.home, 'incoming'));
  const whole = readFileSync(only(house, 'backups'));
  const changes: ((file: BackedFile) => Partial<BackedFile>)[] = [
    ({ size }) => ({ size: size + 1 }),
    () => ({ size: 0 }),
    ({ chunks }) => ({ chunks: Buffer.from(chunks, 'base64').subarray(16).toString('base64') }),
    ({ chunks }) => ({ chunks: Buffer.from(chunks, 'base64').subarray(0, -1).toString('base64') }),
    () => ({ chunks: randomBytes(64).toString('base64') }),
    () => ({ packed: true, size: 1 }),
  ];
  for (const change of changes) {
    await withBody(house, id, (body) => ({
      ...body,
      files: body.files.map((file) => (file.path === 'data/storage/chat.db' ? { ...file, ...change(file) } : file)),
    }));
    expect(await restoring(house, id)).toBe('BACKUP_DAMAGED');
    writeFileSync(only(house, 'backups'), whole);
  }
});

test('a head that anybody wrote is damage, and hides no other backup [DATA-6]', async () => {
  const { house, id } = await backedUp();
  mkdirSync(join(house.home, 'incoming'));
  const whole = readFileSync(only(house, 'backups'));
  const bodyAt = 13 + whole.readUInt32BE(9);
  const head = JSON.parse(whole.toString('utf8', 13, bodyAt)) as { info: object; epoch: string };
  const strange = '20300101T000000Z-00000000';
  const path = join(house.folder, 'backups', `${strange}.aico-backup`);
  const info = { ...head.info, id: strange };
  const heads: unknown[] = [
    'no JSON',
    null,
    [],
    {},
    { info: {} },
    { ...head, info: { ...info, bytes: -1 } },
    { ...head, info: { ...info, bytes: '1' } },
    { ...head, info: { ...info, files: 1e300 } },
    { ...head, info: { ...info, createdAt: 'yesterday' } },
    { ...head, info: { ...info, version: 'v'.repeat(1000) } },
    { ...head, info: { ...info, more: 1 } },
    { ...head, info: { ...info, id: '../../x' } },
    { ...head, info, vault: 7 },
    { ...head, info, epoch: '../../../x' },
  ];
  for (const [at, each] of heads.entries()) {
    const text = Buffer.from(each === 'no JSON' ? '{"info":' : JSON.stringify(each));
    const start = Buffer.from(whole.subarray(0, 13));
    start.writeUInt32BE(text.length, 9);
    writeFileSync(path, summed(Buffer.concat([start, text, whole.subarray(bodyAt, -32)])));
    expect(await restoring(house, strange), `head ${at}`).toBe('BACKUP_DAMAGED');
    const { backups, unreadable } = await house.backups.list();
    expect([backups.map((backup) => backup.id), unreadable.map(({ error }) => error.code)]).toEqual([
      [id],
      ['BACKUP_DAMAGED'],
    ]);
  }
  expect(await restoring(house, id)).toMatchObject({ id });
});
