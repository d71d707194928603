import { RecordKind } from '@aico/schemas';
import { expect, test } from 'vitest';
import { commandLine } from './command-line.ts';
import { settle } from './fake-clock.ts';
import { type FakeProcess, FakeWorld, manifestOf } from './fake-plugins.ts';

const FETCH = { verb: 'request' as const, topic: 'net.http.fetch.v1' };
const ASKED = [{ ...FETCH, constraints: { hosts: ['a.org'] }, reason: 'to look things up' }];
const REFUSED = { decisions: [{ ...FETCH, allow: false }] };

/** What a process is told when it uses the network. */
async function use({ peer }: FakeProcess): Promise<unknown[]> {
  await peer.send({ kind: RecordKind.request, correlation: 9, topic: FETCH.topic, data: { url: 'https://a.org/' } });
  await settle();
  return peer.seen(RecordKind.error).map(({ data }) => (data as { code: string }).code);
}

async function becomeActive({ peer }: FakeProcess): Promise<void> {
  await peer.send({ kind: RecordKind.lifecycle, data: { type: 'active' } });
  await settle();
}

test('what is refused while a plugin starts is refused once it runs [PLG-2, SEC-4]', async () => {
  const world = new FakeWorld([manifestOf('dice', { permissions: ASKED })]);
  world.behaviours.set('dice', { onStart: 'silent' });
  const started = world.kernel.start();
  await settle();
  await commandLine(world)('decide', 'dice', REFUSED);
  await becomeActive(world.process('dice'));
  await started;
  expect(await use(world.process('dice'))).toEqual(['KERNEL_PERMISSION_DENIED']);
});

test('what is refused, and what is limited, while a newer version comes up holds for that version [PLG-2, PLG-3, SEC-4]', async () => {
  const world = new FakeWorld([manifestOf('dice', { permissions: ASKED })]);
  await world.kernel.start();
  world.replace(manifestOf('dice', { permissions: ASKED, version: '1.1.0' }));
  const ask = commandLine(world);
  world.behaviours.set('dice', { onActivate: 'silent' });
  const updated = ask('install', 'dice');
  await settle();
  const second = world.process('dice');
  await ask('decide', 'dice', REFUSED);
  await ask('limit', 'dice', { limits: { messagesPerSecond: 7 } });
  await becomeActive(second);
  await updated;
  expect(await ask('get', 'dice')).toMatchObject({ version: '1.1.0', state: 'active' });
  expect(second.limits.at(-1)).toMatchObject({ messagesPerSecond: 7 });
  expect(await use(second)).toEqual(['KERNEL_PERMISSION_DENIED']);
});

test('an update that fails takes back what was agreed to for it, and nothing that was refused meanwhile [PLG-2, UPD-4]', async () => {
  const world = new FakeWorld([manifestOf('dice', { permissions: ASKED })]);
  await world.kernel.start();
  const wider = { verb: 'subscribe' as const, topic: 'chat.>', reason: 'to read along' };
  world.replace(manifestOf('dice', { permissions: [...ASKED, wider], version: '1.1.0' }));
  const ask = commandLine(world);
  await ask('install', 'dice');
  world.behaviours.set('dice', { onActivate: 'silent' });
  const updated = ask('update', 'dice', { accept: true });
  await settle();
  await ask('decide', 'dice', REFUSED);
  const { peer } = world.process('dice');
  await peer.send({ kind: RecordKind.lifecycle, data: { type: 'failed', problem: 'it is broken' } });
  await settle();
  await updated;
  expect(await ask('get', 'dice')).toMatchObject({ version: '1.0.0', state: 'active' });
  expect(world.records.get('dice')?.decisions).toEqual([expect.objectContaining({ ...FETCH, allow: false })]);
});
