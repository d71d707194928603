import type { Manifest } from '@aico/schemas';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { resolveDependencies } from '../src/index.ts';
import { manifestOf } from './plugin-maker.ts';

const PLATFORM = { aico: '0.1.0', contracts: { chat: '1.2.0', storage: '1.0.0' } };

function plugin(id: string, dependencies: Record<string, string> = {}, changes: Partial<Manifest> = {}): Manifest {
  return manifestOf({ id, dependencies, ...changes });
}

function resolve(...manifests: Manifest[]) {
  const { order, refused } = resolveDependencies(manifests, PLATFORM);
  return { order, refused: Object.fromEntries([...refused].map(([id, error]) => [id, [error.code, error.message]])) };
}

test('orders plugins after what they depend on, and by name otherwise [PLG-8]', () => {
  const { order } = resolve(
    plugin('zeta'),
    plugin('alpha', { memory: '*' }),
    plugin('memory', { storage: '^1.0.0' }),
    plugin('storage'),
  );
  expect(order).toEqual(['storage', 'memory', 'alpha', 'zeta']);
});

test('refuses who depends on a missing plugin, and nobody else [PLG-8]', () => {
  expect(resolve(plugin('diary', { storage: '^1.0.0' }), plugin('dice'))).toEqual({
    order: ['dice'],
    refused: {
      diary: ['REGISTRY_DEPENDENCY_MISSING', 'diary needs the plugin storage ^1.0.0, which is not installed.'],
    },
  });
});

test('refuses who depends on another version [PLG-8]', () => {
  expect(resolve(plugin('diary', { storage: '^2.0.0' }), plugin('storage')).refused).toEqual({
    diary: ['REGISTRY_DEPENDENCY_MISMATCH', 'diary needs the plugin storage ^2.0.0; installed is 1.0.0.'],
  });
});

test('refuses each plugin of a cycle, naming the cycle, and who depends on it [PLG-8]', () => {
  const { order, refused } = resolve(
    plugin('one', { two: '*' }),
    plugin('two', { three: '*' }),
    plugin('three', { one: '*' }),
    plugin('user', { two: '*' }),
    plugin('free'),
  );
  expect(order).toEqual(['free']);
  expect(refused).toEqual({
    one: ['REGISTRY_DEPENDENCY_CYCLE', 'one depends on itself: one → two → three → one.'],
    two: ['REGISTRY_DEPENDENCY_CYCLE', 'two depends on itself: two → three → one → two.'],
    three: ['REGISTRY_DEPENDENCY_CYCLE', 'three depends on itself: three → one → two → three.'],
    user: [
      'REGISTRY_DEPENDENCY_REFUSED',
      'user needs the plugin two, which cannot run: two depends on itself: two → three → one → two.',
    ],
  });
});

test('refuses a plugin that depends on itself [PLG-8]', () => {
  expect(resolve(plugin('one', { one: '*' })).refused).toEqual({
    one: ['REGISTRY_DEPENDENCY_CYCLE', 'one depends on itself: one → one.'],
  });
});

test('refuses a plugin for another AICO [PLG-8]', () => {
  expect(resolve(plugin('late', {}, { engines: { aico: '>=2' } })).refused).toEqual({
    late: ['REGISTRY_ENGINE_MISMATCH', 'late needs AICO >=2; this is 0.1.0.'],
  });
});

test('counts a pre-release as what it comes before [PLG-8]', () => {
  const platform = { ...PLATFORM, aico: '0.1.5-beta.1' };
  expect(resolveDependencies([plugin('one')], platform).order).toEqual(['one']);
});

test('refuses a plugin that speaks a contract of another version, or none [PLG-8]', () => {
  const { order, refused } = resolve(
    plugin('fits', {}, { contracts: { chat: '^1.1.0' } }),
    plugin('early', {}, { contracts: { chat: '^2.0.0' } }),
    plugin('wrong', {}, { contracts: { chatt: '^1.0.0' } }),
    plugin('sly', {}, { contracts: { constructor: '*' } }),
  );
  expect(order).toEqual(['fits']);
  expect(refused).toMatchObject({
    early: ['REGISTRY_CONTRACT_MISMATCH', 'early speaks chat ^2.0.0; this is chat 1.2.0.'],
    wrong: ['REGISTRY_CONTRACT_UNKNOWN', expect.stringContaining('the nearest known one is "chat"')],
    sly: ['REGISTRY_CONTRACT_UNKNOWN', expect.anything()],
  });
});

test('puts every plugin either in order after its dependencies or among the refused, whatever depends on what [PLG-8]', () => {
  const ids = ['pa', 'pb', 'pc', 'pd', 'pe', 'pf', 'pg'];
  const graph = fc.tuple(...ids.map(() => fc.subarray([...ids, 'missing'], { maxLength: 3 })));
  fc.assert(
    fc.property(graph, (edges) => {
      const manifests = ids.map((id, index) => plugin(id, Object.fromEntries(edges[index]!.map((to) => [to, '*']))));
      const { order, refused } = resolveDependencies(manifests, PLATFORM);
      expect([...order, ...refused.keys()].sort()).toEqual(ids);
      for (const [position, id] of order.entries()) {
        const needs = edges[ids.indexOf(id)]!;
        expect(needs.every((need) => order.indexOf(need) !== -1 && order.indexOf(need) < position)).toBe(true);
      }
      // Nobody is refused without a fault of its own or below it.
      for (const id of refused.keys()) {
        expect(edges[ids.indexOf(id)]!.some((need) => need === 'missing' || refused.has(need))).toBe(true);
      }
    }),
  );
});
