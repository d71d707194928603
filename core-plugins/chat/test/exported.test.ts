import type { ExportRecord } from '@aico/sdk';
import { expect, test } from 'vitest';
import { type LoadedChat, loadChat } from './support/load-chat.ts';

/** Everything that the chat hands out, page by page. */
async function read({ bus }: LoadedChat): Promise<ExportRecord[]> {
  const records: ExportRecord[] = [];
  for (let after: string | undefined; ; ) {
    const page = await bus.request('plugin.chat.export.read.v1', after === undefined ? {} : { after });
    records.push(...page.records);
    if (after === undefined) expect(page.total).toBeGreaterThanOrEqual(page.records.length);
    if (page.next === undefined) return records;
    after = page.next;
  }
}

async function add({ bus }: LoadedChat, records: readonly ExportRecord[], dry = false): Promise<string[]> {
  const outcomes: string[] = [];
  for (const kind of ['conversations', 'messages']) {
    const data = records.filter((each) => each.kind === kind).map((each) => each.data);
    const added = await bus.request('plugin.chat.export.add.v1', { kind, records: data, dry });
    outcomes.push(...added.outcomes.map(({ is, needs }) => (needs === undefined ? is : `${is} needs ${kind}`)));
  }
  return outcomes;
}

test('conversations are handed out each with its messages, and taken back elsewhere as they were [DATA-7]', async () => {
  await using here = await loadChat();
  const [tea, trips] = [await here.create(), await here.create()];
  await here.say(tea, 'I like tea.');
  await here.say(trips, 'I was in Rome.');
  await here.say(tea, 'Green, most of all.');
  const deleted = await here.create();
  await here.say(deleted, 'Never mind.');
  await here.bus.request('chat.conversation.delete.v1', { id: deleted.id });
  const records = await read(here);
  expect(records.map(({ kind, data }) => `${kind} ${data['text'] ?? ''}`)).toEqual([
    ...['conversations ', 'messages I like tea.', 'messages Hello you'],
    ...['messages Green, most of all.', 'messages Hello you'],
    ...['conversations ', 'messages I was in Rome.', 'messages Hello you'],
  ]);

  await using there = await loadChat();
  // Of a dry run nothing is left: the messages have no conversation yet.
  expect(await add(there, records, true)).toEqual([
    ...['new', 'new'],
    ...Array.from({ length: 6 }, () => 'new needs messages'),
  ]);
  expect(await read(there)).toEqual([]);
  expect(await add(there, records)).toEqual(records.map(() => 'new'));
  expect(await read(there)).toEqual(records);
  expect(await there.messages(tea)).toEqual(await here.messages(tea));
  expect(await add(there, records)).toEqual(records.map(() => 'known'));
  expect(await read(there)).toEqual(records);
  expect(there.changed.at(-1)).toMatchObject({ conversation: { id: trips.id, messages: 2 }, change: 'updated' });
});

test('where places are taken, the order of a conversation stays, and nothing that is there changes [DATA-7]', async () => {
  await using here = await loadChat();
  const tea = await here.create();
  for (const text of ['one', 'two', 'three']) await here.say(tea, text);
  const records = await read(here);

  await using there = await loadChat();
  const other = await there.create();
  await there.say(other, 'I was here first.');
  const before = await there.messages(other);
  await add(there, records);
  expect(await there.messages(other)).toEqual(before);
  expect((await there.messages(tea)).map(({ id }) => id)).toEqual((await here.messages(tea)).map(({ id }) => id));

  // What was changed here stays so; what went since comes back where it was.
  await here.bus.request('chat.conversation.rename.v1', { id: tea.id, title: 'Renamed' });
  const [, , two] = await here.messages(tea);
  const order = { conversations: [], memories: [], titles: [], others: [], since: '2026-01-01T00:00:00.000Z' };
  await here.bus.request('plugin.chat.forget.run.v1', { ...order, messages: [two?.id ?? ''] });
  expect(await here.messages(tea)).toHaveLength(5);
  await add(here, records);
  expect((await here.messages(tea)).map(({ text }) => text)).toEqual(
    ['one', 'two', 'three'].flatMap((text) => [text, 'Hello you']),
  );
  expect(await here.bus.request('chat.conversation.get.v1', { id: tea.id })).toMatchObject({
    title: 'Renamed',
    messages: 6,
  });
});

test('many conversations are taken back where others have been, each in its order [DATA-7]', async () => {
  await using here = await loadChat();
  const conversations = [await here.create(), await here.create(), await here.create()];
  for (const text of ['one', 'two']) for (const each of conversations) await here.say(each, text);
  const records = await read(here);
  for (const count of [1, 2, 4, 7]) {
    await using there = await loadChat();
    const other = await there.create();
    for (let at = 0; at < count; at++) await there.say(other, 'I was here first.');
    const before = await there.messages(other);
    expect(await add(there, records)).toEqual(records.map(() => 'new'));
    expect(await there.messages(other)).toEqual(before);
    for (const each of conversations) {
      const texts = (await there.messages(each)).map(({ text }) => text);
      expect(texts).toEqual(['one', 'Hello you', 'two', 'Hello you']);
    }
  }
});

test('a cursor that is none is refused, and so is what the chat does not keep [DATA-7]', async () => {
  await using chat = await loadChat();
  for (const after of ['7', '{}', '[1,2,3]', 'x'])
    await expect(chat.bus.request('plugin.chat.export.read.v1', { after })).rejects.toMatchObject({
      code: 'CHAT_CURSOR_INVALID',
    });
  const asked = { kind: 'cars', records: [{ id: '1' }], dry: false };
  const { outcomes } = await chat.bus.request('plugin.chat.export.add.v1', asked);
  expect(outcomes).toEqual([{ is: 'refused', problem: 'cars are nothing that the chat keeps' }]);
});
