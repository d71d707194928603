import type { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { askText, askYes } from '../../src/cli/ask.ts';
import { typedTerminal } from './typed-terminal.ts';

describe('a question on the terminal [PLG-9]', () => {
  test('shows the usual answer, and takes an empty line for it', async () => {
    const { powers, input, shown } = typedTerminal(true);
    const first = askText(powers, 'Id', 'my-plugin');
    input.write('\r');
    expect(await first).toBe('my-plugin');
    const second = askText(powers, 'Id', 'my-plugin');
    input.write('  hello \r');
    expect(await second).toBe('hello');
    expect(shown()).toContain('Id (my-plugin): ');
  });

  test('is answered with the usual where there is no terminal', async () => {
    expect(await askText(typedTerminal(false).powers, 'Id', 'my-plugin')).toBe('my-plugin');
  });

  test.each([
    ['y', true],
    ['YES', true],
    ['', false],
    ['n', false],
    ['yellow', false],
  ])('takes "%s" for a yes: %s', async (typed, expected) => {
    const { powers, input } = typedTerminal(true);
    const asked = askYes(powers, 'May it?', 'hello');
    input.write(`${typed}\r`);
    expect(await asked).toBe(expected);
  });

  test('is no yes where there is no terminal', async () => {
    expect(await askYes(typedTerminal(false).powers, 'May it?', 'hello')).toBeUndefined();
  });

  test('ends with Ctrl-C, and with the end of the input', async () => {
    for (const end of [(input: PassThrough) => input.write('\u0003'), (input: PassThrough) => input.end()]) {
      const { powers, input } = typedTerminal(true);
      const asked = askYes(powers, 'May it?', 'hello');
      end(input);
      await expect(asked).rejects.toMatchObject({ code: 'KERNEL_CANCELLED', subject: 'hello' });
    }
  });
});
