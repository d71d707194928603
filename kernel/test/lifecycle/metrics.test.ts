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
    await world.clock.advance(1_000);
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

test('reports that come more often than they may are left out, and told of once in its log [PLG-3]', async () => {
  const world = new FakeWorld([manifestOf('guest')]);
  await world.kernel.start();
  const { peer } = world.process('guest');
  const ask = commandLine(world);
  const counted = async (value: number) => {
    const metrics = [{ ...CUPS, series: [{ labels: {}, value }] }];
    await peer.send({ kind: RecordKind.lifecycle, data: { type: 'metrics', metrics } });
    await settle();
    return (await ask('get', 'guest'))['metrics'];
  };
  const of = (value: number) => [{ ...CUPS, series: [{ labels: {}, value }] }];
  expect([await counted(1), await counted(2), await counted(3), await counted(4)]).toEqual([
    of(1),
    of(2),
    of(2),
    of(2),
  ]);
  const told = world.logs.filter(({ line }) => line.message.startsWith('metrics'));
  expect(told).toMatchObject([{ plugin: 'guest', line: { level: 'warn' } }]);
  await world.clock.advance(500);
  expect(await counted(5)).toEqual(of(5));
});
