import { type Command, InvalidArgumentError } from 'commander';
import type { PasswordOptions } from './commands/vault.ts';
import type { RememberOptions } from './commands/vault-device.ts';
import type { RotateOptions } from './commands/vault-rotate.ts';
import type { Add } from './plugin-commands.ts';

/** The commands for what opens the data, and under which keys it lies. */
export function addVaultCommands(vault: Command, add: Add): void {
  const load = () => import('./commands/vault.ts');
  const loadDevice = () => import('./commands/vault-device.ts');
  add<PasswordOptions>(
    vault,
    'password',
    'Replace the master password by another one, if you know it.',
    async (context, options) => (await load()).runVaultPassword(context, options),
  ).option('--password-stdin', 'read the password of now and the new one from standard input, a line each');
  add<PasswordOptions>(
    vault,
    'recovery',
    'Make a recovery code, in the place of the one before.',
    async (context, options) => (await load()).runVaultRecovery(context, options),
  ).option('--password-stdin', 'read the master password from standard input');
  add<PasswordOptions>(
    vault,
    'recover',
    'Unlock by the recovery code, and set a new password.',
    async (context, options) => (await load()).runVaultRecover(context, options),
  ).option('--password-stdin', 'read the code and the new password from standard input, a line each');
  add<RememberOptions>(
    vault,
    'remember',
    'Let the keyring of this device open the vault at each start.',
    async (context, options) => (await loadDevice()).runVaultRemember(context, options),
  ).option('--password-stdin', 'read the master password from standard input');
  add(vault, 'forget', 'From now on only the master password opens the vault.', async (context) =>
    (await loadDevice()).runVaultForget(context),
  );
  add<RotateOptions>(
    vault,
    'rotate [plugin]',
    "Encrypt a plugin's database anew, under a new key; without a name, each of them.",
    async (context, options, plugin) =>
      (await import('./commands/vault-rotate.ts')).runVaultRotate(context, options, plugin || undefined),
  ).option('--rest', 'go on where it was stopped: only those under an earlier key than others');
}

/** The number of a descriptor that was handed over. */
export function parseDescriptor(text: string): number {
  const descriptor = Number(text);
  if (/^\d{1,4}$/.test(text) && (descriptor === 0 || descriptor > 2)) return descriptor;
  throw new InvalidArgumentError('It is the number of an open descriptor, such as 3.');
}
