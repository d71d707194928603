import { readFileSync } from 'node:fs';
import type { Manifest } from '@aico/sdk';
import { createTestKernel, recordsOf, serveStorage, type TestKernel } from '@aico/sdk-testing';
import { expect, test } from 'vitest';
import definition from '../src/index.ts';
import { MOOD_IDS } from '../src/moods.ts';

const manifest = JSON.parse(readFileSync(new URL('../plugin.json', import.meta.url), 'utf8')) as Manifest;

async function prepare(kernel: TestKernel, given = manifest) {
  await kernel.load({ manifest: given, definition });
  const topics = ['plugin.*.command.run.v1', 'plugin.*.view.ask.v1', 'kernel.plugin.get.v1'];
  const permissions = topics.map((topic) => ({ verb: 'request', topic }) as const);
  const { bus } = await kernel.peer({ id: `peer-${crypto.randomUUID().slice(0, 8)}`, permissions });
  const about = { name: 'mood', conversation: crypto.randomUUID(), time: new Date().toISOString() };
  return {
    type: async (typed: string) =>
      (await bus.request('plugin.mood.command.run.v1', { ...about, arguments: typed })).text,
    ask: async (name: string, data?: unknown) =>
      (await bus.request('plugin.mood.view.ask.v1', { view: 'mood', name, data })).data,
    theme: async () => (await bus.request('kernel.plugin.get.v1', { id: 'mood' })).theme,
  };
}

test('has a theme of its own for each mood, and no more [PLG-9]', () => {
  expect(manifest.contributes?.themes?.map(({ id }) => id)).toEqual(MOOD_IDS);
});

test('wears the mood that was told, once every three seconds [PLG-9]', async () => {
  await using kernel = await createTestKernel();
  await serveStorage(kernel);
  const { type, theme, ask } = await prepare(kernel);
  expect(await type('')).toMatch(/^You have told no mood so far\. I know `\/mood calm`, /);
  expect(await theme()).toBe(undefined);
  expect(await type('furious')).toMatch(/^I have no colours for that\./);
  expect(await type(' Happy ')).toMatch(/^You are \*\*bright\*\*\. To see it, choose/);
  expect(await theme()).toBe('bright');
  expect(await type('bright')).toBe('You are **bright**.');
  expect(await type('calm')).toBe('One moment: colours change once every three seconds. Tell me again.');
  expect(await ask('choose', 'calm')).toEqual({
    moods: MOOD_IDS,
    now: 'bright',
    refused: 'One moment: colours change once every three seconds. Tell me again.',
  });
  expect(await theme()).toBe('bright');
  await expect(ask('choose', 'neon')).rejects.toMatchObject({ code: 'SDK_HANDLER_FAILED' });
});

test('wears it again after a restart [PLG-9]', async () => {
  await using kernel = await createTestKernel();
  await serveStorage(kernel);
  expect(await (await prepare(kernel)).ask('choose', 'tender')).toEqual({ moods: MOOD_IDS, now: 'tender' });
  await kernel.unload('mood');
  const { type, theme } = await prepare(kernel);
  expect([await theme(), await type('')]).toEqual(['tender', expect.stringMatching(/^You are \*\*tender\*\*\. /)]);
});

test('takes part in forgetting and in export: the mood that was told last [DATA-7]', async () => {
  await using kernel = await createTestKernel();
  await serveStorage(kernel);
  const { ask, type } = await prepare(kernel);
  await ask('choose', 'tender');
  const { find, forget, exported, imported } = await recordsOf(kernel, 'mood');
  const kept = await exported();
  expect(kept).toMatchObject([{ kind: 'moods', data: { id: 'now', text: 'tender' } }]);
  const period = { from: '2026-01-01T00:00:00Z', to: '2126-01-01T00:00:00Z' };
  expect(await find(period)).toMatchObject([{ kind: 'mood', id: 'mood/now', text: 'tender' }]);
  expect((await imported(kept)).map(({ is }) => is)).toEqual(['known']);
  const others = ['mood/now'];
  expect([await forget({ others }), await forget({ others })]).toEqual([{ mood: 1 }, { mood: 0 }]);
  expect([await exported(), await type('')]).toEqual([[], expect.stringMatching(/^You have told no mood so far\./)]);
  const unknown = { kind: 'moods', data: { ...kept[0]?.data, text: 'furious' } };
  expect((await imported([unknown, ...kept], { dry: true })).map(({ is }) => is)).toEqual(['refused', 'new']);
  expect((await imported(kept)).map(({ is }) => is)).toEqual(['new']);
  expect([await exported(), await type('')]).toEqual([kept, expect.stringMatching(/^You are \*\*tender\*\*\./)]);
});

test('says so when it may not change the colours [PLG-9]', async () => {
  await using kernel = await createTestKernel();
  await serveStorage(kernel);
  const permissions = manifest.permissions.filter(({ topic }) => topic !== 'kernel.theme.set.v1');
  const { type } = await prepare(kernel, { ...manifest, permissions });
  expect(await type('calm')).toMatch(/^You do not let me change the colours\./);
});
