import { describe, expect, test } from 'vitest';
import { askPassword, readPipedPassword, readPipedPasswords } from '../../src/cli/read-password.ts';
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

  test('is as long as it may be, or refused and not cut: another one would be set', async () => {
    const tooLong = {
      code: 'HOST_PASSWORD_UNREADABLE',
      message: expect.stringContaining('longer than 1024 characters'),
    };
    for (const character of ['s', 'ß', '😀']) {
      const fits = typedTerminal(false);
      fits.input.end(`${character.repeat(1024)}\n`);
      expect(await readPipedPassword(fits.powers)).toBe(character.repeat(1024));
      for (const piped of [1025, 50_000]) {
        const { powers, input } = typedTerminal(false);
        input.end(character.repeat(piped));
        await expect(readPipedPassword(powers)).rejects.toMatchObject(tooLong);
      }
      const typed = typedTerminal(true);
      const asked = askPassword(typed.powers, 'Password: ', 'aico unlock');
      typed.input.write(`${character.repeat(1025)}\r`);
      await expect(asked).rejects.toMatchObject(tooLong);
    }
  });

  test('is refused when it is no UTF-8, of which every other byte would be the same character', async () => {
    const noText = {
      code: 'HOST_PASSWORD_UNREADABLE',
      message: expect.stringContaining('no UTF-8 text'),
      rule: expect.stringContaining('UTF-8'),
    };
    const latin = () => Buffer.from('sch\u00f6n und gut\n', 'latin1');
    const piped = typedTerminal(false);
    piped.input.end(latin());
    await expect(readPipedPassword(piped.powers)).rejects.toMatchObject(noText);
    const typed = typedTerminal(true);
    const asked = askPassword(typed.powers, 'Password: ', 'aico unlock');
    typed.input.write(latin());
    await expect(asked).rejects.toMatchObject(noText);
  });

  test('comes with another one on the next line, whatever pieces they come in, and both are there', async () => {
    const both = typedTerminal(false);
    const asked = readPipedPasswords(both.powers, 2);
    for (const byte of Buffer.from('öld words\r\nnew wörds\n')) both.input.write(Buffer.of(byte));
    expect(await asked).toEqual(['öld words', 'new wörds']);
    const one = typedTerminal(false);
    one.input.end('old words\n');
    await expect(readPipedPasswords(one.powers, 2)).rejects.toMatchObject({
      code: 'HOST_PASSWORD_UNREADABLE',
      message: expect.stringContaining('it has 1 of 2 lines'),
    });
  });
});
