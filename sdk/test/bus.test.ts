import { setTimeout as delay } from 'node:timers/promises';
import { definePlugin, type PluginContext } from '@aico/sdk';
import { createTestKernel, type TestKernel } from '@aico/sdk-testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const ROLL = 'plugin.dice.command.run.v1';
const RUN = {
  name: 'roll',
  arguments: 'd6',
  conversation: '00000000-0000-4000-8000-000000000000',
  time: '2026-01-01T00:00:00Z',
};
const PROMPT = { messages: [{ role: 'user' as const, text: 'Hello' }] };
const RESULT = {
  finish: 'stop' as const,
  provider: 'test',
  model: 'test',
  usage: { promptTokens: 1, completionTokens: 1, durationMs: 1 },
};

let kernel: TestKernel;
let asker: PluginContext;
let server: PluginContext;

beforeEach(async () => {
  kernel = await createTestKernel();
  asker = await kernel.peer({
    id: 'asker',
    permissions: [
      { verb: 'request', topic: 'plugin.>' },
      { verb: 'request', topic: 'llm.>' },
      { verb: 'subscribe', topic: 'chat.>' },
      { verb: 'publish', topic: 'chat.>' },
    ],
  });
  server = await kernel.peer({ id: 'dice', permissions: [{ verb: 'serve', topic: '>' }] });
});

afterEach(() => kernel.close());

describe('requests [BUS-4, BUS-6]', () => {
  test('an error of the table reaches the asker with its code, rule and fix', async () => {
    const { AicoError } = await import('@aico/sdk');
    await server.bus.serve(ROLL, () => {
      throw new AicoError('KERNEL_DISPOSED', { subject: 'dice' });
    });
    await expect(asker.bus.request(ROLL, RUN)).rejects.toMatchObject({ code: 'KERNEL_DISPOSED', subject: 'dice' });
  });

  test('a topic that looks like another, or fits into no frame, is refused and never arrives as that other [BUS-2]', async () => {
    const heard: unknown[] = [];
    await server.bus.serve(ROLL, () => ({ text: 'rolled' }));
    const listener = await kernel.peer({ id: 'listener', permissions: [{ verb: 'subscribe', topic: 'chat.>' }] });
    await listener.bus.subscribePattern('chat.>', ({ data }) => void heard.push(data));
    const event = { id: RUN.conversation, change: 'deleted' };
    for (const [from, to] of [
      ['c', '\u0163'],
      ['.v1', `.${'a'.repeat(255)}.v1`],
    ] as const) {
      const published = 'chat.conversation.changed.v1'.replace(from, to) as 'chat.conversation.changed.v1';
      const asked = ROLL.replace(from, to) as typeof ROLL;
      const streamed = 'llm.generate.v1'.replace('e', to) as 'llm.generate.v1';
      const refused = { code: 'KERNEL_TOPIC_MALFORMED' };
      await expect(asker.bus.publish(published, event as never)).rejects.toMatchObject(refused);
      await expect(asker.bus.request(asked, RUN)).rejects.toMatchObject(refused);
      await expect(asker.bus.stream(streamed, PROMPT).result).rejects.toMatchObject(refused);
      await expect(server.bus.serve(asked, () => ({ text: '' }))).rejects.toMatchObject(refused);
    }
    expect(await asker.bus.request(ROLL, RUN)).toEqual({ text: 'rolled' });
    expect(heard).toEqual([]);
  });

  test('what else a handler throws stays with its plugin: the asker learns only who failed', async () => {
    await server.bus.serve(ROLL, () => {
      throw new Error('the password is hunter2');
    });
    const error = await asker.bus.request(ROLL, RUN).catch((failure: unknown) => failure);
    expect(error).toMatchObject({ code: 'SDK_HANDLER_FAILED', subject: 'dice' });
    expect(JSON.stringify(error)).not.toContain('hunter2');
  });

  test('an error tells where in the code its request or stream was made [PLG-9]', async () => {
    const askHere = () => asker.bus.request('memory.recall.v1', { text: 'Ada' });
    const streamHere = () => asker.bus.stream('llm.generate.v1', PROMPT).result;
    for (const ask of [askHere, streamHere]) {
      const error: unknown = await ask().catch((failure: unknown) => failure);
      expect(error).toHaveProperty('stack', expect.stringContaining(`at ${ask.name} (${import.meta.filename}`));
      expect((error as Error).stack).toContain(`${(error as Error).message}\n    at `);
    }
  });

  test('an error tells where in the code was subscribed or served what is refused [PLG-9]', async () => {
    const subscribeHere = () => asker.bus.subscribe('vault.state.changed.v1', () => {});
    const serveHere = () => asker.bus.serve(ROLL, () => ({ text: '' }));
    for (const register of [subscribeHere, serveHere]) {
      const error: unknown = await register().catch((failure: unknown) => failure);
      expect(error).toMatchObject({ code: 'KERNEL_PERMISSION_DENIED' });
      expect(error).toHaveProperty('stack', expect.stringContaining(`at ${register.name} (${import.meta.filename}`));
    }
  });

  test('an answer off its schema is refused on its way', async () => {
    await server.bus.serve(ROLL, () => ({ text: 7 }) as never);
    await expect(asker.bus.request(ROLL, RUN)).rejects.toMatchObject({ code: 'KERNEL_REPLY_INVALID' });
    expect(kernel.violations.map((each) => [each.sender, each.verb])).toEqual([['dice', 'reply']]);
  });

  test('a request that nobody answers in time ends, and its server is told', async () => {
    const cancelled = Promise.withResolvers<void>();
    await server.bus.serve(ROLL, ({ signal }) => {
      signal.addEventListener('abort', () => cancelled.resolve());
      return new Promise(() => {});
    });
    const asked = asker.bus.request(ROLL, RUN, { timeoutMs: 20 });
    await expect(asked).rejects.toMatchObject({ code: 'KERNEL_REQUEST_TIMEOUT' });
    await cancelled.promise;
  });

  test('aborting cancels at the server', async () => {
    const cancelled = Promise.withResolvers<void>();
    await server.bus.serve(ROLL, ({ signal }) => {
      signal.addEventListener('abort', () => cancelled.resolve());
      return new Promise(() => {});
    });
    const abort = new AbortController();
    const asked = asker.bus.request(ROLL, RUN, { signal: abort.signal });
    setTimeout(() => abort.abort(), 5);
    await expect(asked).rejects.toMatchObject({ code: 'KERNEL_CANCELLED' });
    await cancelled.promise;
    await expect(asker.bus.request(ROLL, RUN, { signal: abort.signal })).rejects.toMatchObject({
      code: 'KERNEL_CANCELLED',
    });
  });

  test('one plugin serves a topic at a time; its undo makes room', async () => {
    const undo = await server.bus.serve(ROLL, () => ({ text: 'one' }));
    const rival = await kernel.peer({ id: 'dice', permissions: [{ verb: 'serve', topic: ROLL }] });
    await expect(rival.bus.serve(ROLL, () => ({ text: 'two' }))).rejects.toMatchObject({
      code: 'KERNEL_SERVER_EXISTS',
    });
    await undo();
    await undo();
    await rival.bus.serve(ROLL, () => ({ text: 'two' }));
    expect(await asker.bus.request(ROLL, RUN)).toEqual({ text: 'two' });
  });
});

describe('streams [BUS-6]', () => {
  test('a reader may take longer for what came than its server may be silent', async () => {
    const count = 100;
    await server.bus.serveStream('llm.generate.v1', async (_, stream) => {
      for (let at = 0; at < count; at++) await stream.write({ text: String(at) });
      return RESULT;
    });
    const seen: string[] = [];
    for await (const { text } of asker.bus.stream('llm.generate.v1', PROMPT, { timeoutMs: 100 })) {
      if (seen.length % 20 === 0) await delay(150);
      seen.push(text);
    }
    expect(seen.length).toBe(count);
  });

  test('a server that falls silent, and a stream that nobody reads, end with their time', async () => {
    await server.bus.serveStream('llm.generate.v1', async (_, stream) => {
      for (let at = 0; at < 64; at++) await stream.write({ text: String(at) });
      return new Promise(() => {});
    });
    const asked = () => asker.bus.stream('llm.generate.v1', PROMPT, { timeoutMs: 100 });
    const late = { code: 'KERNEL_REQUEST_TIMEOUT' };
    await expect(Array.fromAsync(asked())).rejects.toMatchObject(late);
    await expect(asked().result).rejects.toMatchObject(late);
  });

  test('every chunk arrives in order, then the result, however slowly it is read', async () => {
    const count = 500;
    await server.bus.serveStream('llm.generate.v1', async (_, stream) => {
      for (let at = 0; at < count; at++) await stream.write({ text: String(at) });
      return RESULT;
    });
    const stream = asker.bus.stream('llm.generate.v1', PROMPT);
    const seen: string[] = [];
    for await (const { text } of stream) {
      seen.push(text);
      if (seen.length % 100 === 0) await new Promise((resolve) => setTimeout(resolve, 2));
    }
    expect(seen).toEqual(Array.from({ length: count }, (_, at) => String(at)));
    expect(await stream.result).toEqual(RESULT);
  });

  test('a server runs ahead of its reader by the credit and no further', async () => {
    let written = 0;
    await server.bus.serveStream('llm.generate.v1', async (_, stream) => {
      for (; written < 1_000; written++) await stream.write({ text: 'x' });
      return RESULT;
    });
    const stream = asker.bus.stream('llm.generate.v1', PROMPT);
    await expect.poll(() => written).toBe(64);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(written).toBe(64);
    stream.cancel();
  });

  test('leaving the loop cancels at the server, which may write no more', async () => {
    const refused = Promise.withResolvers<unknown>();
    await server.bus.serveStream('llm.generate.v1', async (_, stream) => {
      try {
        for (;;) await stream.write({ text: 'x' });
      } catch (error) {
        refused.resolve(error);
        throw error;
      }
    });
    for await (const chunk of asker.bus.stream('llm.generate.v1', PROMPT)) {
      expect(chunk.text).toBe('x');
      break;
    }
    expect(await refused.promise).toMatchObject({ code: 'SDK_STREAM_CLOSED' });
  });

  test('a failure after some chunks gives the chunks first, then the failure', async () => {
    await server.bus.serveStream('llm.generate.v1', async (_, stream) => {
      await stream.write({ text: 'half' });
      throw new Error('cut');
    });
    const seen: string[] = [];
    const reading = async () => {
      for await (const { text } of asker.bus.stream('llm.generate.v1', PROMPT)) seen.push(text);
    };
    await expect(reading()).rejects.toMatchObject({ code: 'SDK_HANDLER_FAILED' });
    expect(seen).toEqual(['half']);
  });
});

describe('what a plugin registers is undone, once, in reverse order [PLG-4]', () => {
  test('at unload effects end last in, first out; a failing one stops none; late calls are refused', async () => {
    const order: string[] = [];
    let context: PluginContext | undefined;
    const definition = definePlugin({
      activate: (ctx) => {
        context = ctx;
        ctx.effect(() => () => void order.push('first'));
        ctx.effect(() => () => {
          throw new Error('cannot undo');
        });
        ctx.effect(() => () => void order.push('third'));
      },
      deactivate: (reason) => void order.push(`deactivate: ${reason}`),
    });
    const manifest = {
      id: 'tidy',
      name: 'Tidy',
      version: '1.0.0',
      description: 'Cleans up.',
      author: 'Test',
      tier: 'isolated' as const,
      main: 'index.js',
      engines: { aico: '*' },
      permissions: [],
    };
    await kernel.load({ manifest, definition });
    await kernel.unload('tidy');
    expect(order).toEqual(['deactivate: switched off', 'third', 'first']);
    expect(context?.signal.aborted).toBe(true);
    expect(() => context?.effect(() => {})).toThrowError(expect.objectContaining({ code: 'KERNEL_DISPOSED' }));
    await expect(context?.bus.request(ROLL, RUN)).rejects.toMatchObject({ code: 'KERNEL_DISPOSED' });
    expect(kernel.logs).toContainEqual(expect.objectContaining({ plugin: 'tidy', message: 'cleaning up failed' }));
  });

  test('two subscriptions to one pattern end one by one', async () => {
    const heard: string[] = [];
    const conversation = { id: RUN.conversation, title: 'x', createdAt: RUN.time, updatedAt: RUN.time, messages: 0 };
    const publish = () => asker.bus.publish('chat.conversation.changed.v1', { conversation, change: 'created' });
    const one = await asker.bus.subscribePattern('chat.>', () => void heard.push('one'));
    const two = await asker.bus.subscribePattern('chat.>', () => void heard.push('two'));
    await publish();
    await expect.poll(() => heard.length).toBe(2);
    await one();
    await publish();
    await expect.poll(() => heard).toEqual(['one', 'two', 'two']);
    await two();
    await publish();
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(heard).toHaveLength(3);
  });
});
