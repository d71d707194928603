import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { AicoError, type VectorEntry, type VectorExternalAnswer, type VectorExternalAsk } from '@aico/sdk';
import { expect, test } from 'vitest';
import { Databases } from '../src/databases.ts';
import type { AskExternal } from '../src/external-vectors.ts';
import { encodeVector } from '../src/vector-code.ts';
import type { VectorStoreName } from '../src/vector-table.ts';
import { Vectors } from '../src/vectors.ts';
import { MapVectors } from './map-vectors.ts';
import { codeOf, temporaryFolder } from './temporary-database.ts';

const PLUGIN = 'diary';
const COLLECTION = 'days';
const COUNT = 1_600;
/** What storage may send at once, by its manifest. */
const MESSAGE_BYTES = 16 * 1024 * 1024;

test('vectors move to the other store and back bit by bit, and are used where they are [DATA-3]', async () => {
  const map = new MapVectors();
  const { vectors } = open(temporaryFolder(), map);
  await fill(vectors);
  const before = await listAll(vectors);
  expect(await vectors.move('external')).toEqual({ collections: 1, vectors: COUNT });
  expect(map.collections.get(`${PLUGIN} ${COLLECTION}`)?.size).toBe(COUNT);
  expect(await listAll(vectors)).toEqual(before);
  expect(await vectors.all()).toEqual([
    { plugin: PLUGIN, collection: COLLECTION, dimensions: 8, count: COUNT, store: 'external' },
  ]);
  const asked = before[7]?.vector ?? '';
  const query = { collection: COLLECTION, vector: asked, limit: 1 };
  expect(await vectors.query(PLUGIN, query)).toMatchObject([{ id: before[7]?.id }]);
  expect(await vectors.move('external')).toEqual({ collections: 0, vectors: 0 });
  expect(await vectors.move('embedded')).toEqual({ collections: 1, vectors: COUNT });
  expect(map.collections.size).toBe(0);
  expect(await listAll(vectors)).toEqual(before);
  expect(await vectors.query(PLUGIN, query)).toMatchObject([{ id: before[7]?.id }]);
});

test.each(['external', 'embedded'] as const)('what changes during a move to %s is not lost [DATA-3]', async (store) => {
  const map = new MapVectors();
  const { vectors } = open(temporaryFolder(), map);
  await fill(vectors);
  if (store === 'embedded') await vectors.move('external');
  const moving = vectors.move(store);
  const changed = new Map((await listAll(vectors)).map((entry) => [entry.id, entry]));
  for (let at = 0; at < COUNT; at += 40) {
    const fresh = entryOf(at, 1_000_000 + at);
    await vectors.upsert(PLUGIN, { collection: COLLECTION, entries: [fresh, entryOf(COUNT + at)] });
    await vectors.delete(PLUGIN, { collection: COLLECTION, ids: [entryOf(at + 1).id] });
    changed.set(fresh.id, fresh);
    changed.set(entryOf(COUNT + at).id, entryOf(COUNT + at));
    changed.delete(entryOf(at + 1).id);
  }
  await moving;
  const [collection] = await vectors.all();
  expect(collection).toMatchObject({ store, count: changed.size });
  expect((await listAll(vectors)).map(({ id }) => id)).toEqual([...changed.keys()].sort());
  const held = new Map((await listAll(vectors)).map(({ id, metadata }) => [id, metadata]));
  for (const [id, { metadata }] of changed) expect(held.get(id)).toEqual(metadata);
});

test.each([
  ['external', 'external'],
  ['external', 'embedded'],
  ['embedded', 'external'],
] as const)(
  'a move to %s and one to %s that are asked for at once lose nothing, nor what is deleted and made anew meanwhile [DATA-3]',
  { timeout: 60_000 },
  async (one, other) => {
    for (let wait = 0; wait < 80; wait += 8) {
      const map = new MapVectors();
      const slow = async (ask: VectorExternalAsk) => {
        await delay(2);
        return map.ask(ask);
      };
      const { vectors } = open(temporaryFolder(), { ask: slow });
      const entries = Array.from({ length: 600 }, (_, at) => entryOf(at));
      for (const collection of ['a', 'b', 'c']) await vectors.upsert(PLUGIN, { collection, entries });
      const moves = [vectors.move(one)];
      await delay(wait);
      moves.push(vectors.move(other));
      await vectors.drop(PLUGIN, 'c');
      await vectors.upsert(PLUGIN, { collection: 'c', entries });
      await Promise.all(moves);
      expect((await vectors.all()).map(({ collection, count }) => [collection, count])).toEqual([
        ['a', 600],
        ['b', 600],
        ['c', 600],
      ]);
    }
  },
);

test('another store in the place of the one that vectors were moved to is told, and nothing is taken for empty or lost by it [DATA-3]', async () => {
  const map = new MapVectors();
  const state = { map };
  const { vectors } = open(temporaryFolder(), { ask: (ask) => state.map.ask(ask) });
  await fill(vectors);
  const before = await listAll(vectors);
  await vectors.move('external');
  state.map = new MapVectors();
  const { id, vector } = entryOf(7);
  for (const work of [
    () => vectors.query(PLUGIN, { collection: COLLECTION, vector }),
    () => listAll(vectors),
    () => vectors.upsert(PLUGIN, { collection: COLLECTION, entries: [entryOf(7)] }),
    () => vectors.delete(PLUGIN, { collection: COLLECTION, ids: [id] }),
    () => vectors.collections(PLUGIN),
    () => vectors.move('embedded'),
  ])
    expect(await codeOf(work)).toBe('VECTOR_EXTERNAL_GONE');
  state.map = map;
  expect(await vectors.move('embedded')).toEqual({ collections: 1, vectors: COUNT });
  expect(await listAll(vectors)).toEqual(before);
});

test('a collection without vectors moves as well, and is used where it is [DATA-3]', async () => {
  const { vectors } = open(temporaryFolder(), new MapVectors());
  await vectors.upsert(PLUGIN, { collection: COLLECTION, entries: [entryOf(7)] });
  await vectors.delete(PLUGIN, { collection: COLLECTION, ids: [entryOf(7).id] });
  for (const store of ['external', 'embedded'] as const) {
    expect(await vectors.move(store)).toEqual({ collections: 1, vectors: 0 });
    expect(await vectors.all()).toMatchObject([{ count: 0, store }]);
    expect(await vectors.query(PLUGIN, { collection: COLLECTION, vector: entryOf(7).vector })).toEqual([]);
  }
});

test('what is asked while a collection comes back is answered whole [DATA-3]', async () => {
  const map = new MapVectors();
  const waiting: (() => void)[] = [];
  const { vectors } = open(temporaryFolder(), {
    ask: async (ask: VectorExternalAsk) => {
      if (ask.query !== undefined || ask.list?.limit === 7) await new Promise<void>((go) => waiting.push(go));
      return map.ask(ask);
    },
  });
  await fill(vectors);
  await vectors.move('external');
  const query = vectors.query(PLUGIN, { collection: COLLECTION, vector: entryOf(7).vector, limit: 1 });
  const list = vectors.list(PLUGIN, { collection: COLLECTION, limit: 7 });
  await expect.poll(() => waiting.length).toBe(2);
  await vectors.move('embedded');
  for (const go of waiting) go();
  expect(await query).toHaveLength(1);
  expect((await list).entries).toHaveLength(7);
});

test('what moves at once fits into a message, however much is known of it [DATA-3]', async () => {
  const map = new MapVectors();
  let longest = 0;
  const { vectors } = open(temporaryFolder(), {
    ask: (ask) => {
      longest = Math.max(longest, JSON.stringify(ask).length);
      return map.ask(ask);
    },
  });
  const metadata = Object.fromEntries(Array.from({ length: 30 }, (_, at) => [`field${at}`, 'x'.repeat(1_000)]));
  const entries = Array.from({ length: 900 }, (_, at) => ({ ...entryOf(at), metadata }));
  for (let at = 0; at < entries.length; at += 300)
    await vectors.upsert(PLUGIN, { collection: COLLECTION, entries: entries.slice(at, at + 300) });
  expect(await vectors.move('external')).toEqual({ collections: 1, vectors: entries.length });
  expect(map.collections.get(`${PLUGIN} ${COLLECTION}`)?.size).toBe(entries.length);
  expect(longest).toBeLessThan(MESSAGE_BYTES);
});

test('a move whose store fails says so, leaves the vectors where they were, and none of them there [DATA-3] [SEC-1]', async () => {
  const map = new MapVectors();
  const { vectors } = open(temporaryFolder(), {
    ask: (ask) => {
      if (ask.upsert && map.asked > 2) throw new Error('the disk of the store is full');
      return map.ask(ask);
    },
  });
  await fill(vectors);
  const before = await listAll(vectors);
  expect(await codeOf(() => vectors.move('external'))).toBe('VECTOR_MOVE_FAILED');
  expect(map.collections.size).toBe(0);
  expect(await listAll(vectors)).toEqual(before);
  expect(await vectors.all()).toMatchObject([{ count: COUNT, store: 'embedded' }]);
});

test('a move to a store that nobody switched on says that, and what to do [DATA-3]', async () => {
  const { vectors } = open(temporaryFolder(), {
    ask: () => {
      throw new AicoError('KERNEL_NO_SERVER', { subject: 'vector.external.ask.v1' });
    },
  });
  await fill(vectors);
  const before = await listAll(vectors);
  await expect(vectors.move('external')).rejects.toMatchObject({
    code: 'VECTOR_EXTERNAL_UNAVAILABLE',
    message: expect.stringMatching(/^The external store of vectors does not answer diary: .*[^.]\.$/),
    fix: expect.stringContaining('aico plugin enable chroma'),
  });
  expect(await listAll(vectors)).toEqual(before);
});

test.each(['external', 'embedded'] as const)(
  'a process killed at any step of a move to %s loses nothing, and the next move finishes it [DATA-3] [SVC-7]',
  { timeout: 60_000 },
  async (store) => {
    const folder = temporaryFolder();
    const map = new MapVectors();
    const first = open(folder, map);
    await fill(first.vectors);
    if (store === 'embedded') await first.vectors.move('external');
    const before = await listAll(first.vectors);
    await first.databases.closeAll();
    for (const step of [1, 4, 6, 7]) {
      await moveUntilKilled(folder, store, map, step);
      const { vectors, databases } = open(folder, map);
      expect(await listAll(vectors)).toEqual(before);
      await databases.closeAll();
    }
    expect(await moveUntilKilled(folder, store, map, Number.POSITIVE_INFINITY)).toBe(0);
    const last = open(folder, map);
    expect(await listAll(last.vectors)).toEqual(before);
    expect(await last.vectors.all()).toMatchObject([{ count: COUNT, store }]);
    await last.databases.closeAll();
  },
);

function open(
  folder: string,
  external: { ask(ask: VectorExternalAsk): ReturnType<AskExternal> | VectorExternalAnswer },
): { vectors: Vectors; databases: Databases } {
  const keyOf = async () => '5a'.repeat(32);
  const databases = new Databases({ folder, keyOf, now: () => performance.now(), onFailure: () => {} });
  const vectors = new Vectors(
    databases,
    async (ask) => external.ask(ask),
    () => 'embedded',
  );
  return { vectors, databases };
}

async function fill(vectors: Vectors): Promise<void> {
  const entries = Array.from({ length: COUNT }, (_, at) => entryOf(at));
  for (let at = 0; at < COUNT; at += 800)
    await vectors.upsert(PLUGIN, { collection: COLLECTION, entries: entries.slice(at, at + 800) });
}

function entryOf(at: number, seed = at): VectorEntry {
  const vector = Float32Array.from({ length: 8 }, (_, index) => Math.sin(seed * 8.13 + index * 1.7));
  return { id: `day-${at}`, vector: encodeVector(vector), metadata: { seed, even: seed % 2 === 0 } };
}

async function listAll(vectors: Vectors): Promise<VectorEntry[]> {
  const all: VectorEntry[] = [];
  for (let after: string | undefined = ''; after !== undefined; ) {
    const asked: { collection: string; limit: number; after?: string } = { collection: COLLECTION, limit: 1000 };
    const page = await vectors.list(PLUGIN, after === '' ? asked : { ...asked, after });
    all.push(...page.entries);
    after = page.next;
  }
  return all;
}

/** Moves in a process of its own, and kills it when it asks the store for the so-manieth time. Its exit code. */
async function moveUntilKilled(
  folder: string,
  store: VectorStoreName,
  map: MapVectors,
  step: number,
): Promise<number | null> {
  const child = fork(join(import.meta.dirname, 'move-vectors-child.ts'), [folder, store], {
    execArgv: ['--conditions=source'],
  });
  let asked = 0;
  child.on('message', ({ number, ask }: { number: number; ask: VectorExternalAsk }) => {
    asked += 1;
    const answer = map.ask(ask);
    if (asked === step) child.kill('SIGKILL');
    else child.send({ number, answer });
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code;
}
