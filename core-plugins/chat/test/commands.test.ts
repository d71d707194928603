import { readFileSync } from 'node:fs';
import type { Manifest } from '@aico/sdk';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { parseCommand } from '../src/commands.ts';
import { type LoadedChat, loadChat } from './support/load-chat.ts';

const dice = JSON.parse(
  readFileSync(new URL('../../../samples/dice/plugin.json', import.meta.url), 'utf8'),
) as Manifest;

/** A plugin that brings /roll and answers with what it was asked. */
async function loadDice(chat: LoadedChat, answer?: () => Promise<{ text: string }>): Promise<void> {
  await chat.kernel.load({
    manifest: dice,
    definition: {
      activate: async ({ bus }) => {
        await bus.serve('plugin.dice.command.run.v1', answer ?? (({ data }) => ({ text: JSON.stringify(data) })));
      },
    },
  });
}

describe('commands', () => {
  test('are answered by the plugin that brings them, with where and when they were typed', async () => {
    await using chat = await loadChat();
    await loadDice(chat);
    const conversation = await chat.create();
    const { chunks, reply } = await chat.say(conversation, '/roll  2d6 +1 ', { timezone: 'Europe/Berlin' });
    expect(chunks[0]).toMatchObject({ kind: 'started', reply: { role: 'plugin', plugin: 'dice' } });
    expect(JSON.parse(reply.text)).toEqual({
      name: 'roll',
      arguments: '2d6 +1',
      conversation: conversation.id,
      time: reply.createdAt,
      timezone: 'Europe/Berlin',
    });
    expect(reply).toMatchObject({ role: 'plugin', plugin: 'dice', status: 'complete' });
    expect(chat.prompts).toEqual([]);
  });

  test('come and go with their plugins, while the chat goes on [PLG-1]', async () => {
    await using chat = await loadChat();
    const conversation = await chat.create();
    const names = async () => (await chat.bus.request('chat.command.list.v1', {})).commands.map(({ name }) => name);
    expect(await names()).toEqual(['help']);
    await loadDice(chat);
    await vi.waitFor(async () => expect(await names()).toEqual(['help', 'roll']));
    expect((await chat.say(conversation, '/roll d6')).reply.plugin).toBe('dice');
    await chat.kernel.unload('dice');
    await vi.waitFor(async () => expect(await names()).toEqual(['help']));
    expect((await chat.say(conversation, '/roll d6')).reply).toMatchObject({ plugin: 'chat', status: 'complete' });
    expect((await chat.say(conversation, 'Hello')).reply.text).toBe('Hello you');
  });

  test('of a plugin that is installed and does not run say so, and are not called unknown [PLG-1]', async () => {
    await using chat = await loadChat();
    const broken = { manifest: dice, definition: { activate: () => Promise.reject(new Error('out of order')) } };
    await expect(chat.kernel.load(broken)).rejects.toThrow();
    const conversation = await chat.create();
    expect((await chat.say(conversation, '/roll d6')).reply).toMatchObject({
      status: 'failed',
      error: { code: 'CHAT_COMMAND_ABSENT', subject: 'Dice' },
    });
    expect((await chat.bus.request('chat.command.list.v1', {})).commands.map(({ name }) => name)).toEqual(['help']);
  });

  test('of a plugin that runs and may not answer them are not said to be of one that does not run [PLG-2]', async () => {
    await using chat = await loadChat();
    await loadDice(chat);
    const [topic, verb] = ['plugin.dice.command.run.v1', 'serve'] as const;
    const decide = { verb: 'request', topic: 'kernel.permission.decide.v1' } as const;
    const user = await chat.kernel.peer({ id: 'user', permissions: [decide] });
    await user.bus.request(decide.topic, { id: 'dice', decisions: [{ verb, topic, allow: false }] });
    const { error } = (await chat.say(await chat.create(), '/roll d6')).reply;
    expect(error).toMatchObject({
      code: 'CHAT_COMMAND_ABSENT',
      message: expect.stringMatching(/does not answer it now/),
    });
    expect(error?.fix).toContain('may answer its own commands');
  });

  test('are listed by /help', async () => {
    await using chat = await loadChat();
    await loadDice(chat);
    expect((await chat.say(await chat.create(), '/help')).reply).toMatchObject({
      plugin: 'chat',
      text:
        'Commands at hand:\n\n- `/help`: List the commands at hand (Chat)\n' +
        '- `/roll 2d6+1, /roll d20, /roll 4d6kh3`: Roll dice (Dice)',
    });
  });

  test('that nobody brings are met with the nearest one', async () => {
    await using chat = await loadChat();
    await loadDice(chat);
    const conversation = await chat.create();
    const answer = async (text: string) => (await chat.say(conversation, text)).reply.text;
    expect(await answer('/rol 2d6')).toBe(
      'There is no command `/rol`. Did you mean `/roll`? `/help` lists those at hand.',
    );
    expect(await answer('/weather')).toBe('There is no command `/weather`. `/help` lists those at hand.');
  });

  test('that fail say why, and the next turn works', async () => {
    await using chat = await loadChat();
    await loadDice(chat, () => Promise.reject(new Error('secret detail')));
    const conversation = await chat.create();
    const { reply } = await chat.say(conversation, '/roll d6');
    expect(reply).toMatchObject({ status: 'failed', error: { code: 'SDK_HANDLER_FAILED', subject: 'dice' } });
    expect(JSON.stringify(reply)).not.toContain('secret detail');
    expect((await chat.say(conversation, 'Hello')).reply.status).toBe('complete');
  });

  test('that never answer can be stopped', async () => {
    await using chat = await loadChat();
    await loadDice(chat, () => new Promise(() => {}));
    const conversation = await chat.create();
    const stream = chat.bus.stream('chat.turn.run.v1', { conversation: conversation.id, text: '/roll d6' });
    for await (const _ of stream) void chat.bus.request('chat.turn.stop.v1', { conversation: conversation.id });
    expect((await stream.result).reply).toMatchObject({ status: 'stopped', text: '' });
  });

  test('are not told as messages to remember', async () => {
    await using chat = await loadChat();
    const conversation = await chat.create();
    await chat.say(conversation, '/help');
    await chat.say(conversation, 'Hello');
    await vi.waitFor(() => expect(chat.created.map(({ text }) => text)).toEqual(['Hello', 'Hello you']));
  });
});

describe('reading a command', () => {
  test.each([
    ['/roll 2d6', { name: 'roll', arguments: '2d6' }],
    ['  /Roll\n2d6\nd4 ', { name: 'roll', arguments: '2d6\nd4' }],
    ['/help', { name: 'help', arguments: '' }],
    ['/home/me is full', undefined],
    ['/ roll', undefined],
    ['//', undefined],
    ['either/or', undefined],
    ['1/2', undefined],
  ])('takes "%s" for what it is', (text, command) => {
    expect(parseCommand(text)).toEqual(command);
  });

  test('takes any text, and never fails', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => void parseCommand(`/${text}`)));
  });
});
