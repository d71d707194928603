import type { Session } from '@aico/sdk';
import { expect, test } from 'vitest';
import { daemonAway } from '../../ui/src/api/api-error.ts';
import type { Bus } from '../../ui/src/api/bus.ts';
import type { SessionClient } from '../../ui/src/api/session-client.ts';
import { usePlainState } from '../support/plain-state.ts';

usePlainState();

const session = (vault: Session['vault'], authenticated: boolean): Session => ({
  authenticated,
  vault,
  version: '0.1.0',
});

test('that somebody is signed in no more is told once, whoever ended it, and not while AICO is away [SEC-3]', async () => {
  const { SessionState } = await import('../../ui/src/session/session-state.svelte.ts');
  let answer = async (): Promise<Session> => session('unlocked', true);
  const told: string[] = [];
  const state = new SessionState({ get: () => answer() } as unknown as SessionClient, () => told.push(state.phase));
  const finds = async (next: () => Promise<Session>): Promise<readonly string[]> => {
    answer = next;
    await state.refresh();
    return told.splice(0);
  };
  expect(await finds(async () => session('locked', false))).toEqual([]);
  expect(await finds(async () => session('unlocked', true))).toEqual([]);
  expect(await finds(() => Promise.reject(daemonAway()))).toEqual([]);
  expect(await finds(async () => session('locked', false))).toEqual(['locked']);
  expect(await finds(async () => session('unlocked', true))).toEqual([]);
  state.markLocked();
  state.markLocked();
  expect(told).toEqual(['locked']);
});

test('of notices, announcements and what lies over a page nothing stays once they are cleared [SEC-3, UI-2]', async () => {
  const { Announcer } = await import('../../ui/src/app/announcer.svelte.ts');
  const { Overlays } = await import('../../ui/src/app/overlays.svelte.ts');
  const { Toasts } = await import('../../ui/src/app/toasts.svelte.ts');
  const [announcer, overlays, toasts] = [new Announcer(), new Overlays(), new Toasts()];
  announcer.say('Quentin is a heron.');
  overlays.forget({ scope: 'message', search: { names: ['Quentin'] } });
  overlays.fulfil();
  toasts.show({ text: '“Quentin” is deleted.' });
  toasts.show({ text: '“Heron” is deleted.' });
  for (const each of [announcer, overlays, toasts]) each.clear();
  expect([announcer.text, overlays.open, overlays.wish, overlays.forgot, toasts.items]).toEqual([
    '',
    undefined,
    undefined,
    false,
    [],
  ]);
});

test('what was read of an open vault goes with it; that it was locked is remembered [SEC-3]', async () => {
  const { Activity } = await import('../../ui/src/activity/activity.svelte.ts');
  const { Models } = await import('../../ui/src/models/models.svelte.ts');
  const { Plugins } = await import('../../ui/src/plugins/plugins.svelte.ts');
  const { Commands } = await import('../../ui/src/talk/commands.svelte.ts');
  const read = { plugins: [{ id: 'diary', usage: { memoryMb: 1, cpuPercent: 1 } }], commands: [{ name: 'roll' }] };
  const handlers = new Map<string, (told: unknown, time: Date) => void>();
  const bus = {
    request: async () => read,
    subscribe: (topic: string, handler: () => void) => void handlers.set(topic, handler),
  } as unknown as Bus;
  const [activity, models, plugins, commands] = [
    new Activity(bus),
    new Models(bus),
    new Plugins(bus, { named: (list) => list }),
    new Commands(bus),
  ];
  const all = [activity, models, plugins, commands];
  handlers.get('kernel.violation.raised.v1')?.({ sender: 'diary' }, new Date());
  handlers.get('vault.state.changed.v1')?.({ state: 'locked' }, new Date());
  for (const each of all) await each.load();
  for (const each of all) each.clear();
  expect(activity.happenings.map(({ kind }) => kind)).toEqual(['vault']);
  expect([activity.status, models.status, plugins.items, plugins.loaded, plugins.history.size, commands.items]).toEqual(
    [undefined, undefined, [], false, 0, []],
  );
});
