import { AicoError } from '@aico/schemas';
import { type CommandBus, withBus } from '../bus-session.ts';
import type { CommandContext } from '../command-context.ts';
import type { ConsolePowers } from '../console-powers.ts';
import { EXIT } from '../exit-codes.ts';
import { type HandOverOptions, readHandedPassword } from '../handed-password.ts';
import { assertNewPassword } from '../password-line.ts';
import { askPassword, readPipedPassword } from '../read-password.ts';

export interface UnlockOptions extends HandOverOptions {
  readonly passwordStdin?: boolean;
  readonly create?: boolean;
}

const SUBJECT = 'aico unlock';

/** `aico unlock`: opens the vault, or creates it with the first password. */
export async function runUnlock(context: CommandContext, options: UnlockOptions): Promise<number> {
  const state = await withBus(context.folders, async (bus) => {
    const before = await bus.request('vault.status.get.v1', {});
    if (before.state !== 'empty') return unlock(context, bus, options);
    if (options.create !== true) throw new AicoError('HOST_VAULT_EMPTY', { subject: 'vault' });
    return create(context, bus, options);
  });
  context.answer({ state }, state === 'unlocked' ? 'The vault is open.' : `The vault is ${state}.`);
  return EXIT.done;
}

async function unlock({ powers }: CommandContext, bus: CommandBus, options: UnlockOptions): Promise<string> {
  const password = (await givenPassword(powers, options)) ?? (await askPassword(powers, 'Master password: ', SUBJECT));
  return (await bus.request('vault.unlock.run.v1', { password })).state;
}

async function create({ powers }: CommandContext, bus: CommandBus, options: UnlockOptions): Promise<string> {
  const given = await givenPassword(powers, options);
  if (given !== undefined) return setUp(bus, given);
  const password = await askPassword(powers, 'New master password: ', SUBJECT);
  const again = await askPassword(powers, 'The same once more: ', SUBJECT);
  if (password !== again) throw new AicoError('HOST_PASSWORDS_DIFFER', { subject: 'the vault' });
  return setUp(bus, password);
}

/** The password that came without a question: by descriptor, by standard input, or as systemd's credential. */
async function givenPassword(powers: ConsolePowers, options: UnlockOptions): Promise<string | undefined> {
  return options.passwordStdin ? readPipedPassword(powers) : readHandedPassword(options, powers.environment);
}

async function setUp(bus: CommandBus, password: string): Promise<string> {
  return (await bus.request('vault.setup.run.v1', { password: assertNewPassword(password) })).state;
}
