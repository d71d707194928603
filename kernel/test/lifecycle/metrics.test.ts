import { type PluginMetric, RecordKind } from '@aico/schemas';
import { expect, test } from 'vitest';
import { commandLine } from './command-line.ts';
import { settle } from './fake-clock.ts';
import { FakeWorld, manifestOf } from './fake-plugins.ts';

const CUPS: PluginMetric = { name: 'cups', kind: 'counter', series: [{ labels: {}, value: 3 }] };

test('what a plugin counts of itself is told with it, and only within bounds, whatever it writes to its socket [PLG-3]', async () => {
  const world = new FakeWorld([manifestOf('guest')]);
  await world.kernel.start();
  const ask = commandLine(world);
  const { peer } = world.process('guest');
  const tell = async (metrics: unknown) => {
    await peer.send({ kind: RecordKind.lifecycle, data: { type: 'metrics', metrics } });
    await settle();
    return (await ask('get', 'guest'))['metrics'];
  };
  expect(await ask('get', 'guest')).not.toHaveProperty('metrics');
  expect(await tell([CUPS])).toEqual([CUPS]);
  const series = Array.from({ length: 150 }, () => ({ labels: {}, value: 1 }));
  for (const hostile of [
    undefined,
    'much',
    [{ ...CUPS, name: 'x'.repeat(1_000) }],
    Array.from({ length: 51 }, () => CUPS),
    [
      { ...CUPS, series },
      { ...CUPS, series },
    ],
    [{ ...CUPS, series: [{ labels: { __proto__: 1, a: 'x'.repeat(100) }, value: 1 }] }],
  ]) {
    expect(await tell(hostile)).toEqual([CUPS]);
  }
  await ask('disable', 'guest');
  expect(await ask('get', 'guest')).not.toHaveProperty('metrics');
});
