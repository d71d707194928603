import { AicoError } from '@aico/schemas';
import { withBus } from '../bus-session.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT } from '../exit-codes.ts';
import { askPassword, readPipedLines, readPipedPassword } from '../read-password.ts';

export interface RecoveryOptions {
  readonly passwordStdin?: boolean;
}

/** `aico vault recovery`: makes a recovery code and shows it, once. */
export async function runVaultRecovery(context: CommandContext, options: RecoveryOptions): Promise<number> {
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
export async function runVaultRecover(context: CommandContext, options: RecoveryOptions): Promise<number> {
  const { state } = await withBus(context.folders, async (bus) => {
    const [code, next] = await codeAndPassword(context, options);
    return bus.request('vault.recovery.unlock.v1', { code, next });
  });
  context.answer({ state }, 'The vault is open, and has a new master password. Every browser is signed out.');
  return EXIT.done;
}

async function codeAndPassword(
  { powers }: CommandContext,
  { passwordStdin }: RecoveryOptions,
): Promise<readonly [code: string, next: string]> {
  const subject = 'aico vault recover';
  if (passwordStdin) {
    const [code = '', next = ''] = await readPipedLines(powers, 2);
    return [code, next];
  }
  const code = await askPassword(powers, 'Recovery code: ', subject);
  const next = await askPassword(powers, 'New master password: ', subject);
  const again = await askPassword(powers, 'The same once more: ', subject);
  if (next !== again) throw new AicoError('HOST_PASSWORDS_DIFFER', { subject: 'the vault' });
  return [code, next];
}
