import { describe, expect, test } from 'vitest';
import { askPassword, readPipedPassword } from '../../src/cli/read-password.ts';
import { typedTerminal } from './typed-terminal.ts';

describe('a password [SEC-3]', () => {
  test('is typed without being shown', async () => {
    const { powers, input, modes, shown } = typedTerminal(true);
    const asked = askPassword(powers, 'Password: ', 'aico unlock');
    for (const part of ['geh', 'eimx', '\u007f', '\u001b', ' ☕\r', 'rest']) input.write(part);
    expect(await asked).toBe('geheim ☕');
    expect([shown(), modes]).toEqual(['Password: \n', [true, false]]);
  });

  test('is not asked for where there is no terminal', async () => {
    const { powers } = typedTerminal(false);
    await expect(askPassword(powers, 'Password: ', 'aico unlock')).rejects.toMatchObject({
      code: 'HOST_PASSWORD_MISSING',
      fix: expect.stringContaining('--password-stdin'),
    });
  });

  test('is given up with Ctrl-C, and the terminal is as before', async () => {
    const { powers, input, modes } = typedTerminal(true);
    const asked = askPassword(powers, 'Password: ', 'aico unlock');
    input.write('half\u0003');
    await expect(asked).rejects.toMatchObject({ code: 'KERNEL_CANCELLED' });
    expect(modes).toEqual([true, false]);
  });

  test.each([
    ['secret words\n', 'secret words'],
    ['secret words\r\nmore\n', 'secret words'],
    ['without a break', 'without a break'],
    [' kept spaces \n', ' kept spaces '],
  ])('is read from a pipe: %j', async (piped, expected) => {
    const { powers, input } = typedTerminal(false);
    input.end(piped);
    expect(await readPipedPassword(powers)).toBe(expected);
  });

  test('is not taken from an empty pipe or an empty line', async () => {
    const empty = { code: 'HOST_PASSWORD_UNREADABLE', message: expect.stringContaining('it is empty') };
    const piped = typedTerminal(false);
    piped.input.end('');
    await expect(readPipedPassword(piped.powers)).rejects.toMatchObject(empty);
    const typed = typedTerminal(true);
    const asked = askPassword(typed.powers, 'Password: ', 'aico unlock');
    typed.input.write('\r');
    await expect(asked).rejects.toMatchObject(empty);
  });
});
