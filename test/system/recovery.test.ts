import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { BrowserSession, PASSWORD } from '../support/browser-session.ts';
import { environmentOf, Product, runAico } from '../support/product.ts';

/** Runs an `aico vault` command with lines on standard input. */
async function vault(product: Product, command: string, ...lines: string[]): Promise<Record<string, unknown>> {
  const given = ['vault', command, '--password-stdin', '--json'];
  const { stdout } = await runAico(given, environmentOf(product.home), { input: lines.join('\n') });
  return JSON.parse(stdout) as Record<string, unknown>;
}

test('whoever forgot the password comes back to all talks with the recovery code, and nobody without it [SEC-3, DATA-6]', async () => {
  const product = await Product.start();
  const session = await BrowserSession.setup(product.url);
  const { id } = await session.conversation();
  await session.turn(id, 'My cat is called Turing.');
  expect(await vault(product, 'recovery', 'not the password')).toMatchObject({
    error: { code: 'VAULT_PASSWORD_WRONG' },
  });
  const { code } = await vault(product, 'recovery', PASSWORD);
  await product.stop();

  const again = await Product.start({ home: product.home });
  const next = 'a password that I know';
  const wrong = '0123-4567-89AB-CDEF-GHJK-MNPQ-RSTV';
  expect(await vault(again, 'recover', wrong, next)).toMatchObject({ error: { code: 'VAULT_RECOVERY_WRONG' } });
  expect(await vault(again, 'recover', String(code).toLowerCase(), next)).toEqual({ state: 'unlocked' });
  const back = await BrowserSession.unlock(again.url, next);
  await expect.poll(async () => (await back.plugin('chat')).state, { timeout: 20_000 }).toBe('active');
  expect(await back.messages(id)).toMatchObject([{ text: 'My cat is called Turing.' }, { role: 'companion' }]);
  await expect(BrowserSession.unlock(again.url, PASSWORD)).rejects.toThrow('401');
}, 120_000);

test('a known password is replaced from a terminal, open or locked, by whoever types it, and by a good one only [SEC-3]', async () => {
  const product = await Product.start();
  const session = await BrowserSession.setup(product.url);
  const next = 'another good password';
  const error = (code: string) => ({ error: { code } });
  expect(await vault(product, 'password', 'not the password', next)).toMatchObject(error('VAULT_PASSWORD_WRONG'));
  expect(await vault(product, 'password', PASSWORD, 'short')).toMatchObject(error('VAULT_PASSWORD_WEAK'));
  expect(await vault(product, 'password', PASSWORD)).toMatchObject(error('HOST_PASSWORD_UNREADABLE'));
  expect(await vault(product, 'password', PASSWORD, next)).toEqual({ state: 'unlocked' });
  await expect(session.call('GET', '/plugins')).rejects.toThrow('You are not signed in');
  const again = await BrowserSession.unlock(product.url, next);
  await again.call('POST', '/vault/lock', {});
  expect(await vault(product, 'password', PASSWORD, 'whatever it is')).toMatchObject(error('VAULT_PASSWORD_WRONG'));
  expect(await vault(product, 'password', next, PASSWORD)).toEqual({ state: 'unlocked' });
  await product.stop();
  expect(await vault(product, 'password', PASSWORD, next)).toMatchObject(error('HOST_NOT_RUNNING'));
}, 120_000);

test('kill -9 in the middle of that leaves the old password or the new one, and never both [SEC-3]', async () => {
  const { home } = await (async () => {
    const product = await Product.start();
    await product.unlock(PASSWORD, '--create');
    await product.stop();
    return product;
  })();
  let current = PASSWORD;
  for (const [round, delayMs] of [600, 900, 1_200, 1_500].entries()) {
    const product = await Product.start({ home });
    await product.unlock(current);
    const next = `password of round ${round}`;
    const answered = vault(product, 'password', current, next).catch(() => ({}));
    await setTimeout(delayMs);
    await product.stop('SIGKILL');
    const done = 'state' in (await answered);
    const after = await Product.start({ home });
    const opens = async (password: string): Promise<boolean> =>
      after.unlock(password).then(
        () => true,
        () => false,
      );
    const old = await opens(current);
    expect([round, old, await opens(next)]).toEqual([round, !done && old, done || !old]);
    if (!old) current = next;
    await after.stop();
  }
}, 180_000);
