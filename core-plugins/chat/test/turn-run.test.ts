import { describe, expect, test, vi } from 'vitest';
import { halting, loadChat, memoryOf, RESULT, saying } from './support/load-chat.ts';

describe('a turn', () => {
  test('keeps what the user said, streams the reply and keeps it whole', async () => {
    await using chat = await loadChat();
    const conversation = await chat.create();
    const { chunks, reply, streamed } = await chat.say(conversation, 'Hello');
    expect(chunks[0]).toMatchObject({
      kind: 'started',
      userMessage: { role: 'user', status: 'complete', text: 'Hello' },
      reply: { role: 'companion', status: 'streaming', text: '' },
    });
    expect(streamed).toBe('Hello you');
    expect(reply).toMatchObject({
      status: 'complete',
      text: 'Hello you',
      provider: 'test',
      model: 'tiny',
      usage: RESULT.usage,
    });
    const [said, kept] = await chat.messages(conversation);
    expect(said).toMatchObject({ role: 'user', text: 'Hello' });
    expect(kept).toEqual(reply);
    expect(kept?.replyTo).toBe(said?.id);
    await vi.waitFor(() => expect(chat.created.map(({ text }) => text)).toEqual(['Hello', 'Hello you']));
  });

  test('gives the model what was said before, without commands', async () => {
    await using chat = await loadChat();
    const conversation = await chat.create();
    await chat.say(conversation, 'One');
    await chat.say(conversation, '/help');
    await chat.say(conversation, 'Two');
    expect(chat.prompts.at(-1)?.messages).toEqual([
      { role: 'user', text: 'One' },
      { role: 'assistant', text: 'Hello you' },
      { role: 'user', text: 'Two' },
    ]);
  });

  test('gives the model no more than it can hold, and what was said last in any case', async () => {
    await using chat = await loadChat();
    const conversation = await chat.create();
    await chat.say(conversation, 'x'.repeat(20_000));
    await chat.say(conversation, 'y'.repeat(10_000));
    await chat.say(conversation, 'z'.repeat(90_000));
    const letters = chat.prompts.map(({ messages }) => messages.map(({ text }) => text[0]).join(''));
    expect(letters).toEqual(['x', 'Hy', 'z']);
  });

  test('gives the model what is remembered, and shows it under the reply [COMP]', async () => {
    await using chat = await loadChat();
    const cat = memoryOf('My cat is called Miso.');
    const name = memoryOf('Hi, my name is Anna.');
    await chat.remember(({ text }) => (text === 'my name is' ? [memoryOf('My name tag is lost.'), name] : [cat]));
    const conversation = await chat.create();
    const { chunks, reply } = await chat.say(conversation, 'What is my cat called?');
    const remembered = [cat, name].map(({ memory }) => ({ memory: memory.id, text: memory.text, when: memory.when }));
    expect(chunks[1]).toEqual({ kind: 'remembered', items: remembered });
    expect(reply.remembered).toEqual(remembered);
    expect((await chat.messages(conversation))[1]?.remembered).toEqual(remembered);
    expect(chat.prompts[0]?.recalled?.map(({ text }) => text)).toEqual([
      'My cat is called Miso.',
      'Hi, my name is Anna.',
    ]);
  });

  test('asks memory about what was said, leaving out that message, and for a name only at first', async () => {
    await using chat = await loadChat();
    const asked: unknown[] = [];
    await chat.remember((request) => {
      asked.push(request);
      return [];
    });
    const conversation = await chat.create();
    const first = crypto.randomUUID();
    await chat.say(conversation, 'One', { clientId: first });
    const second = crypto.randomUUID();
    await chat.say(conversation, 'Two', { clientId: second });
    expect(asked).toEqual([
      { text: 'One', limit: 6, excludeMessage: first },
      { text: 'my name is', limit: 6, excludeMessage: first },
      { text: 'Two', limit: 6, excludeMessage: second },
    ]);
  });

  test('goes on without memory when memory fails or takes too long', async () => {
    await using chat = await loadChat();
    await chat.remember(() => new Promise(() => {}));
    const started = performance.now();
    const { reply } = await chat.say(await chat.create(), 'Hello');
    expect(reply).toMatchObject({ status: 'complete', text: 'Hello you' });
    expect(performance.now() - started).toBeLessThan(8_000);
    expect(chat.prompts[0]).not.toHaveProperty('recalled');
  });

  test('is refused while another one runs in the same conversation, and only there', async () => {
    const { model, goOn } = halting('Half');
    await using chat = await loadChat(model);
    const [one, other] = [await chat.create(), await chat.create()];
    const running = chat.say(one, 'Hello');
    await expect(chat.say(one, 'Again')).rejects.toMatchObject({ code: 'CHAT_TURN_RUNNING' });
    const elsewhere = chat.say(other, 'Hello');
    goOn();
    expect((await running).reply.text).toBe('Half and more');
    expect((await elsewhere).reply.text).toBe('Half and more');
    expect((await chat.say(one, 'Again')).reply.status).toBe('complete');
  });

  test('goes on when its client goes away, and is kept [SVC-7]', async () => {
    const { model, goOn } = halting('Half');
    await using chat = await loadChat(model);
    const conversation = await chat.create();
    for await (const chunk of chat.bus.stream('chat.turn.run.v1', { conversation: conversation.id, text: 'Hello' })) {
      if (chunk.kind === 'text') break;
    }
    goOn();
    await vi.waitFor(async () =>
      expect((await chat.messages(conversation))[1]).toMatchObject({ status: 'complete', text: 'Half and more' }),
    );
  });

  test('is joined from its beginning by a client that comes back with the same id', async () => {
    const { model, goOn } = halting('Half');
    await using chat = await loadChat(model);
    const conversation = await chat.create();
    const turn = { conversation: conversation.id, text: 'Hello', clientId: crypto.randomUUID() };
    for await (const chunk of chat.bus.stream('chat.turn.run.v1', turn)) if (chunk.kind === 'text') break;
    const again = chat.run(turn);
    goOn();
    const seen = await again;
    expect(seen.streamed).toBe('Half and more');
    expect(seen.chunks[0]).toMatchObject({ kind: 'started', userMessage: { id: turn.clientId } });
    const later = await chat.run(turn);
    expect([later.streamed, later.reply]).toEqual(['Half and more', seen.reply]);
    expect(await chat.messages(conversation)).toHaveLength(2);
    expect(chat.prompts).toHaveLength(1);
  });

  test.each([
    ['says nothing', {}],
    ['says something and retries at once', { text: 'Hello', retry: crypto.randomUUID() }],
    ['retries what is not there', { retry: crypto.randomUUID() }],
  ])('is refused when it %s', async (_, turn) => {
    await using chat = await loadChat();
    const conversation = await chat.create();
    await expect(chat.run({ conversation: conversation.id, ...turn })).rejects.toMatchObject({
      code: 'CHAT_TURN_INVALID',
    });
    expect(await chat.messages(conversation)).toEqual([]);
  });

  test('is refused in a conversation that is not there', async () => {
    await using chat = await loadChat();
    await expect(chat.run({ conversation: crypto.randomUUID(), text: 'Hello' })).rejects.toMatchObject({
      code: 'CHAT_CONVERSATION_UNKNOWN',
    });
  });

  test('is refused with the id of a message of another conversation', async () => {
    await using chat = await loadChat();
    const clientId = crypto.randomUUID();
    await chat.say(await chat.create(), 'Hello', { clientId });
    await expect(chat.say(await chat.create(), 'Hello', { clientId })).rejects.toMatchObject({
      code: 'CHAT_TURN_INVALID',
    });
  });

  test('streams a long reply whole to a slow reader', async () => {
    const pieces = Array.from({ length: 500 }, (_, at) => `${at} `);
    await using chat = await loadChat(saying(...pieces));
    const conversation = await chat.create();
    const stream = chat.bus.stream('chat.turn.run.v1', { conversation: conversation.id, text: 'Hello' });
    let text = '';
    for await (const chunk of stream) {
      await new Promise((resolve) => setTimeout(resolve, 2));
      if (chunk.kind === 'text') text += chunk.text;
    }
    expect(text).toBe(pieces.join(''));
  });
});
