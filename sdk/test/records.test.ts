import { definePlugin, type KeptRecord, type Manifest, type RecordKind } from '@aico/sdk';
import { createTestKernel, recordsOf, type TestKernel } from '@aico/sdk-testing';
import { expect, test } from 'vitest';

const TALK = crypto.randomUUID();

/** Records in memory, handed out a few at a time. */
function kindOf(one: string, many: string, kept: KeptRecord[], takes = true): RecordKind {
  return {
    one,
    many,
    read: async (after) => {
      const from = after === undefined ? 0 : kept.findIndex(({ id }) => id === after) + 1;
      return kept.slice(from, from + 7);
    },
    remove: async (ids) => {
      const gone = kept.filter(({ id }) => ids.includes(id));
      for (const each of gone) kept.splice(kept.indexOf(each), 1);
      return gone.length;
    },
    ...(takes && {
      add: async (record: KeptRecord, dry: boolean) => {
        if (kept.some(({ id }) => id === record.id)) return { is: 'known' as const };
        if (!dry) kept.push(record);
        return { is: 'new' as const };
      },
    }),
  };
}

async function serve(
  kernel: TestKernel,
  kinds: readonly RecordKind[],
  topics = ['forget.find', 'forget.run', 'export.read', 'export.add'],
) {
  const manifest: Manifest = {
    ...{ id: 'keeper', name: 'Keeper', version: '0.1.0', description: 'Keeps.', author: 'AICO', tier: 'isolated' },
    ...{ main: 'index.js', engines: { aico: '^0.1.0' } },
    permissions: topics.map((topic) => ({ verb: 'serve', topic: `plugin.keeper.${topic}.v1`, reason: 'To keep.' })),
  };
  await kernel.load({
    manifest,
    definition: definePlugin({ activate: async ({ records }) => void (await records.serve(kinds)) }),
  });
  return recordsOf(kernel, 'keeper');
}

const record = (id: number, more: Partial<KeptRecord> = {}): KeptRecord => ({
  id: String(id),
  when: `2026-11-${String(10 + (id % 20)).padStart(2, '0')}T12:00:00.000Z`,
  text: `number ${id}`,
  ...more,
});

test('every record is exported once, in the order of kinds, however many there are [DATA-7]', async () => {
  await using kernel = await createTestKernel();
  const [first, second] = [30, 8].map((count) => Array.from({ length: count }, (_, id) => record(id)));
  const { exported } = await serve(kernel, [kindOf('one', 'ones', first ?? []), kindOf('two', 'twos', second ?? [])]);
  expect((await exported()).map(({ kind, data }) => `${kind} ${data['id']}`)).toEqual([
    ...(first ?? []).map(({ id }) => `ones ${id}`),
    ...(second ?? []).map(({ id }) => `twos ${id}`),
  ]);
});

test('what is long fits into answers of the bus, and what does not is told to be more [DATA-7]', async () => {
  await using kernel = await createTestKernel();
  const text = `Ada ${'語'.repeat(60_000)}`;
  const kept = Array.from({ length: 30 }, (_, id) => record(id, { text }));
  const many = Array.from({ length: 2100 }, (_, id) => record(id + 100, { text: 'Ada' }));
  const { exported, find } = await serve(kernel, [kindOf('long', 'longs', kept), kindOf('short', 'shorts', many)]);
  expect(await exported()).toHaveLength(2130);
  const found = await find({ names: ['Ada'] });
  expect(found.length).toBeGreaterThan(1000);
  expect(found.length).toBeLessThanOrEqual(2000);
  expect(kernel.violations).toEqual([]);
});

test('an order removes what it names of each kind, and all of a conversation [DATA-7]', async () => {
  await using kernel = await createTestKernel();
  const first = [record(1), record(2, { conversation: TALK }), record(3)];
  const second = [record(1), record(2, { conversation: crypto.randomUUID() })];
  const { find, forget } = await serve(kernel, [kindOf('one', 'ones', first), kindOf('two', 'twos', second)]);
  expect((await find({ conversations: [TALK] })).map(({ id, conversation }) => [id, conversation])).toEqual([
    ['one/2', TALK],
  ]);
  expect(await find({ messages: [crypto.randomUUID()], memories: [crypto.randomUUID()] })).toEqual([]);
  expect(await forget({ others: ['one/1', 'two/3', '3'], conversations: [TALK] })).toEqual({ one: 2, two: 0 });
  expect([first, second].map((kept) => kept.map(({ id }) => id))).toEqual([['3'], ['1', '2']]);
});

test('what an import brings is looked at before its plugin sees it, and a kind may be there to be read alone [DATA-7]', async () => {
  await using kernel = await createTestKernel();
  const [kept, read]: KeptRecord[][] = [[], [record(1)]];
  const { imported } = await serve(kernel, [
    kindOf('one', 'ones', kept ?? []),
    kindOf('two', 'twos', read ?? [], false),
  ]);
  const whole = record(1, { more: { of: 'it' } });
  const wrong = [{ id: '' }, { id: 'x'.repeat(61) }, { when: '2026-11-31' }, { text: 7 }, { conversation: 7 }];
  const outcomes = await imported([
    ...wrong.map((change) => ({ kind: 'ones', data: { ...whole, ...change } })),
    { kind: 'twos', data: whole },
    { kind: 'threes', data: whole },
    { kind: 'ones', data: whole },
    { kind: 'ones', data: whole },
  ]);
  expect(outcomes.map(({ is, problem }) => problem ?? is)).toEqual([
    ...['it has no id', 'it has no id', 'it has no time', 'it has no text', 'its conversation is no text'],
    ...['twos are not taken back', 'threes are not taken back', 'new', 'known'],
  ]);
  expect(kept).toEqual([whole]);
});

test('a plugin that takes nothing back asks for no permission to [PLG-2]', async () => {
  await using kernel = await createTestKernel();
  const topics = ['forget.find', 'forget.run', 'export.read'];
  const { exported } = await serve(kernel, [kindOf('one', 'ones', [record(1)], false)], topics);
  expect(await exported()).toEqual([{ kind: 'ones', data: record(1) }]);
});
