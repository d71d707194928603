import { AicoError, type Bus, type PluginInfo } from '@aico/sdk';
import { expect, test } from 'vitest';
import { findLeftOut } from '../src/left-out.ts';

const plugin = (id: string, enabled: boolean): PluginInfo =>
  ({ id, name: id.toUpperCase(), enabled, permissions: [] }) as unknown as PluginInfo;

/** A bus on which these plugins are installed, and something is kept for later for some. */
function busWith(scheduling: () => readonly string[]): Pick<Bus, 'request'> {
  const answers: Record<string, () => unknown> = {
    'kernel.plugin.list.v1': () => ({ plugins: [plugin('reminders', false), plugin('dice', false)] }),
    'storage.database.list.v1': () => ({ plugins: ['notes'] }),
    'schedule.owner.list.v1': () => ({ plugins: scheduling() }),
  };
  return { request: async (topic: string) => answers[topic]?.() } as unknown as Pick<Bus, 'request'>;
}

test('a plugin that is switched off and has something kept for later is named as left out of an export [DATA-7]', async () => {
  expect(
    await findLeftOut(
      busWith(() => ['reminders']),
      [],
      [],
    ),
  ).toEqual([
    { plugin: 'notes', why: 'gone' },
    { plugin: 'reminders', name: 'REMINDERS', why: 'silent' },
  ]);
});

test('who has something kept for later is not known while nobody keeps it, and the rest is told [DATA-7]', async () => {
  const bus = busWith(() => {
    throw new AicoError('KERNEL_NO_SERVER', { subject: 'schedule.owner.list.v1' });
  });
  expect(await findLeftOut(bus, [], [])).toEqual([{ plugin: 'notes', why: 'gone' }]);
});
