import { spawn } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { BlobStore } from '../../src/blobs/blob-store.ts';
import { databasesIn, keyOf } from '../generation-keys.ts';
import { codeOf, temporaryFolder } from '../temporary-database.ts';
import { contentOf, DIARY, keep, noise } from './temporary-blobs.ts';

const CHILD = join(import.meta.dirname, '../rotate-child.ts');
const DYING_PROCESS = join(import.meta.dirname, '../../../../test/support/dying-process.ts');
const SIDE_BY_SIDE = 4;

/** Blobs whose keys are those of the databases; `known` are the generations whose keys there still are. */
function blobsIn(folder: string, known: (generation: number) => boolean = () => true): BlobStore {
  const store = new BlobStore({
    folder,
    keyOf: async (plugin, generation) => {
      if (!known(generation)) throw new Error(`key ${generation} was asked for`);
      return keyOf(plugin, generation);
    },
    now: () => 0,
  });
  onTestFinished(() => store.close());
  return store;
}

/** A diary with a database and three blobs. */
async function diaryIn(folder: string) {
  const databases = databasesIn(folder);
  await databases.use('diary', (own) => own.set('mood', 'marked'));
  const store = blobsIn(folder);
  const contents = [noise(200_000), noise(70_000), noise(0)];
  const ids: string[] = [];
  for (const content of contents) ids.push(await keep(store, content));
  await databases.closeAll();
  return { databases, store, ids, contents };
}

const formatsIn = (folder: string): number[] => {
  const blobs = join(folder, 'blobs/diary');
  const names = readdirSync(blobs).filter((name) => name.endsWith('.blob'));
  return names.map((name) => readFileSync(join(blobs, name))[8] ?? 0);
};

test('after a rotation every file is under the new key, with its name and its content, and so are new ones [SEC-2]', async () => {
  const folder = temporaryFolder();
  const { databases, store, ids, contents } = await diaryIn(folder);
  const before = ids.map((id) => readFileSync(join(folder, 'blobs/diary', `${id}.blob`)));
  await databases.rotate('diary');
  const release = store.hold();
  expect((await store.rotate('diary')).done).toBe(false);
  expect(await store.catchUp()).toEqual([]);
  release();
  expect(await store.rotate('diary')).toEqual({ blobs: 3, damaged: [], done: true });
  expect((await store.rotate('diary')).blobs).toBe(0);
  const late = await keep(store, noise(100));
  expect(formatsIn(folder)).toEqual([2, 2, 2, 2]);
  for (const [at, id] of ids.entries()) {
    const file = readFileSync(join(folder, 'blobs/diary', `${id}.blob`));
    expect(file).toHaveLength(before[at]?.length ?? 0);
    if (at === 0) expect(file.includes(before[0]?.subarray(1000, 1032) ?? '')).toBe(false);
  }
  await store.close();
  // The first key names them; none of them needs it to be read.
  const fresh = blobsIn(folder);
  for (const [at, id] of ids.entries())
    expect((await contentOf(fresh, id)).equals(contents[at] ?? noise(1))).toBe(true);
  expect((await contentOf(fresh, late)).length).toBe(100);
  expect(await keep(fresh, contents[0] ?? noise(1))).toBe(ids[0]);
  await databases.closeAll();
});

test('a damaged file is told and left as it is, and the others are encrypted anew all the same [DATA-1]', async () => {
  const folder = temporaryFolder();
  const { databases, store, ids } = await diaryIn(folder);
  await databases.rotate('diary');
  const path = join(folder, 'blobs/diary', `${ids[0]}.blob`);
  const bytes = readFileSync(path);
  bytes[500] = (bytes[500] ?? 0) ^ 1;
  writeFileSync(path, bytes);
  const { blobs, damaged } = await store.rotate('diary');
  expect([blobs, (damaged as { code?: string }[]).map(({ code }) => code)]).toEqual([2, ['BLOB_DAMAGED']]);
  expect(readFileSync(path)).toEqual(bytes);
  expect(await codeOf(() => contentOf(store, ids[0] ?? ''))).toBe('BLOB_DAMAGED');
  await databases.closeAll();
});

test('whoever listens no more stops it between two files, and the next run goes on with the rest [SEC-2]', async () => {
  const folder = temporaryFolder();
  const { databases, store } = await diaryIn(folder);
  await databases.rotate('diary');
  const stop = new AbortController();
  const progress = async (done: number): Promise<void> => {
    if (done === 1) stop.abort();
  };
  expect(await store.rotate('diary', { signal: stop.signal, progress })).toMatchObject({ blobs: 1, done: false });
  expect(formatsIn(folder).toSorted()).toEqual([1, 1, 2]);
  expect(await store.catchUp()).toMatchObject([{ plugin: 'diary', rotated: { blobs: 2, done: true } }]);
  expect(formatsIn(folder)).toEqual([2, 2, 2]);
  await databases.closeAll();
});

test('kill -9 at each step of encrypting files anew loses none, and the next run goes on from there [SVC-7] [DATA-1] [SEC-2]', {
  timeout: 300_000,
}, async () => {
  const origin = temporaryFolder();
  const { databases, store, ids, contents } = await diaryIn(origin);
  await databases.rotate('diary');
  await databases.closeAll();
  await store.close();
  let [steps, cut] = [0, 0];
  for (let ended = false; !ended; ) {
    const round = Array.from({ length: SIDE_BY_SIDE }, () => {
      steps += 1;
      return rotateAndDie(origin, steps);
    });
    for (const { folder, done } of await Promise.all(round)) {
      ended ||= done;
      if (formatsIn(folder).some((format) => format === 1)) cut += 1;
      const fresh = blobsIn(folder);
      const read = await Promise.all(ids.map((id) => contentOf(fresh, id)));
      expect(read.map((content, at) => content.equals(contents[at] ?? noise(1)))).toEqual([true, true, true]);
      await fresh.catchUp();
      expect(formatsIn(folder)).toEqual([2, 2, 2]);
      expect(await fresh.catchUp()).toEqual([]);
    }
  }
  expect(cut).toBeGreaterThan(2);
});

/** Goes on with a rotation in a copy, by a process that dies at a step, if it gets so far. */
async function rotateAndDie(origin: string, step: number): Promise<{ folder: string; done: boolean }> {
  const folder = temporaryFolder();
  cpSync(origin, folder, { recursive: true });
  const child = spawn(
    process.execPath,
    ['--conditions=source', '--import', DYING_PROCESS, CHILD, folder, DIARY.plugin, 'files'],
    {
      env: { ...process.env, DIE_FOLDER: join(folder, 'blobs'), DIE_AT: String(step) },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  const signal = await new Promise((resolve) => child.on('close', (_, by) => resolve(by)));
  const done = output.includes('done');
  expect(done || signal === 'SIGKILL').toBe(true);
  return { folder, done };
}
