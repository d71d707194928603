import { SCHEMAS } from '@aico/schemas/json-schemas';
import { describe, expect, test } from 'vitest';
import { BOUNDS, COMMON, limitOf, PRESSED, RARE } from '../../ui/src/plugins/limits.ts';

type Bounds = Readonly<Record<string, { readonly minimum: number; readonly maximum: number }>>;

describe('the limits of a plugin [PLG-3]', () => {
  test('are all shown, once, within the bounds that the kernel holds to', () => {
    const { properties } = SCHEMAS['quota#Quota'] as { readonly properties: Bounds };
    const bounds = Object.entries(properties).map(([name, { minimum, maximum }]) => [name, [minimum, maximum]]);
    expect(BOUNDS).toEqual(Object.fromEntries(bounds));
    expect([...COMMON, ...RARE].sort()).toEqual(Object.keys(properties).sort());
  });

  test('have a field for whatever a plugin presses on', () => {
    const { properties } = SCHEMAS['control#Pressure'] as {
      readonly properties: { readonly resource: { readonly enum: readonly string[] } };
    };
    expect(Object.keys(PRESSED).sort()).toEqual([...properties.resource.enum].sort());
  });

  test.each([
    ['512', 512],
    [' 16 ', 16],
    ['15', undefined],
    ['8193', undefined],
    ['1e3', undefined],
    ['12.5', undefined],
    ['-20', undefined],
    ['', undefined],
    ['much', undefined],
  ])('a number of megabytes typed as "%s" is taken or refused, never guessed', (typed, value) => {
    expect(limitOf('memoryMb', typed)).toBe(value);
  });
});
