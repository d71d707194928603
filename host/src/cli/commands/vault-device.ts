import { withBus } from '../bus-session.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT } from '../exit-codes.ts';
import { askPassword, readPipedPassword } from '../read-password.ts';

export interface RememberOptions {
  readonly passwordStdin?: boolean;
}

/** The keyring may ask its user first. */
const KEYRING_TIMEOUT_MS = 40_000;

/** `aico vault remember`: the keyring of this device opens the vault from now on. */
export async function runVaultRemember(context: CommandContext, { passwordStdin }: RememberOptions): Promise<number> {
  const { powers } = context;
  const status = await withBus(context.folders, async (bus) => {
    const password = passwordStdin
      ? await readPipedPassword(powers)
      : await askPassword(powers, 'Master password: ', 'aico vault remember');
    return bus.request('vault.device.remember.v1', { password }, { timeoutMs: KEYRING_TIMEOUT_MS });
  });
  context.answer(
    status,
    'The keyring of this device opens the vault at each start: so may whoever uses your session here. "aico vault forget" and a new password end it.',
  );
  return EXIT.done;
}

/** `aico vault forget`: only the master password opens it from now on. */
export async function runVaultForget(context: CommandContext): Promise<number> {
  const status = await withBus(context.folders, (bus) => bus.request('vault.device.forget.v1', {}));
  context.answer(status, 'From now on only the master password opens the vault.');
  return EXIT.done;
}
