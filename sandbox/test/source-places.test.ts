import { describe, expect, test } from 'vitest';
import { SourcePlaces, sourcesOf } from '../src/source-places.ts';
import { House, type PluginSketch, TIERS } from './support/house.ts';

const ADDRESS = 'aico:/tea/index.js';

function bytes(map: unknown): Uint8Array {
  return new TextEncoder().encode(typeof map === 'string' ? map : JSON.stringify(map));
}

/** A map whose line n is line n of the first source, at its first column. */
function mapOf(sources: unknown, mappings = `AAAA${';AACA'.repeat(20)}`): Uint8Array {
  return bytes({ version: 3, sources, names: [], mappings });
}

describe('a place in a bundle', () => {
  test('is named by its author’s file, wherever a text speaks of it [PLG-9]', () => {
    const places = new SourcePlaces(ADDRESS, mapOf(['src/cup.ts']));
    const stack = `Error: broken\n    at pour (${ADDRESS}:7:12)\n    at ${ADDRESS}:3\n    at node:internal:4:1`;
    const named = 'Error: broken\n    at pour (src/cup.ts:7:1)\n    at src/cup.ts:3:1\n    at node:internal:4:1';
    expect(places.locate(stack)).toBe(named);
    expect(places.placeOf(stack)).toBe('src/cup.ts:7:1');
    expect(places.inLine({ level: 'error', message: 'x', fields: { stack, count: 3 } })).toEqual({
      level: 'error',
      message: 'x',
      fields: { stack: named, count: 3 },
    });
  });

  test('is reported where the author’s own code begins, not the SDK’s', () => {
    const places = new SourcePlaces(ADDRESS, mapOf(['@aico/sdk/src/bus.ts', 'src/cup.ts'], 'AAAA;ACCA'));
    expect(places.placeOf(`at a (${ADDRESS}:1:1)\nat b (${ADDRESS}:2:1)`)).toBe('src/cup.ts:2:1');
    expect(places.placeOf(`at a (${ADDRESS}:1:1)`)).toBeUndefined();
  });

  test.each<readonly [string, Uint8Array | undefined]>([
    ['no map', undefined],
    ['no JSON', bytes('{"version":3')],
    ['another JSON', bytes('[]')],
    ['null', bytes('null')],
    ['sources that are no list', mapOf({ length: 1e9 })],
    ['mappings that are no text', bytes({ version: 3, sources: ['src/a.ts'], mappings: { length: 1e9 } })],
    ['sections', bytes({ version: 3, sections: [{ offset: { line: 0, column: 0 }, map: { version: 3 } }] })],
    ['more than is looked at', mapOf(['src/a.ts'], ','.repeat(300_000))],
    ['a place outside', mapOf(['../../etc/passwd'])],
    ['a place that hides as one inside', mapOf(['src/../../secret.ts'])],
    ['an absolute place', mapOf(['/etc/passwd'])],
    ['an address', mapOf(['file:///etc/passwd'])],
    ['a terminal’s commands', mapOf(['src/\u001b[31m.ts'])],
    ['several lines', mapOf(['src/a.ts\nError: forged'])],
    ['a source that is no text', mapOf([{ toString: 1 }])],
    ['numbers of nothing', mapOf(['src/a.ts'], `${'AggggggggE'};`.repeat(20))],
    ['numbers below nothing', mapOf(['src/a.ts'], `${'ADDD'};`.repeat(20))],
    ['letters of no number', mapOf(['src/a.ts'], '????;\u{10FFFF}')],
  ])('stays as it is when its map is of a stranger’s making: %s [PLG-2]', (_, map) => {
    const places = new SourcePlaces(ADDRESS, map);
    const text = `at ${ADDRESS}:7:12`;
    expect([places.locate(text), places.placeOf(text)]).toEqual([text, undefined]);
  });

  test('costs little, however many a text has and however the map is made [PLG-2]', () => {
    const places = new SourcePlaces(ADDRESS, mapOf(['src/a.ts'], `AAAA${',CAAC'.repeat(50_000)}`));
    const text = `${ADDRESS}:1:9999 `.repeat(2_000);
    const startedAt = performance.now();
    const located = places.locate(text);
    expect(located.split(ADDRESS).length - 1).toBe(2_000 - 64);
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });

  test('is told from a map that the plugin’s own process is never given', () => {
    const map = mapOf(['src/a.ts']);
    const files = new Map([
      ['dist/index.js', bytes('')],
      ['dist/index.js.map', map],
    ]);
    const manifest = { id: 'tea', main: './dist/index.js' } as Parameters<typeof sourcesOf>[0]['manifest'];
    const sources = sourcesOf({ manifest, tier: 'isolated', files });
    expect([...sources.files.keys()]).toEqual(['dist/index.js']);
    expect(sources.places.locate('aico:/tea/./dist/index.js:2:1')).toBe('src/a.ts:2:1');
  });
});

describe.each(TIERS)('an error of a plugin of the %s tier', (tier) => {
  const sketch = (code: string): PluginSketch => ({
    tier,
    code,
    files: { 'index.js.map': new TextDecoder().decode(mapOf(['src/cup.ts'])) },
  });

  test('names the author’s line in its log, its report and where the process was ended by it [PLG-9]', async () => {
    await using house = await House.open();
    const failing = await house.start(
      sketch(`export default {\n  activate() {\n    throw new Error('broken');\n  },\n};`),
    );
    const { stack = '' } = await failing.lifecycle('failed');
    expect(failing.running.placeOf?.(stack)).toBe('src/cup.ts:3:1');
    expect((await failing.logged('activate failed'))['stack']).toMatch(/^Error: broken\n +at .*src\/cup\.ts:3:1/);
    const loading = await house.start(sketch(`\nthrow new TypeError('no cup');\nexport default {};`));
    const told = await loading.lifecycle('failed');
    expect([told.error?.code, loading.running.placeOf?.(told.stack ?? '')]).toEqual([
      'SANDBOX_CODE_INVALID',
      'src/cup.ts:2:1',
    ]);
    if (tier === 'isolated') return;
    const thrown = `export default { activate() {\n\n\n setTimeout(() => { throw new Error('late'); }, 1);\n} };`;
    const ending = await house.start(sketch(thrown));
    expect(await ending.gone()).toMatchObject({ code: 1, place: 'src/cup.ts:4:1' });
  });
});
