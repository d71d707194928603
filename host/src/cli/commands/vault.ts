import { AicoError } from '@aico/schemas';
import { withBus } from '../bus-session.ts';
import type { CommandContext } from '../command-context.ts';
import type { ConsolePowers } from '../console-powers.ts';
import { EXIT } from '../exit-codes.ts';
import { assertNewPassword } from '../password-line.ts';
import { askPassword, readPipedPassword, readPipedPasswords } from '../read-password.ts';

export interface PasswordOptions {
  readonly passwordStdin?: boolean;
}

/** `aico vault recovery`: makes a recovery code and shows it, once. */
export async function runVaultRecovery(context: CommandContext, options: PasswordOptions): Promise<number> {
  const { powers } = context;
  const { code } = await withBus(context.folders, async (bus) => {
    const password = options.passwordStdin
      ? await readPipedPassword(powers)
      : await askPassword(powers, 'Master password: ', 'aico vault recovery');
    return bus.request('vault.recovery.renew.v1', { password });
  });
  const text = [
    code,
    'Write it down and keep it apart from this machine: it opens everything, as the password does, and is not shown again.',
    'A code that was made before opens nothing any more, except backups of that time.',
  ];
  context.answer({ code }, text.join('\n'));
  return EXIT.done;
}

/** `aico vault recover`: unlocks by the recovery code, and sets a new password. */
export async function runVaultRecover(context: CommandContext, options: PasswordOptions): Promise<number> {
  const { state } = await withBus(context.folders, async (bus) => {
    const [code, next] = await keyAndNext(context, options, 'Recovery code: ', 'aico vault recover');
    return bus.request('vault.recovery.unlock.v1', { code, next: assertNewPassword(next) });
  });
  context.answer({ state }, 'The vault is open, and has a new master password. Every browser is signed out.');
  return EXIT.done;
}

/** `aico vault password`: another master password, in the place of the one that is known. */
export async function runVaultPassword(context: CommandContext, options: PasswordOptions): Promise<number> {
  const { state } = await withBus(context.folders, async (bus) => {
    const [current, next] = await keyAndNext(context, options, 'Master password: ', 'aico vault password');
    return bus.request('vault.password.change.v1', { current, next: assertNewPassword(next) });
  });
  context.answer(
    { state },
    'The vault is open, and has a new master password. Every browser is signed out; the keyring of this device and the old password open it no more.',
  );
  return EXIT.done;
}

async function askNew(powers: ConsolePowers, subject: string): Promise<string> {
  const next = await askPassword(powers, 'New master password: ', subject);
  const again = await askPassword(powers, 'The same once more: ', subject);
  if (next !== again) throw new AicoError('HOST_PASSWORDS_DIFFER', { subject: 'the vault' });
  return next;
}

/** What opens the vault now, and the password that is to open it. */
async function keyAndNext(
  { powers }: CommandContext,
  { passwordStdin }: PasswordOptions,
  question: string,
  subject: string,
): Promise<readonly [key: string, next: string]> {
  if (passwordStdin) {
    const [key = '', next = ''] = await readPipedPasswords(powers, 2);
    return [key, next];
  }
  const key = await askPassword(powers, question, subject);
  return [key, await askNew(powers, subject)];
}
