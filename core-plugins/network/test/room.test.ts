import { setTimeout as delay } from 'node:timers/promises';
import { AicoError } from '@aico/sdk';
import { expect, test } from 'vitest';
import { Room } from '../src/http/room.ts';
import { Slots } from '../src/http/slots.ts';
import { ALL_LOCAL, errorOf, loadNetwork } from './support/load-network.ts';
import { startWeb } from './support/web-server.ts';

const MIB = 1024 * 1024;
const LARGE = 6 * MIB;

test('large answers wait until there is room for them: in their order, and nobody is kept out by what another one holds [PLG-3]', async () => {
  const room = new Room();
  const signal = new AbortController().signal;
  const inside: string[] = [];
  const enter = (plugin: string, bytes = LARGE) =>
    room.take(plugin, 'good.test', bytes, signal).then((leave) => {
      inside.push(plugin);
      return leave;
    });
  const [first] = await Promise.all([enter('one'), enter('one')]);
  const third = enter('one');
  await Promise.all([enter('two'), enter('two', MIB)]);
  // There is room for this one, yet not before the larger one that came first.
  const large = enter('three');
  const small = enter('four', MIB);
  await delay(1);
  expect(inside).toEqual(['one', 'one', 'two', 'two']);
  first?.();
  (await third)();
  await Promise.all([large, small]);
  expect(inside.slice(4)).toEqual(['one', 'three', 'four']);
});

test('one whose time is up before there is room is told of that, and lets the next one in [PLG-3]', async () => {
  const room = new Room();
  const late = new AbortController();
  const patient = new AbortController().signal;
  for (const plugin of ['one', 'one', 'two']) await room.take(plugin, 'good.test', LARGE, patient);
  const [large, small] = [
    room.take('three', 'good.test', LARGE + 1, late.signal),
    room.take('four', 'good.test', LARGE, patient),
  ];
  const details = { host: 'good.test', seconds: 1 };
  late.abort(new AicoError('NET_TIMED_OUT', { subject: 'three', details }));
  const error = await errorOf(large);
  expect([error.code, error.subject, error.details.host]).toEqual(['NET_NO_ROOM', 'three', 'good.test']);
  await small;
});

test('many large answers at once all arrive, by the memory that there is [PLG-3]', async () => {
  const text = 'x'.repeat(LARGE);
  const server = await startWeb((_, response) => response.end(text));
  const network = await loadNetwork({ 'good.test': ['127.0.0.1'] });
  const ids = ['one', 'two', 'three'];
  const plugins = await Promise.all(ids.map((id) => network.plugin({ ...ALL_LOCAL, maxBytes: 8 * MIB }, id)));
  const lengths = await Promise.all(
    plugins.flatMap(({ fetch }) =>
      [1, 2, 3].map(async () => (await (await fetch(`http://good.test:${server.port}/`)).text()).length),
    ),
  );
  expect(lengths).toEqual(Array(9).fill(LARGE));
});

test('one plugin sends no more at a time than 16 MiB, however many its requests are [PLG-3]', async () => {
  const slots = new Slots();
  const { signal } = new AbortController();
  const take = (plugin: string, bytes: number) => slots.take(plugin, bytes, signal);
  const [giveBack] = await Promise.all([take('one', 10 * MIB), take('one', LARGE), take('other', LARGE)]);
  expect((await errorOf(take('one', 1))).code).toBe('NET_BUSY');
  giveBack?.();
  await take('one', 10 * MIB);
});
