import { RecordKind } from '@aico/schemas';
import { expect, test } from 'vitest';
import { commandLine } from './command-line.ts';
import { settle } from './fake-clock.ts';
import { FakeWorld, manifestOf } from './fake-plugins.ts';

/** What lets one go on that stands at a breakpoint, or waits before its first line. */
const LET_GO = ['{"id":0,"method":"Debugger.disable"}', '{"id":0,"method":"Runtime.runIfWaitingForDebugger"}'];

async function opened() {
  const world = new FakeWorld([manifestOf('guest', { lifecycle: { suspendAfterSeconds: 10 } })]);
  await world.kernel.start();
  const ask = commandLine(world);
  expect(world.process('guest').request.inspected).toBeUndefined();
  expect(await ask('open', 'guest', { open: true })).toEqual({});
  return { world, ask, guest: world.process('guest') };
}

test('a plugin starts anew with a debugger when its author asks, and anew without when they have seen enough [PLG-9]', async () => {
  const { world, ask, guest } = await opened();
  expect(guest.request.inspected).toBe(true);
  guest.debug('{"method":"Debugger.paused"}');
  guest.debug('{"id":1}');
  expect(await ask('read', 'guest')).toEqual({
    incarnation: guest.request.incarnation,
    messages: ['{"method":"Debugger.paused"}', '{"id":1}'],
  });
  await ask('send', 'guest', { message: '{"id":2}' });
  expect(guest.debugged).toEqual(['{"id":2}']);
  expect(await ask('open', 'guest', { open: true })).toMatchObject({ code: 'KERNEL_DEBUGGER_REFUSED' });
  await ask('open', 'guest', { open: false });
  expect([guest.gone, world.process('guest').request.inspected]).toEqual([true, undefined]);
  expect(await ask('read', 'guest')).toMatchObject({ code: 'KERNEL_DEBUGGER_REFUSED' });
  expect(await ask('send', 'guest', { message: '{"id":3}' })).toMatchObject({ code: 'KERNEL_DEBUGGER_REFUSED' });
});

test.for(['active', 'silent'] as const)(
  'a plugin that stands at a breakpoint, %s, is neither hung, late nor asleep [PLG-9]',
  async (onStart) => {
    const world = new FakeWorld([manifestOf('guest', { lifecycle: { suspendAfterSeconds: 10 } })]);
    await world.kernel.start();
    const ask = commandLine(world);
    world.behaviours.set('guest', { onStart, answersPings: false });
    await ask('open', 'guest', { open: true });
    const guest = world.process('guest');
    for (let round = 0; round < 60; round += 1) {
      const reading = ask('read', 'guest');
      await settle();
      await world.clock.advance(10_000);
      await reading;
    }
    expect([guest.request.inspected, guest.gone, guest.signals]).toEqual([true, false, []]);
  },
);

test('a reading waits for something to read, and a debugger whose reader has gone is closed [PLG-9]', async () => {
  const { world, ask, guest } = await opened();
  const reading = ask('read', 'guest');
  await settle();
  guest.debug('{"id":7}');
  await reading;
  await settle();
  guest.debug('{"id":8}');
  expect(await ask('read', 'guest')).toMatchObject({ messages: ['{"id":8}'] });
  await world.clock.advance(14_000);
  expect(guest.gone).toBe(false);
  await world.clock.advance(2_000);
  expect([guest.gone, world.process('guest').request.inspected]).toEqual([true, undefined]);
});

test('what nobody reads is bounded, and told to be lost [PLG-3]', async () => {
  const { ask, guest } = await opened();
  const large = 'x'.repeat(1024 * 1024);
  for (let count = 0; count < 40; count += 1) guest.debug(large);
  const { messages, lost } = await ask('read', 'guest');
  expect([(messages as string[]).length, lost]).toEqual([16, true]);
});

test('one that stands at a breakpoint is let go when a newer version takes its place', async () => {
  const { world, ask, guest } = await opened();
  guest.debug('{"method":"old"}');
  world.replace(manifestOf('guest', { version: '1.0.1' }));
  await ask('install', 'guest');
  await settle();
  const newer = world.process('guest');
  expect([newer.request.inspected, guest.debugged]).toEqual([true, LET_GO]);
  newer.debug('{"method":"new"}');
  expect(await ask('read', 'guest')).toEqual({
    incarnation: newer.request.incarnation,
    messages: ['{"method":"new"}'],
  });
});

test('no plugin looks into another, whatever it was granted, and nobody into a trusted one [SEC-4]', async () => {
  const world = new FakeWorld([manifestOf('guest'), manifestOf('spy'), manifestOf('safe', { tier: 'trusted' })]);
  await world.kernel.start();
  const spy = commandLine(world, 'spy');
  for (const [verb, more] of [
    ['open', { open: true }],
    ['read', {}],
    ['send', { message: '{}' }],
  ] as const) {
    expect(await spy(verb, 'guest', more)).toMatchObject({ code: 'KERNEL_DEBUGGER_REFUSED' });
  }
  const safe = await commandLine(world)('open', 'safe', { open: true });
  expect(safe).toMatchObject({ code: 'KERNEL_DEBUGGER_REFUSED', message: expect.stringContaining('trusted') });
  expect(world.processes.map(({ request }) => request.inspected)).toEqual([undefined, undefined, undefined]);
});

test('one that waits for its debugger has run nothing when its author is told, and is let go with it [PLG-9]', async () => {
  const world = new FakeWorld([manifestOf('guest')]);
  await world.kernel.start();
  const ask = commandLine(world);
  world.behaviours.set('guest', { onStart: 'silent' });
  expect(await ask('open', 'guest', { open: true, waits: true })).toEqual({});
  const guest = world.process('guest');
  expect([guest.request.waits, (await ask('get', 'guest'))['state']]).toEqual([true, 'starting']);
  const closing = ask('open', 'guest', { open: false });
  await expect.poll(() => guest.debugged).toEqual(LET_GO);
  await guest.peer.send({ kind: RecordKind.lifecycle, data: { type: 'active' } });
  world.behaviours.delete('guest');
  await closing;
  expect([guest.gone, world.process('guest').request.waits]).toEqual([true, undefined]);
});
