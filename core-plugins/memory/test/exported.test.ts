import type { ExportRecord } from '@aico/sdk';
import { expect, test } from 'vitest';
import { serveMemory } from '../src/serve-memory.ts';
import { createMemoryKernel, eventually, forget, type MemoryKernel } from './memory-kernel.ts';

const model = {
  embed: async (texts: readonly string[]) => texts.map(() => new Float32Array(512).fill(0.01)),
  unload: () => {},
};
const remembering = { activate: (ctx: Parameters<typeof serveMemory>[0]) => serveMemory(ctx, async () => model) };

async function read({ user: { bus } }: MemoryKernel): Promise<ExportRecord[]> {
  const records: ExportRecord[] = [];
  for (let after: string | undefined; ; ) {
    const page = await bus.request('plugin.memory.export.read.v1', after === undefined ? {} : { after });
    records.push(...page.records);
    if (page.next === undefined) return records;
    after = page.next;
  }
}

async function add({ user: { bus } }: MemoryKernel, records: readonly ExportRecord[], dry = false): Promise<string[]> {
  const outcomes: string[] = [];
  for (const kind of ['memories', 'forgotten']) {
    const data = records.filter((each) => each.kind === kind).map((each) => each.data);
    if (data.length === 0) continue;
    const added = await bus.request('plugin.memory.export.add.v1', { kind, records: data, dry });
    outcomes.push(...added.outcomes.map(({ is }) => is));
  }
  return outcomes;
}

test('memories are taken back elsewhere as they were, are found there, and what was forgotten does not come back [DATA-7]', async () => {
  const here = await createMemoryKernel();
  await here.load(remembering);
  await here.say('I like green tea.');
  const gone = await here.say('My heron is called Turing.');
  await here.say('Where do I live?');
  const list = () => here.user.bus.request('memory.list.v1', {});
  await eventually(async () => (await list()).total === 3);
  const heron = (await list()).memories.find(({ text }) => text.includes('heron'));
  await forget(here, { memories: [heron?.id ?? ''] });
  const records = await read(here);
  expect(records.map(({ kind, data }) => [kind, data['text'] ?? data['message']])).toEqual([
    ['memories', 'I like green tea.'],
    ['memories', 'Where do I live?'],
    ['forgotten', gone.id],
  ]);
  expect(await add(here, records)).toEqual(['known', 'known', 'known']);

  const there = await createMemoryKernel();
  // The conversations are there already, and are read only after the memories came.
  await there.load(remembering);
  expect(await add(there, records, true)).toEqual(['new', 'new', 'new']);
  expect(await read(there)).toEqual([]);
  expect(await add(there, records)).toEqual(['new', 'new', 'new']);
  expect(await read(there)).toEqual(records);
  const { memories } = await there.user.bus.request('memory.list.v1', { query: 'tea' });
  expect(memories.map(({ text }) => text)).toEqual(['I like green tea.']);
  const { id, conversation, createdAt, text } = gone;
  await there.say(text, { id, conversation, createdAt });
  await there.say('Something else.');
  await eventually(async () => (await there.user.bus.request('memory.list.v1', {})).total === 3);
  expect((await read(there)).filter(({ data }) => String(data['text']).includes('heron'))).toEqual([]);

  // Forgotten here, it is refused, whatever its id; and a mark does not take what is remembered.
  const other = { kind: 'memories', data: { ...records[0]?.data, id: crypto.randomUUID(), message: id, part: 0 } };
  const mark = { kind: 'forgotten', data: { id: 'x', message: records[0]?.data['message'], part: -1 } };
  expect(await add(there, [other, mark])).toEqual(['refused', 'refused']);
});
