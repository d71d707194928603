import { expect, test } from 'vitest';
import { type LoadedChat, loadChat, memoryOf } from './support/load-chat.ts';

/** A conversation whose first reply was stopped before its first word. */
async function stoppedAtOnce(chat: LoadedChat) {
  await chat.answerBy(() => new Promise(() => {}));
  const conversation = await chat.create();
  const stream = chat.bus.stream('chat.turn.run.v1', { conversation: conversation.id, text: 'What does a heron eat?' });
  for await (const { kind } of stream) {
    if (kind !== 'started') continue;
    // By then it has what was recalled for it.
    await expect.poll(() => chat.prompts.length).toBe(1);
    void chat.bus.request('chat.turn.stop.v1', { conversation: conversation.id });
  }
  const { reply } = await stream.result;
  expect(reply).toMatchObject({ status: 'stopped', text: '' });
  return { conversation, reply };
}

test('a reply that was stopped before its first word is no part of what the model is told', async () => {
  await using chat = await loadChat();
  const { conversation } = await stoppedAtOnce(chat);
  await chat.answerBy(async () => ({
    ...{ finish: 'stop', provider: 'test', model: 'tiny' },
    usage: { promptTokens: 1, completionTokens: 1, durationMs: 1 },
  }));
  await chat.say(conversation, 'And a stork?');
  await chat.say(conversation, 'And a crane?');
  const told = chat.prompts.map(({ messages }) => messages.filter(({ role }) => role !== 'system'));
  expect(told.at(-1)?.map(({ role, text }) => [role, text])).toEqual([
    ['user', 'What does a heron eat?'],
    ['user', 'And a stork?'],
    ['user', 'And a crane?'],
  ]);
});

test('a reply without a word is found by its message and its time, by no name, and forgotten [DATA-7]', async () => {
  await using chat = await loadChat();
  const { conversation, reply } = await stoppedAtOnce(chat);
  const find = async (search: Parameters<typeof chat.bus.request<'plugin.chat.forget.find.v1'>>[1]) =>
    (await chat.bus.request('plugin.chat.forget.find.v1', search)).items;
  const [asked] = await chat.messages(conversation);
  const both = [asked?.id, reply.id];
  expect((await find({ messages: [asked?.id ?? ''] })).map(({ id }) => id)).toEqual(both);
  const byTime = await find({ from: '2020-01-01T00:00:00.000Z', to: '2099-01-01T00:00:00.000Z' });
  expect(byTime.map(({ id, text }) => [id, text])).toEqual([
    [asked?.id, 'What does a heron eat?'],
    [reply.id, ''],
  ]);
  const byName = await find({ names: ['heron'] });
  expect(byName.filter(({ kind }) => kind === 'message').map(({ id }) => id)).toEqual([asked?.id]);
  const nothing = { conversations: [], memories: [], titles: [], others: [] };
  const order = { messages: [reply.id], since: '2020-01-01T00:00:00.000Z', ...nothing };
  const { kinds } = await chat.bus.request('plugin.chat.forget.run.v1', order);
  expect(kinds).toContainEqual({ kind: 'message', removed: 1 });
  expect((await chat.messages(conversation)).map(({ id }) => id)).toEqual([asked?.id]);
});

test('a reply without a word is found by a name in what was recalled for it [DATA-7]', async () => {
  await using chat = await loadChat();
  await chat.remember(() => [memoryOf('Biscuit is a dog.')]);
  const { reply } = await stoppedAtOnce(chat);
  const { items } = await chat.bus.request('plugin.chat.forget.find.v1', { names: ['biscuit'] });
  expect(items.map(({ kind, id, text }) => [kind, id, text])).toEqual([['message', reply.id, '']]);
});
