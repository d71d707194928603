import type { Manifest, PluginContext } from '@aico/sdk';
import { createTestKernel } from '@aico/sdk-testing';
import { expect, test, vi } from 'vitest';
import { PluginTimers } from '../src/internal/plugin-timers.ts';

const MANIFEST: Manifest = {
  id: 'ringing',
  name: 'Ringing',
  version: '1.0.0',
  description: 'Has a timer.',
  author: 'AICO',
  license: 'MIT',
  tier: 'isolated',
  main: 'index.js',
  engines: { aico: '^0.1.0' },
  permissions: [],
};

/** A plugin whose timer works until `done`, and then does something more. */
async function ringing(more: (ctx: PluginContext) => unknown) {
  const kernel = await createTestKernel();
  const [begun, done] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  await kernel.load({
    manifest: MANIFEST,
    definition: {
      activate: (ctx) => {
        ctx.setTimer(1, async () => {
          begun.resolve();
          await done.promise;
          await more(ctx);
        });
      },
    },
  });
  await begun.promise;
  return { kernel, done, failures: () => kernel.logs.filter(({ level }) => level === 'error') };
}

test('work of a timer that was going on when its plugin was stopped, and sets the next one then, is no failure [PLG-4]', async () => {
  const set = vi.fn((ctx: PluginContext) => ctx.setTimer(1, () => undefined));
  const { kernel, done, failures } = await ringing(set);
  await using _ = kernel;
  await kernel.unload('ringing');
  done.resolve();
  await vi.waitFor(() => expect(set.mock.results.map(({ type }) => type)).toEqual(['throw']));
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(failures()).toEqual([]);
});

test('a timer that fails while its plugin runs is told [PLG-4]', async () => {
  const { kernel, done, failures } = await ringing(() => Promise.reject(new Error('the bell is broken')));
  await using _ = kernel;
  done.resolve();
  await vi.waitFor(() => expect(failures()).toMatchObject([{ plugin: 'ringing', message: 'timer failed' }]));
});

test('a timer beyond what a system waits at a stretch rings in its time, and can be stopped on its way [PLG-4]', () => {
  const asked: { readonly milliseconds: number; readonly ring: () => void }[] = [];
  const stopped = vi.fn();
  const timers = new PluginTimers({
    after: (milliseconds, ring) => {
      asked.push({ milliseconds, ring });
      return stopped;
    },
  });
  const rang = vi.fn();
  const most = 2 ** 31 - 1;
  timers.after(2 * most + 5, rang);
  for (let at = 0; at < 3; at += 1) {
    expect(rang).not.toHaveBeenCalled();
    asked.at(at)?.ring();
  }
  expect(rang).toHaveBeenCalledOnce();
  const stop = timers.after(most + 1, rang);
  asked.at(-1)?.ring();
  stop();
  expect(asked.map(({ milliseconds }) => milliseconds)).toEqual([most, most, 5, most, 1]);
  expect([stopped.mock.calls.length, timers.untilNextMs()]).toEqual([1, undefined]);
});
