import { createTestKernel } from '@aico/sdk-testing';
import { expect, test, vi } from 'vitest';
import { manifestOf } from './support/run-example.ts';

const COMMAND = 'plugin.example.command.run.v1';
const TOLD = 'vault.state.changed.v1';
const RUN = { name: 'say', arguments: '', conversation: '00000000-0000-4000-8000-000000000000' };
const PERMISSIONS = [
  { verb: 'serve', topic: COMMAND, reason: 'to answer you' },
  { verb: 'subscribe', topic: TOLD, reason: 'to know of it' },
] as const;

test('what a plugin answers and hears is there again once it may again, without a new start [PLG-2, SEC-8]', async () => {
  await using kernel = await createTestKernel();
  const user = await kernel.peer({
    id: 'user',
    permissions: [
      { verb: 'request', topic: 'kernel.permission.decide.v1' },
      { verb: 'request', topic: COMMAND },
      { verb: 'publish', topic: TOLD },
    ],
  });
  const heard: unknown[] = [];
  await kernel.load({
    manifest: manifestOf({ permissions: [...PERMISSIONS] }),
    definition: {
      activate: async ({ bus }) => {
        await bus.serve(COMMAND, () => ({ text: 'here' }));
        await bus.subscribe(TOLD, ({ data }) => void heard.push(data.state));
      },
    },
  });
  const decide = (allow: boolean) =>
    user.bus.request('kernel.permission.decide.v1', {
      id: 'example',
      decisions: PERMISSIONS.map(({ verb, topic }) => ({ verb, topic, allow })),
    });
  const run = () => user.bus.request(COMMAND, { ...RUN, time: '2026-01-01T00:00:00Z' });
  await decide(false);
  await expect(run()).rejects.toMatchObject({ code: 'KERNEL_NO_SERVER' });
  await user.bus.publish(TOLD, { state: 'locked' });
  await decide(true);
  await vi.waitFor(async () => expect(await run()).toEqual({ text: 'here' }));
  await user.bus.publish(TOLD, { state: 'unlocked' });
  await vi.waitFor(() => expect(heard).toEqual(['unlocked']));
});
