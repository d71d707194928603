import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ChatMessage, Manifest, PluginContext } from '@aico/sdk';
import { createTestKernel, type TestKernel } from '@aico/sdk-testing';
import { expect, test } from 'vitest';
import journal from '../src/index.ts';
import { TOPIC } from './open-journal.ts';
import { codeOf, temporaryFolder } from './temporary-journal.ts';

const manifest = JSON.parse(readFileSync(join(import.meta.dirname, '../plugin.json'), 'utf8')) as Manifest;
const CONSUMER: Manifest = {
  ...{ id: 'diary', name: 'Diary', version: '1.0.0', description: 'Writes down what is said.', author: 'A tester' },
  ...{ tier: 'isolated', main: 'index.js', engines: { aico: '*' } },
  permissions: [
    { verb: 'subscribe', topic: TOPIC, reason: 'to write it down' },
    { verb: 'request', topic: 'journal.status.get.v1', reason: 'to ask something' },
  ],
};
const TRACE = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

test('an event is kept, seen live, and consumed once by each group; a consumer needs nothing but its grant [BUS-6]', async () => {
  await using house = await createHouse();
  const { chat, memory, user } = house;
  const live: string[] = [];
  await memory.bus.subscribe(TOPIC, ({ data }) => void live.push(data.message.text));
  const heard: { text: string; sender: string; trace: string | undefined }[] = [];
  await memory.bus.consume(TOPIC, { group: 'main' }, ({ data, sender, traceparent }) => {
    heard.push({ text: data.message.text, sender, trace: traceparent });
  });
  await until(async () => (await user.bus.request('journal.status.get.v1', {})).groups.length === 1);
  await chat.bus.publish(TOPIC, { message: messageOf('one') });
  await chat.bus.publish(TOPIC, { message: messageOf('two') }, { trace: { traceparent: TRACE } });
  await until(() => heard.length === 2 && live.length === 2);
  expect(heard.map(({ text, sender }) => [text, sender])).toEqual([
    ['one', 'chat'],
    ['two', 'chat'],
  ]);
  expect(heard[1]?.trace?.slice(0, 35)).toBe(TRACE.slice(0, 35));
  await until(async () => (await groupOf(user))?.position === 2);
  expect(await groupOf(user)).toMatchObject({ name: 'memory/main', members: 1, waiting: 0, inFlight: 0, missed: 0 });
  expect(await codeOf(() => consumeOnce(chat))).toBe('KERNEL_PERMISSION_DENIED');
});

test('what was said while nobody listened is heard later; a restart in peace repeats nothing [BUS-6] [SVC-7]', async () => {
  await using house = await createHouse();
  const { chat, memory } = house;
  const heard: string[] = [];
  const options = { group: 'main', from: { at: 'start' } } as const;
  const slow = async ({ data }: { data: { message: ChatMessage } }): Promise<void> => {
    await new Promise((resolve) => setTimeout(resolve, 10));
    heard.push(data.message.text);
  };
  const say = async (from: number, to: number): Promise<void> => {
    for (let at = from; at <= to; at += 1) await chat.bus.publish(TOPIC, { message: messageOf(`${at}`, `c${at % 3}`) });
  };
  await say(1, 4);
  const stop = await memory.bus.consume(TOPIC, options, slow);
  await until(() => heard.length >= 2);
  await stop();
  await say(5, 8);
  await memory.bus.consume(TOPIC, options, slow);
  await until(() => heard.length >= 6);
  // The journal's turn: its consumer joins again by itself.
  await house.restart();
  await say(9, 12);
  await until(() => heard.length >= 12);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect([...heard].sort((one, other) => Number(one) - Number(other))).toEqual(
    Array.from({ length: 12 }, (_, at) => `${at + 1}`),
  );
});

test('a consumer that is switched off finishes what it handles, with the bus and its timers, and settles it [BUS-6] [SVC-7]', async () => {
  await using house = await createHouse();
  const { kernel, chat, user } = house;
  const begun = Promise.withResolvers<void>();
  const finished: string[] = [];
  await kernel.load({
    manifest: CONSUMER,
    definition: {
      activate: async (ctx) => {
        await ctx.bus.consume(TOPIC, { group: 'main', from: { at: 'start' } }, async ({ data }) => {
          begun.resolve();
          await new Promise<void>((resolve) => void ctx.setTimer(30, resolve));
          await ctx.bus.request('journal.status.get.v1', {});
          finished.push(data.message.text);
        });
      },
    },
  });
  await chat.bus.publish(TOPIC, { message: messageOf('one') });
  await begun.promise;
  await kernel.unload('diary');
  expect(finished).toEqual(['one']);
  expect((await groupOf(user))?.inFlight).toBe(0);
  await until(async () => (await groupOf(user))?.position === 1);
});

test('a consumer whose permission is taken back asks for nothing again and again, and goes on where it was when it is given again [BUS-6, PLG-2]', async () => {
  await using house = await createHouse();
  const { kernel, chat, user } = house;
  const heard: string[] = [];
  const handling = Promise.withResolvers<void>();
  const { promise: goOn, resolve: letGo } = Promise.withResolvers<void>();
  await kernel.load({
    manifest: CONSUMER,
    definition: {
      activate: async ({ bus }) => {
        await bus.consume(TOPIC, { group: 'main' }, async ({ data }) => {
          handling.resolve();
          await goOn;
          heard.push(data.message.text);
        });
      },
    },
  });
  await until(async () => (await groupOf(user))?.members === 1);
  const decide = (allow: boolean) =>
    user.bus.request('kernel.permission.decide.v1', {
      id: 'diary',
      decisions: [{ verb: 'subscribe', topic: TOPIC, allow }],
    });
  await chat.bus.publish(TOPIC, { message: messageOf('one') });
  await handling.promise;
  await decide(false);
  await chat.bus.publish(TOPIC, { message: messageOf('two') });
  letGo();
  // Long enough for whoever asks again and again.
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  expect(kernel.violations.map(({ topic }) => topic)).toEqual(['journal.settle.v1']);
  await decide(true);
  await until(async () => (await groupOf(user))?.position === 2);
  expect(heard).toEqual(['one', 'two']);
});

test('a consumer is updated three times under a thousand events a second: each is handled once, in the order of its key [BUS-6, PLG-1, UPD-4]', async () => {
  await using house = await createHouse();
  const { kernel, chat, user } = house;
  const handled: { readonly version: number; readonly text: string; readonly key: string }[] = [];
  const install = (version: number) =>
    kernel.load({
      manifest: { ...CONSUMER, version: `${version}.0.0` },
      definition: {
        activate: async (ctx) => {
          await ctx.bus.consume(TOPIC, { group: 'main', from: { at: 'start' } }, async ({ data: { message } }) => {
            // Some are in the middle of being handled whenever the newer version comes.
            await new Promise<void>((resolve) => void ctx.setTimer(5, resolve));
            handled.push({ version, text: message.text, key: message.conversation });
          });
        },
      },
    });
  await install(1);
  let said = 0;
  const timer = setInterval(() => {
    for (let each = 0; each < 10; each += 1, said += 1)
      void chat.bus.publish(TOPIC, { message: messageOf(`${said}`, `c${said % 50}`) });
  }, 10);
  for (const version of [2, 3, 4]) {
    await until(() => handled.length >= (version - 1) * 100);
    await install(version);
  }
  await until(() => handled.length >= 500);
  clearInterval(timer);
  await until(async () => (await groupOf(user))?.position === said);
  const numbersOf = (those: typeof handled) => those.map(({ text }) => Number(text));
  expect(numbersOf(handled).sort((a, b) => a - b)).toEqual(Array.from({ length: said }, (_, at) => at));
  expect(new Set(handled.map(({ version }) => version))).toEqual(new Set([1, 2, 3, 4]));
  for (const key of new Set(handled.map((each) => each.key))) {
    const numbers = numbersOf(handled.filter((each) => each.key === key));
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
  }
}, 60_000);

test('what cannot be handled is set aside, shown, and tried again when the user asks', async () => {
  await using house = await createHouse();
  const { chat, memory, user } = house;
  let isBroken = true;
  const heard: string[] = [];
  await memory.bus.consume(TOPIC, { group: 'main', maxAttempts: 1, from: { at: 'start' } }, ({ data }) => {
    if (isBroken) throw new Error('It did not fit.');
    heard.push(data.message.text);
  });
  await chat.bus.publish(TOPIC, { message: messageOf('one') });
  const list = () => user.bus.request('journal.dead.list.v1', {});
  await until(async () => (await list()).total === 1);
  expect((await list()).letters[0]).toMatchObject({
    group: 'memory/main',
    topic: TOPIC,
    sender: 'chat',
    attempts: 1,
    problem: 'It did not fit.',
  });
  const reference = { group: 'memory/main', sequence: 1 };
  expect(await user.bus.request('journal.dead.get.v1', reference)).toMatchObject({
    letter: { sequence: 1 },
    data: { message: { text: 'one' } },
  });
  isBroken = false;
  await user.bus.request('journal.dead.replay.v1', reference);
  await until(() => heard.length === 1);
  expect((await list()).total).toBe(0);
  expect(await codeOf(() => user.bus.request('journal.dead.discard.v1', reference))).toBe('JOURNAL_LETTER_UNKNOWN');
});

test('without a journal the publisher learns that nobody keeps its event', async () => {
  await using house = await createHouse();
  await house.kernel.unload('journal');
  expect(await codeOf(() => house.chat.bus.publish(TOPIC, { message: messageOf('one') }))).toBe('KERNEL_NO_SERVER');
});

interface House extends AsyncDisposable {
  readonly kernel: TestKernel;
  readonly chat: PluginContext;
  readonly memory: PluginContext;
  readonly user: PluginContext;
  restart(): Promise<void>;
}

async function createHouse(): Promise<House> {
  const kernel = await createTestKernel();
  const vault = await kernel.peer({ id: 'vault', permissions: [{ verb: 'serve', topic: 'vault.key.derive.v1' }] });
  await vault.bus.serve('vault.key.derive.v1', () => ({ key: '5a'.repeat(32) }));
  const dataFolder = temporaryFolder();
  const load = async (): Promise<void> => void (await kernel.load({ manifest, definition: journal, dataFolder }));
  await load();
  const request = (topic: string) => ({ verb: 'request' as const, topic });
  return {
    kernel,
    chat: await kernel.peer({ id: 'chat', permissions: [{ verb: 'publish', topic: TOPIC }] }),
    memory: await kernel.peer({ id: 'memory', permissions: [{ verb: 'subscribe', topic: TOPIC }] }),
    user: await kernel.peer({
      id: 'user',
      permissions: [
        request('journal.status.get.v1'),
        request('kernel.permission.decide.v1'),
        ...['list', 'get', 'replay', 'discard'].map((verb) => request(`journal.dead.${verb}.v1`)),
      ],
    }),
    restart: async () => {
      await kernel.unload('journal');
      await load();
    },
    [Symbol.asyncDispose]: () => kernel.close(),
  };
}

async function groupOf(user: PluginContext) {
  return (await user.bus.request('journal.status.get.v1', {})).groups[0];
}

async function consumeOnce(peer: PluginContext): Promise<void> {
  await peer.bus.stream('journal.consume.v1', { pattern: TOPIC, group: 'main' }).result;
}

function messageOf(text: string, conversation = 'c1'): ChatMessage {
  const createdAt = new Date().toISOString();
  return {
    id: crypto.randomUUID(),
    conversation: idOf(conversation),
    role: 'user',
    status: 'complete',
    text,
    createdAt,
  };
}

function idOf(name: string): string {
  return `00000000-0000-4000-8000-${name.padStart(12, '0').replace('c', '0')}`;
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let waited = 0; !(await holds()); waited += 5) {
    if (waited > 10_000) throw new Error('it did not come true');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
