import { AicoError } from '@aico/sdk';
import { describe, expect, test, vi } from 'vitest';
import { halting, loadChat, RESULT, saying } from './support/load-chat.ts';

describe('stopping a reply', () => {
  test('keeps the half that was said, and tells the model to end', async () => {
    let ended = false;
    await using chat = await loadChat(async ({ signal }, stream) => {
      await stream.write({ text: 'Half' });
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
      ended = true;
      return RESULT;
    });
    const conversation = await chat.create();
    const stream = chat.bus.stream('chat.turn.run.v1', { conversation: conversation.id, text: 'Hello' });
    for await (const chunk of stream) {
      if (chunk.kind !== 'text') continue;
      const stopped = await chat.bus.request('chat.turn.stop.v1', { conversation: conversation.id });
      expect(stopped).toEqual({ stopped: true });
    }
    expect((await stream.result).reply).toMatchObject({ status: 'stopped', text: 'Half' });
    expect((await chat.messages(conversation))[1]).toMatchObject({ status: 'stopped', text: 'Half' });
    await vi.waitFor(() => expect(ended).toBe(true));
    expect(chat.created.map(({ role }) => role)).toEqual(['user']);
  });

  test('leaves the conversation ready for the next turn at once', async () => {
    await using chat = await loadChat(halting('Half').model);
    const conversation = await chat.create();
    const running = chat.say(conversation, 'Hello');
    await vi.waitFor(async () => expect((await chat.messages(conversation))[1]?.text).toBe('Half'));
    await chat.bus.request('chat.turn.stop.v1', { conversation: conversation.id });
    await chat.answerBy(saying('Next'));
    expect((await chat.say(conversation, 'Go on')).reply).toMatchObject({ status: 'complete', text: 'Next' });
    expect((await running).reply.status).toBe('stopped');
  });

  test('says so when nothing was running', async () => {
    await using chat = await loadChat();
    const { id } = await chat.create();
    expect(await chat.bus.request('chat.turn.stop.v1', { conversation: id })).toEqual({ stopped: false });
  });
});

describe('a reply that fails', () => {
  test('keeps its half with the error of the model, and the next turn works', async () => {
    await using chat = await loadChat(async (_, stream) => {
      await stream.write({ text: 'Half' });
      throw new AicoError('LLM_CUT_OFF', { subject: 'Ollama' });
    });
    const conversation = await chat.create();
    const { reply } = await chat.say(conversation, 'Hello');
    expect(reply).toMatchObject({ status: 'failed', text: 'Half', error: { code: 'LLM_CUT_OFF', subject: 'Ollama' } });
    expect((await chat.messages(conversation))[1]).toEqual(reply);
    await chat.answerBy(saying('Whole'));
    expect((await chat.say(conversation, 'Again')).reply.status).toBe('complete');
  });

  test('says that the model plugin is not running', async () => {
    await using chat = await loadChat();
    await chat.answerBy(undefined);
    const { reply } = await chat.say(await chat.create(), 'Hello');
    expect(reply).toMatchObject({ status: 'failed', text: '', error: { code: 'CHAT_MODEL_ABSENT' } });
  });

  test('keeps its half when the model plugin dies in the middle [SVC-7]', async () => {
    await using chat = await loadChat();
    await chat.answerBy(undefined);
    const { model } = halting('Half');
    const permissions = [{ verb: 'serve', topic: 'llm.generate.v1' }] as const;
    const manifest = {
      id: 'model',
      name: 'Model',
      version: '0.1.0',
      description: 'Answers.',
      author: 'The test',
      tier: 'isolated',
      main: 'index.js',
      engines: { aico: '^0.1.0' },
      permissions: permissions.map((permission) => ({ ...permission, reason: 'For the test.' })),
    } as const;
    await chat.kernel.load({
      manifest: { ...manifest, permissions: [...manifest.permissions] },
      definition: {
        activate: async ({ bus }) => {
          await bus.serveStream('llm.generate.v1', model);
        },
      },
    });
    const conversation = await chat.create();
    const stream = chat.bus.stream('chat.turn.run.v1', { conversation: conversation.id, text: 'Hello' });
    for await (const chunk of stream) if (chunk.kind === 'text') void chat.kernel.unload('model');
    expect((await stream.result).reply).toMatchObject({
      status: 'failed',
      text: 'Half',
      error: { code: 'CHAT_MODEL_ABSENT' },
    });
    await chat.answerBy(saying('Back'));
    expect((await chat.say(conversation, 'Again')).reply.text).toBe('Back');
  });

  test('is finished as interrupted when the plugin is switched off', async () => {
    await using chat = await loadChat(halting('Half').model);
    const conversation = await chat.create();
    const running = chat.say(conversation, 'Hello').catch(() => undefined);
    await vi.waitFor(async () => expect((await chat.messages(conversation))[1]?.text).toBe('Half'));
    await chat.restart();
    await running;
    expect((await chat.messages(conversation))[1]).toMatchObject({
      status: 'failed',
      text: 'Half',
      error: { code: 'CHAT_INTERRUPTED' },
    });
  });
});

describe('trying again', () => {
  test('replaces a failed reply in its place', async () => {
    await using chat = await loadChat(async () => {
      throw new AicoError('LLM_UNREACHABLE', { subject: 'Ollama', details: { url: 'http://127.0.0.1:11434' } });
    });
    const conversation = await chat.create();
    const failed = await chat.say(conversation, 'Hello');
    await chat.answerBy(saying('Better'));
    const { chunks, reply } = await chat.run({ conversation: conversation.id, retry: failed.reply.id });
    expect(chunks[0]).not.toHaveProperty('userMessage');
    expect(reply).toMatchObject({
      id: failed.reply.id,
      replyTo: failed.reply.replyTo,
      status: 'complete',
      text: 'Better',
    });
    expect(reply).not.toHaveProperty('error');
    expect(await chat.messages(conversation)).toEqual([expect.objectContaining({ text: 'Hello' }), reply]);
    expect((await chat.bus.request('chat.conversation.get.v1', { id: conversation.id })).messages).toBe(2);
  });

  test('replaces the last reply, and shows the model only what came before it', async () => {
    await using chat = await loadChat();
    const conversation = await chat.create();
    const { reply } = await chat.say(conversation, 'Hello');
    await chat.answerBy(saying('Otherwise'));
    expect((await chat.run({ conversation: conversation.id, retry: reply.id })).reply.text).toBe('Otherwise');
    expect(chat.prompts.at(-1)?.messages).toEqual([{ role: 'user', text: 'Hello' }]);
  });

  test('is refused for a whole reply that others follow', async () => {
    await using chat = await loadChat();
    const conversation = await chat.create();
    const { reply } = await chat.say(conversation, 'One');
    await chat.say(conversation, 'Two');
    await expect(chat.run({ conversation: conversation.id, retry: reply.id })).rejects.toMatchObject({
      code: 'CHAT_TURN_INVALID',
    });
  });
});
