import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { createTestKernel } from '@aico/sdk-testing';
import definition from '../src/index.ts';

const manifest = JSON.parse(readFileSync(new URL('../plugin.json', import.meta.url), 'utf8'));

test('greets whoever is named', async () => {
  await using kernel = await createTestKernel();
  await kernel.load({ manifest, definition });
  const chat = await kernel.peer({ id: 'chat', permissions: [{ verb: 'request', topic: 'plugin.*.command.run.v1' }] });
  const { text } = await chat.bus.request('plugin.hello.command.run.v1', {
    name: 'hello',
    arguments: 'Ada',
    conversation: '00000000-0000-4000-8000-000000000000',
    time: new Date().toISOString(),
  });
  assert.equal(text, 'Hello, Ada!');
});

test('greets in its view, whatever the view sends', async () => {
  await using kernel = await createTestKernel();
  await kernel.load({ manifest, definition });
  const app = await kernel.peer({ id: 'app', permissions: [{ verb: 'request', topic: 'plugin.*.view.ask.v1' }] });
  const ask = (data: unknown) => app.bus.request('plugin.hello.view.ask.v1', { view: 'greeting', name: 'greet', data });
  assert.deepEqual(await ask('Ada'), { data: 'Hello, Ada!' });
  assert.deepEqual(await ask({ not: 'a name' }), { data: 'Hello, you!' });
});
