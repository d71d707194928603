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
