import { AicoError } from '@aico/schemas';
import { describe, expect, test } from 'vitest';
import { errorText, reportsOf } from '../../src/cli/error-text.ts';
import { EXIT, EXIT_CODES_HELP, exitCodeOf } from '../../src/cli/exit-codes.ts';
import { duration, table } from '../../src/cli/table.ts';

const HOME = new AicoError('HOST_HOME_FULL', { subject: '/data', details: { free: 1, needed: 16 } });
const SETTING = new AicoError('CONFIG_VALUE_INVALID', { subject: 'open', details: { source: 'x', problem: 'is odd' } });

describe('an error for people', () => {
  test('says what, what to do, and the code', () => {
    const [report] = reportsOf(HOME);
    expect(report && errorText(report, false)).toBe(
      '✗ The disk of the data folder /data is full (1 MB free, 16 MB needed).\n' +
        '  Free some space, or name a folder on another disk with AICO_HOME.\n' +
        '  HOST_HOME_FULL\n',
    );
  });

  test('says once where in the code it is', () => {
    const at = (message: string) =>
      errorText({ code: 'X', message, subject: 'x', rule: '', details: { place: 'src/a.ts:1:2' } }, false);
    expect(at('It failed.')).toBe('✗ It failed.\n  at src/a.ts:1:2\n  X\n');
    expect(at('src/a.ts:1:2: Unexpected token.')).toBe('✗ src/a.ts:1:2: Unexpected token.\n  X\n');
  });

  test('tells each of several', () => {
    expect(reportsOf(new AggregateError([SETTING, new AggregateError([HOME])])).map(({ code }) => code)).toEqual([
      'CONFIG_VALUE_INVALID',
      'HOST_HOME_FULL',
    ]);
  });

  test('is an internal one when the table does not know it', () => {
    expect(reportsOf(new TypeError('x is not a function'))).toMatchObject([
      { code: 'HOST_INTERNAL', message: 'Something went wrong inside AICO: x is not a function.' },
    ]);
  });
});

describe('the exit code', () => {
  test.each([
    [SETTING, EXIT.settings],
    [new AggregateError([SETTING, HOME]), EXIT.settings],
    [HOME, EXIT.dataFolder],
    [new AicoError('HOST_NOT_RUNNING', { subject: '/data' }), EXIT.notRunning],
    [new AicoError('KERNEL_PLUGIN_UNKNOWN', { subject: 'x' }), EXIT.failed],
    [new Error('x'), EXIT.failed],
    [undefined, EXIT.failed],
  ])('tells the kind of failure: %s', (error, code) => {
    expect(exitCodeOf(error)).toBe(code);
  });

  test('is documented for each kind', () => {
    for (const code of Object.values(EXIT)) expect(EXIT_CODES_HELP).toMatch(new RegExp(`^  ${code} `, 'm'));
  });
});

describe('texts for people', () => {
  test('stand in columns', () => {
    expect(
      table([
        ['a', 'bbb', 'c'],
        ['aaaa', 'b', ''],
      ]),
    ).toBe('a     bbb  c\naaaa  b\n');
  });

  test.each([
    [900, '1 s'],
    [61_000, '1 min'],
    [3_700_000, '1 h 1 min'],
    [3 * 86_400_000, '3 days'],
  ])('say how long %i ms are', (milliseconds, text) => {
    expect(duration(milliseconds)).toBe(text);
  });
});
