import type { Cache, PluginContext } from '@aico/sdk';
import type { TestKernel } from '@aico/sdk-testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { codeOf } from './temporary-database.ts';

/** What keeps values under keys, with a kernel to load plugins into. */
export interface KeyValueStage extends AsyncDisposable {
  readonly kernel: TestKernel;
  /** Stops what keeps them and starts it again on the same folder. */
  restart(): Promise<void>;
}

/** Keys and values, as storage and the cache have them alike. */
export type KeyValues = Pick<Cache, 'get' | 'set' | 'delete' | 'list'>;

/** Which of a plugin's stores of keys and values is meant. */
export type KeyValueStore = 'storage' | 'cache';

/** The keys and values of a plugin. */
export async function keyValuesOf(kernel: TestKernel, store: KeyValueStore, id: string): Promise<KeyValues> {
  const permissions = ['get', 'set', 'delete', 'list'].map((name) => ({
    verb: 'request' as const,
    topic: `${store}.kv.${name}.v1`,
  }));
  const plugin: PluginContext = await kernel.peer({ id, permissions });
  return plugin[store];
}

/** What whoever serves `<store>.kv.…` has to do, whichever it is. */
export function testKeyValueContract(store: KeyValueStore, open: () => Promise<KeyValueStage>): void {
  test(`${store}: keeps values under keys, whatever JSON they are, also over a restart [DATA-1] [DATA-8]`, async () => {
    await using stage = await open();
    const keys = await keyValuesOf(stage.kernel, store, 'diary');
    const model = new Map<string, unknown>();
    const key = fc
      .string({ minLength: 1, maxLength: 8 })
      .filter((text) => !text.includes('\u0000') && text.isWellFormed());
    await fc.assert(
      fc.asyncProperty(key, fc.jsonValue(), async (name, value) => {
        const kept = JSON.parse(JSON.stringify(value));
        await keys.set(name, value);
        model.set(name, kept);
        expect(await keys.get(name)).toEqual(kept);
      }),
      { numRuns: 60 },
    );
    const [first = ''] = model.keys();
    expect([await keys.delete(first), await keys.delete(first)]).toEqual([true, false]);
    expect(await keys.get(first)).toBe(undefined);
    model.delete(first);
    const all = async () =>
      new Map((await keys.list({ limit: 1000 })).entries.map(({ key: name, value }) => [name, value]));
    expect(await all()).toEqual(model);
    await stage.restart();
    expect(await all()).toEqual(model);
  });

  test(`${store}: a key that could not be told from another one is refused [DATA-1] [DATA-8]`, async () => {
    await using stage = await open();
    const keys = await keyValuesOf(stage.kernel, store, 'diary');
    // As UTF-8 each half of a pair is the same character; behind U+0000 texts of SQL end.
    for (const name of ['\ud800', '\udc00', 'a\ud83d', '\ude42b', '\ude42\ud83d', 'a\u0000b']) {
      const works = [
        () => keys.set(name, 1),
        () => keys.get(name),
        () => keys.delete(name),
        () => keys.list({ prefix: name }),
        () => keys.list({ after: name }),
      ];
      for (const work of works) expect(await codeOf(work)).toBe('KERNEL_PAYLOAD_INVALID');
    }
    await keys.set('\ufffd', 'one of its own');
    await keys.set('\u{1f642}', 'a whole pair');
    const { entries } = await keys.list();
    expect(entries.map(({ key }) => key)).toEqual(['\ufffd', '\u{1f642}']);
  });

  test(`${store}: lists keys by prefix, in order, page by page [DATA-1] [DATA-8]`, async () => {
    await using stage = await open();
    const keys = await keyValuesOf(stage.kernel, store, 'diary');
    for (const name of ['b%1', 'a', 'b%3', 'b_x', 'b%2', 'c', '\u{1f642}', '\uffee']) await keys.set(name, name);
    const entry = (name: string) => ({ key: name, value: name });
    expect(await keys.list({ prefix: 'b%', limit: 2 })).toEqual({ entries: ['b%1', 'b%2'].map(entry), next: 'b%2' });
    expect(await keys.list({ prefix: 'b%', limit: 2, after: 'b%2' })).toEqual({ entries: [entry('b%3')] });
    expect(await keys.list({ after: 'b_x' })).toEqual({ entries: ['c', '\uffee', '\u{1f642}'].map(entry) });
    expect(await keys.list({ prefix: 'd' })).toEqual({ entries: [] });
  });

  test(`${store}: nobody reads, changes or lists another's, even by the same key [SEC-4]`, async () => {
    await using stage = await open();
    const diary = await keyValuesOf(stage.kernel, store, 'diary');
    const spy = await keyValuesOf(stage.kernel, store, 'spy');
    await diary.set('mood', 'good');
    expect([await spy.get('mood'), await spy.delete('mood'), await spy.list()]).toEqual([
      undefined,
      false,
      { entries: [] },
    ]);
    await spy.set('mood', 'sly');
    expect([await diary.get('mood'), await spy.get('mood')]).toEqual(['good', 'sly']);
  });

  test(`${store}: what comes at once is kept in the order in which it came [DATA-1] [DATA-8]`, async () => {
    await using stage = await open();
    const keys = await keyValuesOf(stage.kernel, store, 'diary');
    await Promise.all(Array.from({ length: 200 }, (_, at) => keys.set(`key-${at % 5}`, at)));
    await Promise.all([
      keys.set('gone', 1),
      keys.delete('gone'),
      keys.set('there', 1),
      keys.delete('there'),
      keys.set('there', 2),
    ]);
    await stage.restart();
    const { entries } = await keys.list();
    expect(entries.map(({ key, value }) => [key, value])).toEqual([
      ...[0, 1, 2, 3, 4].map((at) => [`key-${at}`, 195 + at]),
      ['there', 2],
    ]);
  });

  test(`${store}: what is asked for while it is being kept is there afterwards [DATA-1] [DATA-8]`, async () => {
    await using stage = await open();
    const keys = await keyValuesOf(stage.kernel, store, 'diary');
    const lost: number[] = [];
    for (let at = 0; at < 100; at += 1) {
      await Promise.all([keys.set(`key-${at}`, at), keys.get(`key-${at}`), keys.list({ prefix: `key-${at}` })]);
      if ((await keys.get(`key-${at}`)) !== at) lost.push(at);
    }
    expect(lost).toEqual([]);
  });

  test(`${store}: a value has 4 MiB at most, and one that is too large changes nothing [DATA-1] [DATA-8]`, async () => {
    await using stage = await open();
    const keys = await keyValuesOf(stage.kernel, store, 'diary');
    await keys.set('big', 'x'.repeat(4 * 1024 * 1024 - 2));
    expect(await codeOf(() => keys.set('big', 'x'.repeat(4 * 1024 * 1024 - 1)))).toBe('STORAGE_VALUE_TOO_LARGE');
    expect((await keys.get<string>('big'))?.length).toBe(4 * 1024 * 1024 - 2);
  });
}
