import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CALL, codeOf, contentOf, PASSWORD, type SmallHouse, smallHouse, writeInto } from './small-house.ts';

const FILES = {
  'config.json': 'some text '.repeat(5_000),
  'data/storage/chat.db': randomBytes(150_000),
  'vault/secrets.bin': randomBytes(40),
};

async function backedUp(): Promise<{ house: SmallHouse; id: string }> {
  const house = await smallHouse();
  writeInto(house.home, FILES);
  const { id } = await house.backups.create(CALL);
  return { house, id };
}

function fileIn(house: SmallHouse, folder: 'packs' | 'backups'): string {
  return join(house.folder, folder, readdirSync(join(house.folder, folder))[0] ?? '');
}

/** Places in a file that stand for every kind of byte in it: both ends whole, the middle in steps. */
function places(size: number): number[] {
  const ends = Array.from({ length: 40 }, (_, at) => [at, size - 1 - at]).flat();
  const middle = Array.from({ length: 60 }, (_, step) => Math.floor((step * size) / 60));
  return [...new Set([...ends, ...middle])].filter((at) => at >= 0 && at < size);
}

test.for(['packs', 'backups'] as const)(
  'a flipped bit anywhere in %s never becomes data: a typed error, and what is in use untouched [DATA-6]',
  async (folder) => {
    const { house, id } = await backedUp();
    const before = contentOf(house.home);
    const path = fileIn(house, folder);
    const whole = readFileSync(path);
    const codes = new Set<unknown>();
    for (const at of places(whole.length)) {
      const bytes = Buffer.from(whole);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << (at % 8));
      writeFileSync(path, bytes);
      const code = await codeOf(house.backups.restore({ id }, CALL));
      if (typeof code !== 'string') {
        // A byte that only fills a pack up says nothing.
        expect(folder, `byte ${at} of ${whole.length}`).toBe('packs');
        const given = contentOf(join(house.home, 'incoming/files'));
        for (const [path, content] of Object.entries(FILES))
          expect(given[path], path).toBe(Buffer.from(content).toString('hex'));
        rmSync(join(house.home, 'incoming'), { recursive: true });
        continue;
      }
      codes.add(code);
      const { 'data/backup/state.json': _, ...after } = contentOf(house.home);
      const { 'data/backup/state.json': __, ...wanted } = before;
      const inUse = Object.fromEntries(Object.entries(after).filter(([name]) => !name.startsWith('incoming/')));
      expect(inUse).toEqual(wanted);
      expect(Object.keys(after)).not.toContain('incoming/ready.json');
    }
    for (const code of codes) expect(['BACKUP_DAMAGED', 'BACKUP_NEWER']).toContain(code);
    writeFileSync(path, whole);
    await house.backups.verify(id, CALL);
  },
);

test.for(['packs', 'backups'] as const)('a cut anywhere in %s is told as damage [DATA-6]', async (folder) => {
  const { house, id } = await backedUp();
  const path = fileIn(house, folder);
  const whole = readFileSync(path);
  for (const at of places(whole.length)) {
    writeFileSync(path, whole);
    truncateSync(path, at);
    expect(await codeOf(house.backups.restore({ id }, CALL)), `cut at ${at}`).toBe('BACKUP_DAMAGED');
  }
});

test('a backup or folder of a newer form is refused by name and left untouched; bytes behind the end are damage [DATA-6]', async () => {
  const { house, id } = await backedUp();
  const path = fileIn(house, 'backups');
  const whole = readFileSync(path);
  const newer = Buffer.from(whole);
  newer[8] = 4;
  writeFileSync(path, newer);
  expect(await codeOf(house.backups.restore({ id }, CALL))).toBe('BACKUP_NEWER');
  expect((await house.backups.list()).unreadable.map(({ error }) => error.code)).toEqual(['BACKUP_NEWER']);
  expect(await codeOf(house.backups.prune())).toBe('BACKUP_NEWER');
  expect(readFileSync(path)).toEqual(newer);
  writeFileSync(path, Buffer.concat([whole, Buffer.of(0)]));
  expect(await codeOf(house.backups.restore({ id }, CALL))).toBe('BACKUP_DAMAGED');
  writeFileSync(path, whole);
  const mark = join(house.folder, 'aico-backups.json');
  writeFileSync(mark, '{"format":2}');
  const { folder, backups, neighbour } = house;
  // Also on a machine that never wrote to it.
  const elsewhere = (await smallHouse()).backups.in(folder);
  const other = (await neighbour(randomBytes(32).toString('hex'))).backups;
  const asked: (() => Promise<unknown>)[] = [
    () => backups.create(CALL),
    () => backups.verify(id, CALL),
    () => backups.restore({ id }, CALL),
    () => backups.prune(),
    () => backups.list(),
    () => elsewhere.list(),
    () => other.list(),
    () => other.restore({ id, password: PASSWORD }, CALL),
  ];
  const codes: unknown[] = [];
  for (const each of asked) codes.push(await codeOf(each()));
  expect(codes).toEqual(asked.map(() => 'BACKUP_NEWER'));
});

test('a piece that was found damaged is written anew by the next backup, which mends the ones before [DATA-6]', async () => {
  const { house, id } = await backedUp();
  const path = fileIn(house, 'packs');
  const bytes = readFileSync(path);
  bytes[60_000] = (bytes[60_000] ?? 0) ^ 4;
  writeFileSync(path, bytes);
  expect(await codeOf(house.backups.verify(id, CALL))).toBe('BACKUP_DAMAGED');
  const next = await house.backups.create(CALL);
  expect(next.newBytes).toBeGreaterThan(0);
  await house.backups.verify(next.id, CALL);
  await house.backups.verify(id, CALL);
});

test('a pack that lost its index counts as missing, and the next backup does not lean on it [DATA-6]', async () => {
  const { house, id } = await backedUp();
  const path = fileIn(house, 'packs');
  truncateSync(path, 100_000);
  expect(await codeOf(house.backups.verify(id, CALL))).toBe('BACKUP_DAMAGED');
  await house.backups.verify((await house.backups.create(CALL)).id, CALL);
});

test('a key file beside the backups that was changed, cut or lost is told when they are tested, and whole again after the next one [DATA-6]', async () => {
  const { house, id } = await backedUp();
  const path = join(house.folder, 'keys', readdirSync(join(house.folder, 'keys'))[0] ?? '');
  const whole = readFileSync(path);
  const other = await house.neighbour('locked');
  const elsewhere = (): Promise<unknown> => codeOf(other.backups.restore({ id, password: PASSWORD }, CALL));
  const changed = Buffer.from(whole);
  changed[30] = (changed[30] ?? 0) ^ 1;
  for (const bytes of [changed, whole.subarray(0, 20), Buffer.alloc(0)]) {
    writeFileSync(path, bytes);
    expect(await elsewhere()).toBe('BACKUP_DAMAGED');
    expect(await codeOf(house.backups.verify(id, CALL))).toBe('BACKUP_DAMAGED');
    await house.backups.create(CALL);
    await house.backups.verify(id, CALL);
    expect(await elsewhere()).toMatchObject({ id });
  }
  // One that a newer AICO wrote is no damage.
  const newer = Buffer.from(whole);
  newer[8] = 2;
  writeFileSync(path, newer);
  expect(await elsewhere()).toBe('BACKUP_NEWER');
  rmSync(path);
  expect(await codeOf(house.backups.verify(id, CALL))).toBe('BACKUP_DAMAGED');
});

test('a damaged backup that keeps old ones from going is named as a file, and with it gone they go [DATA-6]', async () => {
  const { house } = await backedUp();
  const path = fileIn(house, 'backups');
  writeFileSync(path, readFileSync(path).subarray(0, -1));
  // No later backup mends it.
  const { id } = await house.backups.create(CALL);
  const named = expect.objectContaining({ code: 'BACKUP_IN_DOUBT', subject: path });
  await expect(house.backups.prune()).rejects.toEqual(named);
  await expect(house.backups.shred(CALL)).rejects.toEqual(named);
  rmSync(path);
  expect(await house.backups.prune()).toMatchObject({ removed: [], kept: 1 });
  await house.backups.verify(id, CALL);
});

test('a mark that was overwritten hides no backup [DATA-6]', async () => {
  const { house, id } = await backedUp();
  for (const text of ['', 'null', '\0\0', '{"for'] as const) {
    writeFileSync(join(house.folder, 'aico-backups.json'), text);
    expect(
      (await house.backups.list()).backups.map((each) => each.id),
      text,
    ).toEqual([id]);
    await house.backups.verify(id, CALL);
  }
});
