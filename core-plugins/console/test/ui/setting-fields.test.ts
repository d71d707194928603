import { describe, expect, test } from 'vitest';
import { fieldsOf, parseTyped } from '../../ui/src/plugin-settings/setting-fields.ts';

const SCHEMA = {
  type: 'object',
  properties: {
    greeting: { type: 'string', title: 'What to say', maxLength: 40, description: 'Said first.' },
    idleMinutes: { type: 'integer', minimum: 1, maximum: 60 },
    loud: { type: 'boolean' },
    tone: { type: 'string', enum: ['warm', 'dry'] },
    list: { type: 'array' },
  },
};

describe('the settings of a plugin [PLG-5]', () => {
  test('become fields with the limits of their schema; what no field can show is left out', () => {
    expect(fieldsOf(SCHEMA)).toEqual([
      {
        key: 'greeting',
        label: 'What to say',
        help: 'Said first.',
        kind: 'text',
        choices: [],
        attributes: { maxlength: 40 },
      },
      {
        key: 'idleMinutes',
        label: 'Idle minutes',
        help: undefined,
        kind: 'number',
        choices: [],
        attributes: { min: 1, max: 60, step: 1 },
      },
      { key: 'loud', label: 'Loud', help: undefined, kind: 'switch', choices: [], attributes: {} },
      { key: 'tone', label: 'Tone', help: undefined, kind: 'choice', choices: ['warm', 'dry'], attributes: {} },
    ]);
    expect(fieldsOf(undefined)).toEqual([]);
  });

  test.each([
    ['12', 12],
    ['1.5', 1.5],
    ['', undefined],
    ['many', undefined],
  ])('a number typed as "%s" is read or refused, never guessed', (typed, value) => {
    const [, minutes] = fieldsOf(SCHEMA);
    expect(minutes && parseTyped(minutes, typed)).toBe(value);
  });
});
