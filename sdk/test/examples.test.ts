import { readdir } from 'node:fs/promises';
import type { GenerateResult } from '@aico/sdk';
import { definePlugin } from '@aico/sdk';
import { serveNetwork, serveSchedule } from '@aico/sdk-testing';
import { describe, expect, test, vi } from 'vitest';
import * as aicoError from '../examples/aico-error.ts';
import * as busConsume from '../examples/bus-consume.ts';
import * as busKeepEvents from '../examples/bus-keep-events.ts';
import * as busPublish from '../examples/bus-publish.ts';
import * as busRequest from '../examples/bus-request.ts';
import * as busServe from '../examples/bus-serve.ts';
import * as busServeStream from '../examples/bus-serve-stream.ts';
import * as busStream from '../examples/bus-stream.ts';
import * as busSubscribe from '../examples/bus-subscribe.ts';
import * as busSubscribePattern from '../examples/bus-subscribe-pattern.ts';
import * as conditionsSet from '../examples/conditions-set.ts';
import * as config from '../examples/config.ts';
import * as deactivate from '../examples/deactivate.ts';
import * as effect from '../examples/effect.ts';
import * as fetch from '../examples/fetch.ts';
import * as handOver from '../examples/hand-over.ts';
import * as llmGenerate from '../examples/llm-generate.ts';
import * as log from '../examples/log.ts';
import * as metrics from '../examples/metrics.ts';
import * as permissionsContains from '../examples/permissions-contains.ts';
import * as permissionsRequest from '../examples/permissions-request.ts';
import * as schedule from '../examples/schedule.ts';
import * as setTimer from '../examples/set-timer.ts';
import * as signal from '../examples/signal.ts';
import * as suspend from '../examples/suspend.ts';
import * as themeSet from '../examples/theme-set.ts';
import * as view from '../examples/view.ts';
import { EXAMPLES } from './example-table.ts';
import { manifestOf, runExample } from './support/run-example.ts';

const DAY_MS = 24 * 60 * 60_000;

const memory = (text: string) => ({
  memory: {
    id: crypto.randomUUID(),
    text,
    when: '2026-11-20T12:00:00.000Z',
    source: { conversation: crypto.randomUUID(), message: crypto.randomUUID() },
  },
  score: 1,
  by: ['words' as const],
});

test('has an example for every call, and no other [PLG-9]', async () => {
  const files = await readdir(new URL('../examples/', import.meta.url));
  const names = files.map((file) => file.replace(/\.ts$/, '')).filter((name) => name !== 'example-manifest');
  expect([...new Set(Object.values(EXAMPLES))].sort()).toEqual(names.sort());
});

describe('examples of the bus [PLG-9]', () => {
  test('serve answers, and knows who asked', async () => {
    await using example = await runExample(busServe);
    expect(await example.type('a word')).toBe('tester typed "a word"');
  });

  test('request asks the one server of a topic', async () => {
    await using example = await runExample(busRequest);
    expect(await example.type('')).toBe('There are 1 plugins.');
  });

  test('publish tells all who subscribed', async () => {
    await using example = await runExample(busPublish);
    const told: unknown[] = [];
    await example.tester.bus.subscribe('vault.state.changed.v1', ({ data, sender }) => void told.push([sender, data]));
    await example.type('');
    await vi.waitFor(() => expect(told).toEqual([['example', { state: 'unlocked' }]]));
  });

  test.each([
    ['consume', busConsume, '1 messages were written.'],
    ['keepEvents', busKeepEvents, 'chat.message.created.v1 of tester'],
    ['subscribe', busSubscribe, 'You wrote 3 words.'],
    ['subscribePattern', busSubscribePattern, '{"chat.message.created.v1":1}'],
  ] as const)('%s receives what is published', async (_, module, answer) => {
    await using example = await runExample(module);
    await example.tester.bus.publish('chat.message.created.v1', {
      message: {
        id: crypto.randomUUID(),
        conversation: crypto.randomUUID(),
        role: 'user',
        status: 'complete',
        text: 'one two three',
        createdAt: new Date().toISOString(),
      },
    });
    await vi.waitFor(async () => expect(await example.type('')).toBe(answer));
  });

  test('stream reads pieces, then the result', async () => {
    await using example = await runExample(busStream);
    await example.tester.bus.serveStream('chat.turn.run.v1', async ({ data }, stream) => {
      for (const text of ['Hel', 'lo']) await stream.write({ kind: 'text', text });
      const rest = { role: 'companion', status: 'complete', text: `Hello: ${data.text}` } as const;
      const { conversation } = data;
      return { reply: { id: crypto.randomUUID(), conversation, createdAt: new Date().toISOString(), ...rest } };
    });
    expect(await example.type('hi')).toBe('Hello: hi (2 pieces)');
  });

  test('serveStream answers piece by piece', async () => {
    await using example = await runExample(busServeStream);
    const stream = example.tester.bus.stream('llm.generate.v1', { messages: [{ role: 'user', text: 'one two' }] });
    let text = '';
    for await (const chunk of stream) text += chunk.text;
    expect([text, (await stream.result).model]).toEqual(['two one ', 'backwards']);
  });
});

describe('examples of what surrounds a plugin [PLG-9]', () => {
  test('config has the settings in force, and tells when they change', async () => {
    await using example = await runExample(config, { configuration: { greeting: 'Hi', loud: false } });
    expect(await example.type('')).toBe('Hi (changed 0 times)');
    await example.tester.bus.request('kernel.config.set.v1', { id: 'example', values: { loud: true } });
    await vi.waitFor(async () => expect(await example.type('')).toBe('HI (changed 1 times)'));
  });

  test('llm asks whichever model the user chose', async () => {
    await using example = await runExample(llmGenerate);
    await example.tester.bus.serveStream('llm.generate.v1', async (_, stream): Promise<GenerateResult> => {
      for (const text of ['Sal', 've']) await stream.write({ text });
      const usage = { promptTokens: 1, completionTokens: 2, durationMs: 1 };
      return { finish: 'stop', provider: 'test', model: 'test', usage };
    });
    expect(await example.type('Hello')).toBe('Salve');
  });

  test('fetch asks a web server', async () => {
    await using example = await runExample(fetch);
    const asked: unknown[] = [];
    await serveNetwork(example.kernel, ({ method, url, text, grant }) => {
      asked.push([method, url, text, grant]);
      return text === 'cat' ? { text: '{"meaning":"a small lion"}' } : { status: 404 };
    });
    expect(await example.type('cat')).toBe('a small lion');
    expect(await example.type('brgl')).toBe('The dictionary answered 404.');
    const grant = { hosts: ['api.example.org'], methods: ['GET', 'POST'] };
    expect(asked[0]).toEqual(['POST', 'https://api.example.org/words', 'cat', grant]);
  });

  test('schedule calls a plugin when it is time', async () => {
    await using example = await runExample(schedule);
    const time = await serveSchedule(example.kernel);
    expect(await example.type('start')).toBe('0 greetings, next 2026-11-24T08:00:00.000Z');
    await time.advance(3 * DAY_MS);
    expect(await example.type('')).toBe('3 greetings, next 2026-11-27T08:00:00.000Z');
    await time.sleep(2 * DAY_MS);
    expect(await example.type('')).toBe('3 greetings, next 2026-11-30T08:00:00.000Z');
    expect(await example.type('stop')).toBe('3 greetings, next never');
  });

  test('log writes to the log of the plugin', async () => {
    await using example = await runExample(log);
    await example.type('');
    await example.type('x'.repeat(101));
    expect(example.kernel.logs.map(({ plugin, level, message }) => [plugin, level, message])).toEqual([
      ['example', 'debug', 'waiting for commands'],
      ['example', 'warn', 'a command came without arguments'],
      ['example', 'info', 'a command came'],
      ['example', 'error', 'a command was too long'],
    ]);
  });

  test('metrics count, and tell the user', async () => {
    await using example = await runExample(metrics);
    await example.type('');
    await example.type('a text of some length');
    await example.type('another');
    await expect
      .poll(() => example.kernel.metrics('example'), { timeout: 15_000 })
      .toEqual([
        {
          name: 'commands',
          kind: 'counter',
          description: 'Commands that came',
          series: [
            { labels: { kind: 'empty' }, value: 1 },
            { labels: { kind: 'text' }, value: 2 },
          ],
        },
        { name: 'waiting', kind: 'gauge', series: [{ labels: {}, value: 0 }] },
        {
          name: 'text.length',
          kind: 'histogram',
          unit: '{characters}',
          bounds: [10, 100, 1_000],
          series: [{ labels: {}, value: 28, counts: [2, 1, 0, 0] }],
        },
      ]);
  });

  test('permissions tell what was granted', async () => {
    await using asked = await runExample(permissionsContains);
    expect(await asked.type('cat')).toBe('I may not look into your memories.');
    const allow = permissionsContains.manifest.permissions.map(({ verb, topic }) => ({
      verb,
      topic,
      allow: true,
    }));
    await using granted = await runExample(permissionsContains, { decisions: allow });
    await granted.tester.bus.serve('memory.recall.v1', () => ({ hits: [memory('My cat is called Miso.')] }));
    expect(await granted.type('cat')).toBe('My cat is called Miso.');
  });

  test('permissions ask for what is optional when it is used, and the answer is remembered', async () => {
    await using example = await runExample(permissionsRequest);
    await example.tester.bus.serve('memory.recall.v1', () => ({ hits: [memory('My cat is called Miso.')] }));
    const answer = (allow: boolean) => ({
      id: 'example',
      decisions: [{ verb: 'request' as const, topic: 'memory.recall.v1', allow }],
    });
    const waiting = example.type('cat');
    const asked = async () => {
      const { permissions } = await example.tester.bus.request('kernel.plugin.get.v1', { id: 'example' });
      return permissions.some((permission) => permission.asked === true);
    };
    await vi.waitFor(async () => expect(await asked()).toBe(true));
    await example.tester.bus.request('kernel.permission.decide.v1', answer(false));
    expect(await waiting).toBe('Then I do without.');
    expect(await example.type('cat')).toBe('Then I do without.');
    await example.tester.bus.request('kernel.permission.decide.v1', answer(true));
    expect(await example.type('cat')).toBe('My cat is called Miso.');
  });

  test('conditions let others run', async () => {
    await using example = await runExample(conditionsSet);
    const changes: unknown[] = [];
    await example.tester.bus.subscribe('kernel.condition.changed.v1', ({ data }) => void changes.push(data));
    await example.type('open');
    await vi.waitFor(() => expect(changes).toEqual([{ name: 'example.open', holds: true }]));
  });

  test('theme.set chooses among its own themes, and the app is told', async () => {
    await using example = await runExample(themeSet);
    const theme = async () => (await example.tester.bus.request('kernel.plugin.get.v1', { id: 'example' })).theme;
    expect([await theme(), await example.type('evening'), await theme()]).toEqual([undefined, 'Done.', 'evening']);
    expect(await example.type('neon')).toBe('I have evening, no neon.');
    expect(await theme()).toBe('evening');
  });

  test('setTimer rings once, unless it is stopped', async () => {
    await using example = await runExample(setTimer);
    await example.type('20');
    await example.type('stop');
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(await example.type('5')).toBe('not yet');
    await vi.waitFor(async () => expect(await example.type('')).toBe('rung'));
  });

  test('effect ends what it began, at unload or before', async () => {
    await using example = await runExample(effect);
    expect([...effect.open]).toEqual(['hall', 'kitchen']);
    expect(await example.type('')).toBe('hall');
    await example.kernel.unload('example');
    expect([...effect.open]).toEqual([]);
  });

  test('signal ends what a plugin waits for when it is unloaded', async () => {
    await using example = await runExample(signal);
    const cancelled = Promise.withResolvers<void>();
    await example.tester.bus.serve('memory.recall.v1', ({ signal: gone }) => {
      gone.addEventListener('abort', () => cancelled.resolve());
      return new Promise(() => {});
    });
    const asked = example.type('cat').catch((error: unknown) => error);
    await new Promise((resolve) => setTimeout(resolve, 20));
    await example.kernel.unload('example');
    await cancelled.promise;
    expect(await asked).toBeInstanceOf(Error);
  });

  test('deactivate has a last word', async () => {
    await using example = await runExample(deactivate);
    expect(await example.type('')).toBe('example 0.1.0');
    await example.kernel.unload('example');
    expect(example.kernel.logs.map(({ message }) => message)).toContain('good night');
  });

  test('suspend and resume let a plugin sleep while there is nothing to do, and go on where it was', async () => {
    await using example = await runExample(suspend);
    expect(await example.type('')).toBe('You asked 1 times, and it slept 0 times.');
    const state = async () => (await example.tester.bus.request('kernel.plugin.get.v1', { id: 'example' })).state;
    await vi.waitFor(async () => expect(await state()).toBe('suspended'), { timeout: 20_000, interval: 50 });
    expect(await example.type('')).toBe('You asked 2 times, and it slept 1 times.');
  }, 30_000);

  test('handOver and migrate let a newer version go on where the one before was', async () => {
    const older = definePlugin({
      activate: async ({ bus }) => {
        await bus.serve('plugin.example.command.run.v1', () => ({ text: 'I am the first.' }));
      },
      handOver: () => 41,
    });
    await using example = await runExample({ ...handOver, default: older });
    expect(await example.type('')).toBe('I am the first.');
    const newer = { manifest: manifestOf(handOver.manifest), definition: handOver.default };
    await example.kernel.load(newer);
    expect(await example.type('')).toBe('You asked 42 times.');
    await example.kernel.load(newer);
    expect(await example.type('')).toBe('You asked 43 times.');
  });

  test('AicoError tells what went wrong by its code, and what to do', async () => {
    await using example = await runExample(aicoError);
    expect(await example.type('cat')).toMatch(/^Enable the plugin that serves it/);
  });
});

test('view.ts: a view asks its plugin, which counts [PLG-5]', async () => {
  await using example = await runExample(view);
  const output = { textContent: '' as string | null };
  const page = {
    view: 'counter',
    surroundings: { locale: 'en', dark: false, colors: {} as never },
    onChange: () => () => {},
    ask: async <Answer>(name: string, data?: unknown) => {
      const answer = await example.tester.bus.request('plugin.example.view.ask.v1', { view: 'counter', name, data });
      return answer.data as Answer;
    },
  };
  await view.showCount(page, output);
  await view.showCount(page, output);
  expect([output.textContent, await example.type('')]).toEqual(['2', 'It stands at 2.']);
});
