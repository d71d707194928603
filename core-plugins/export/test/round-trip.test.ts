import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createHouse, type Files } from './support/house.ts';
import { fill } from './support/people.ts';

function sameBut(files: Files): Record<string, string> {
  return Object.fromEntries(
    [...files].filter(([path]) => path !== 'manifest.json').map(([path, bytes]) => [path, bytes.toString('base64')]),
  );
}

test('whatever was exported and imported elsewhere is exported the same, files included, and comes once [DATA-7]', async () => {
  const property = fc.asyncProperty(fc.integer(), async (seed) => {
    await using here = await createHouse();
    fill(here, seed);
    const { files } = await here.exported();
    await using there = await createHouse();
    expect(await there.imported(files)).toMatchObject({ problems: [], more: 0 });
    expect(sameBut((await there.exported()).files)).toEqual(sameBut(files));
    const written = there.added.length;
    for (const house of [here, there]) {
      const again = await house.imported(files);
      expect(again?.counts.map(({ added, refused }) => added + refused)).toEqual(again?.counts.map(() => 0));
      expect(again?.files).toBe(0);
    }
    expect([here.added, there.added.length]).toEqual([[], written]);
  });
  await fc.assert(property, { numRuns: 6 });
});

test('a look says what would come and adds nothing; files come with their messages alone [DATA-7]', async () => {
  await using here = await createHouse();
  fill(here, 3);
  const { files, done } = await here.exported();
  await using there = await createHouse();
  const { phase, report } = await there.looked(files);
  expect(phase).toBe('checked');
  expect(report?.counts.map(({ plugin, kind, added }) => ({ plugin, kind, records: added }))).toEqual(done.counts);
  expect(there.added).toEqual([]);
  expect(report?.files).toBe(here.blobs.size);
});

test('what is there is never written over, and only what is missing comes [DATA-7]', async () => {
  await using house = await createHouse();
  fill(house, 5);
  const { files } = await house.exported();
  const memories = house.kept.get('memory')?.get('memories') ?? [];
  const gone = memories.splice(1, 1);
  const changed = memories[0];
  if (changed) changed['text'] = 'said otherwise since';
  const report = await house.imported(files);
  expect(report?.counts.find(({ kind }) => kind === 'memories')).toMatchObject({
    added: 1,
    known: memories.length - 1,
  });
  expect(memories.map(({ text }) => text)).toContain('said otherwise since');
  expect(memories.at(-1)).toEqual(gone[0]);
});

test('an export names who keeps something that is not in it: silent, gone, or not chosen [DATA-7]', async () => {
  await using house = await createHouse();
  fill(house, 5);
  const about = {
    version: '0.1.0',
    description: 'Keeps.',
    author: 'AICO',
    tier: 'isolated',
    main: 'index.js',
  } as const;
  const keeps = { verb: 'request', topic: 'storage.kv.set.v1', reason: 'To keep it.' } as const;
  for (const [id, permissions] of [
    ['hermit', [keeps]],
    ['dice', []],
  ] as const)
    await house.kernel.load({
      manifest: { ...about, id, name: id, engines: { aico: '^0.1.0' }, permissions: [...permissions] },
      definition: { activate: () => {} },
    });
  const { files, done } = await house.exported({ parts: ['chat', 'memory'] });
  expect(done.without).toEqual([
    { plugin: 'diary', name: 'diary', why: 'unchosen' },
    { plugin: 'hermit', name: 'hermit', why: 'silent' },
    { plugin: 'kernel', name: 'Settings and consents', why: 'unchosen' },
    { plugin: 'old-album', why: 'gone' },
  ]);
  const manifest = JSON.parse(files.get('manifest.json')?.toString() ?? '{}') as { without?: unknown };
  expect(manifest.without).toEqual(done.without);
  expect(await house.imported(files)).toMatchObject({ problems: [] });
});
