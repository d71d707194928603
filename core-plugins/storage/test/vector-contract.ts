import type { PluginContext } from '@aico/sdk';
import type { TestKernel } from '@aico/sdk-testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { codeOf } from './temporary-database.ts';

const TOPICS = ['upsert', 'query', 'delete', 'list', 'collection.list', 'collection.drop'].map((name) => ({
  verb: 'request' as const,
  topic: `vector.${name}.v1`,
}));

/** A store of vectors that runs, with a kernel to load plugins into. */
export interface VectorStage extends AsyncDisposable {
  readonly kernel: TestKernel;
}

/** A plugin that uses vectors. */
export function vectorUser(kernel: TestKernel, id: string): Promise<PluginContext> {
  return kernel.peer({ id, permissions: TOPICS });
}

/** What whoever serves `vector.…` has to do, whichever store it is. */
export function testVectorContract(store: string, open: () => Promise<VectorStage>): void {
  test(`${store}: finds the nearest first, with its metadata [DATA-3]`, async () => {
    await using stage = await open();
    const { vectors } = await vectorUser(stage.kernel, 'diary');
    await vectors.upsert('days', [
      { id: 'east', vector: [2, 0, 0], metadata: { wind: 'east', year: 2024, dry: true } },
      { id: 'north-east', vector: [1, 1, 0] },
      { id: 'north', vector: [0, 0.5, 0], metadata: { wind: 'north', year: 2026, dry: false } },
    ]);
    const hits = await vectors.query('days', [10, 1, 0], { limit: 2 });
    expect(hits.map(({ id }) => id)).toEqual(['east', 'north-east']);
    expect(hits[0]).toEqual({
      id: 'east',
      nearness: expect.closeTo(10 / Math.hypot(10, 1), 5),
      metadata: { wind: 'east', year: 2024, dry: true },
    });
    expect((await vectors.query('days', [1, 0, 0], { least: 0.9 })).map(({ id }) => id)).toEqual(['east']);
    expect(await vectors.query('nights', [1, 0, 0])).toEqual([]);
  });

  test(`${store}: gives metadata back as it was, whatever its fields are called and however long its numbers [DATA-3]`, async () => {
    await using stage = await open();
    const { vectors } = await vectorUser(stage.kernel, 'diary');
    const numbers = { most: 2 ** 53 - 1, long: 123456789.12345679, third: 1 / 3, large: 1e300, small: 5e-324, none: 0 };
    const names = {
      'chroma:document': 'a',
      'aico:exact': 'b',
      '#document': true,
      $and: 1,
      '': 'c',
      'ü 🙂': 'd "e" \\\u0000f',
    };
    await vectors.upsert('days', [
      { id: 'a', vector: [1, 0], metadata: { ...numbers, ...names } },
      { id: 'b', vector: [0, 1], metadata: numbers },
      { id: 'c', vector: [1, 1], metadata: names },
    ]);
    expect((await Array.fromAsync(vectors.entries('days'))).map(({ metadata }) => metadata)).toEqual([
      { ...numbers, ...names },
      numbers,
      names,
    ]);
    const where = [{ field: 'long', is: numbers.long }];
    const hits = await vectors.query('days', [1, 0], { where });
    expect(hits.map(({ id, metadata }) => [id, metadata])).toEqual([
      ['a', { ...numbers, ...names }],
      ['b', numbers],
    ]);
    await vectors.upsert('days', [{ id: 'a', vector: [1, 0], metadata: { plain: 1 } }]);
    expect((await vectors.query('days', [1, 0], { limit: 1 }))[0]?.metadata).toEqual({ plain: 1 });
  });

  test(`${store}: finds only what is as wanted, and tells kinds of values apart [DATA-3]`, async () => {
    await using stage = await open();
    const { vectors } = await vectorUser(stage.kernel, 'diary');
    await vectors.upsert('days', [
      { id: 'a', vector: [1, 0.1], metadata: { wind: 'east', year: 2024, dry: true } },
      { id: 'b', vector: [1, 0.2], metadata: { wind: 'north', year: 2025.5, dry: false } },
      { id: 'c', vector: [1, 0.3], metadata: { wind: '2024', year: 1 } },
      { id: 'd', vector: [1, 0.4] },
    ]);
    const find = async (where: Parameters<typeof vectors.query>[2] & object) =>
      (await vectors.query('days', [1, 0], where)).map(({ id }) => id).join('');
    expect(await find({ where: [{ field: 'wind', is: 'north' }] })).toBe('b');
    expect(await find({ where: [{ field: 'dry', is: true }] })).toBe('a');
    expect(await find({ where: [{ field: 'year', is: 1 }] })).toBe('c');
    expect(await find({ where: [{ field: 'wind', is: 2024 }] })).toBe('');
    expect(await find({ where: [{ field: 'wind', in: ['east', '2024'] }] })).toBe('ac');
    expect(await find({ where: [{ field: 'year', atLeast: 2024, below: 2025.5 }] })).toBe('a');
    expect(
      await find({
        where: [
          { field: 'year', atLeast: 2000 },
          { field: 'dry', is: false },
        ],
      }),
    ).toBe('b');
    expect(await find({ where: [{ field: 'moon', is: 'full' }] })).toBe('');
  });

  test(`${store}: finds what is as wanted also when it is far [DATA-3]`, async () => {
    await using stage = await open();
    const { vectors } = await vectorUser(stage.kernel, 'diary');
    const near = Array.from({ length: 300 }, (_, at) => ({ id: `near-${at}`, vector: [1, at / 1000] }));
    await vectors.upsert('days', near);
    await vectors.upsert('days', [{ id: 'far', vector: [-1, 0.5], metadata: { kind: 'odd' } }]);
    const hits = await vectors.query('days', [1, 0], { where: [{ field: 'kind', is: 'odd' }] });
    expect(hits.map(({ id }) => id)).toEqual(['far']);
  });

  test(`${store}: replaces by id, deletes, counts and gives all back as it was [DATA-3] [DATA-7]`, async () => {
    await using stage = await open();
    const { vectors } = await vectorUser(stage.kernel, 'diary');
    await vectors.upsert('days', [
      { id: 'b', vector: [0.6, 0.8], metadata: { n: 1 } },
      { id: 'a', vector: [0, 1] },
    ]);
    await vectors.upsert('days', [{ id: 'b', vector: [1, 0] }]);
    expect(await vectors.collections()).toMatchObject([{ collection: 'days', dimensions: 2, count: 2 }]);
    const kept = await Array.fromAsync(vectors.entries('days'));
    expect(kept).toEqual([
      { id: 'a', vector: Float32Array.of(0, 1) },
      { id: 'b', vector: Float32Array.of(1, 0) },
    ]);
    expect((await vectors.query('days', [1, 0])).map(({ id }) => id)).toEqual(['b', 'a']);
    expect(await vectors.delete('days', ['b', 'nobody'])).toBe(1);
    expect((await vectors.query('days', [1, 0])).map(({ id }) => id)).toEqual(['a']);
    expect(await vectors.drop('days')).toBe(true);
    expect(await vectors.drop('days')).toBe(false);
    expect(await vectors.collections()).toEqual([]);
  });

  test(`${store}: nobody reads, changes or drops another's, even by the same name [DATA-3] [SEC-4]`, async () => {
    await using stage = await open();
    const diary = await vectorUser(stage.kernel, 'diary');
    const spy = await vectorUser(stage.kernel, 'spy');
    await diary.vectors.upsert('days', [{ id: 'mine', vector: [1, 0] }]);
    expect(await spy.vectors.query('days', [1, 0])).toEqual([]);
    expect(await spy.vectors.delete('days', ['mine'])).toBe(0);
    expect(await spy.vectors.drop('days')).toBe(false);
    await spy.vectors.upsert('days', [{ id: 'mine', vector: [0, 1, 0] }]);
    expect(await diary.vectors.query('days', [1, 0])).toEqual([{ id: 'mine', nearness: 1 }]);
    expect(await diary.vectors.collections()).toMatchObject([{ count: 1, dimensions: 2 }]);
  });

  test(`${store}: refuses what is no direction, and another number of numbers [DATA-3]`, async () => {
    await using stage = await open();
    const { vectors } = await vectorUser(stage.kernel, 'diary');
    await vectors.upsert('days', [{ id: 'a', vector: [1, 0] }]);
    const put = (vector: number[]) => codeOf(() => vectors.upsert('days', [{ id: 'b', vector }]));
    expect(await put([0, 0])).toBe('VECTOR_INVALID');
    expect(await put([Number.NaN, 1])).toBe('VECTOR_INVALID');
    expect(await put([Number.POSITIVE_INFINITY, 1])).toBe('VECTOR_INVALID');
    expect(await put([1, 2, 3])).toBe('VECTOR_DIMENSIONS');
    expect(await codeOf(() => vectors.query('days', [1, 2, 3]))).toBe('VECTOR_DIMENSIONS');
    expect((await vectors.query('days', [1, 0])).map(({ id }) => id)).toEqual(['a']);
  });

  test(`${store}: holds what a map holds, after any changes [DATA-3]`, { timeout: 60_000 }, async () => {
    await using stage = await open();
    const { vectors } = await vectorUser(stage.kernel, 'diary');
    const id = fc.integer({ min: 0, max: 12 }).map((number) => `id-${number}`);
    const vector = fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 3, maxLength: 3 }).map((v) => [...v, 1]);
    const change = fc.oneof(fc.record({ id, vector }), fc.record({ id, vector: fc.constant(undefined) }));
    const changes = fc.array(change, { minLength: 1, maxLength: 25 });
    let round = 0;
    await fc.assert(
      fc.asyncProperty(changes, async (done) => {
        const collection = `round-${round++}`;
        const model = new Map<string, readonly number[]>();
        for (const { id: name, vector: numbers } of done) {
          if (numbers) {
            await vectors.upsert(collection, [{ id: name, vector: numbers }]);
            model.set(name, numbers);
          } else expect(await vectors.delete(collection, [name])).toBe(model.delete(name) ? 1 : 0);
        }
        const hits = await vectors.query(collection, [1, 2, 3, 4], { limit: 50 });
        const expected = [...model].map(([name, numbers]) => [name, cosine(numbers, [1, 2, 3, 4])] as const);
        expect(Object.fromEntries(hits.map(({ id: name, nearness }) => [name, nearness]))).toEqual(
          Object.fromEntries(expected.map(([name, near]) => [name, expect.closeTo(near, 4)])),
        );
        expect(hits.map(({ nearness }) => nearness)).toEqual(
          hits.map(({ nearness }) => nearness).sort((a, b) => b - a),
        );
      }),
      { numRuns: 15 },
    );
  });
}

function cosine(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, at) => sum + value * (b[at] ?? 0), 0) / Math.hypot(...a) / Math.hypot(...b);
}
