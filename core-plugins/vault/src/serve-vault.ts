import { AicoError, isAicoError, type PluginContext, type Traced, type UnlockResult, type VaultState } from '@aico/sdk';
import type { Vault } from './vault.ts';

const UNLOCKED = 'vault.unlocked';

/** Answers the vault's topics. Resolves when others can ask. */
export async function serveVault(ctx: PluginContext, vault: Vault): Promise<void> {
  const { bus } = ctx;
  const announce = (state: VaultState) => bus.publish('vault.state.changed.v1', { state });

  /** Notes that something was done, or why it was not; whoever asked waits for it. */
  async function noted<Result>(kind: string, by: string, work: () => Promise<Result>): Promise<Result> {
    const note = (details: Record<string, string>) => bus.request('kernel.trail.note.v1', { kind, by, details });
    try {
      const result = await work();
      await note({});
      return result;
    } catch (error) {
      await note({ failed: isAicoError(error) ? error.code : 'SDK_HANDLER_FAILED' });
      throw error;
    }
  }
  const used = async (kind: string, plugin: string, details: Record<string, string>): Promise<void> => {
    await bus.request('kernel.trail.note.v1', { kind, plugin, details });
  };

  const opened = async (): Promise<UnlockResult> => {
    assertOpen();
    await ctx.conditions.set(UNLOCKED, true);
    // Told after somebody has locked it, it would be the last word.
    assertOpen();
    await announce('unlocked');
    return { state: 'unlocked' };
  };
  function assertOpen(): void {
    if (!vault.isOpen) throw new AicoError('VAULT_LOCKED', { subject: 'vault' });
  }

  /** Tells that the password is another one, before anything else can fail: who was let in by the former one is put out. */
  async function changing<Result>(trace: Traced, work: () => Promise<Result>): Promise<Result> {
    const result = await work();
    await bus.publish('vault.password.changed.v1', {}, { trace });
    return result;
  }

  await bus.serve('vault.status.get.v1', () => vault.status);
  await bus.serve('vault.setup.run.v1', async ({ data, sender }) => {
    await noted('vault.created', sender, () => vault.setUp(data.password));
    ctx.log.info('The vault was created.');
    return opened();
  });
  await bus.serve('vault.unlock.run.v1', async ({ data, sender }) => {
    const wasLocked = await noted('vault.unlocked', sender, () => vault.unlock(data.password));
    if (!wasLocked) return { state: 'unlocked' } satisfies UnlockResult;
    ctx.log.info('The vault was unlocked.');
    return opened();
  });
  await bus.serve('vault.lock.run.v1', async ({ sender }) => {
    if (vault.lock()) {
      await noted('vault.locked', sender, async () => {});
      ctx.log.info('The vault was locked.');
      await ctx.conditions.set(UNLOCKED, false);
      await announce('locked');
    }
    return vault.status;
  });
  await bus.serve('vault.password.change.v1', async (message) => {
    const { data, sender } = message;
    const change = () => changing(message, () => vault.changePassword(data.current, data.next));
    const wasLocked = await noted('password.changed', sender, change);
    ctx.log.info('The master password was changed.');
    return wasLocked ? opened() : ({ state: 'unlocked' } satisfies UnlockResult);
  });
  await bus.serve('vault.device.remember.v1', async ({ data }) => {
    await vault.remember(data.password);
    ctx.log.info('The keyring of this device opens the vault from now on.');
    return vault.status;
  });
  await bus.serve('vault.device.forget.v1', async () => {
    await vault.forget();
    ctx.log.info('Only the master password opens the vault from now on.');
    return vault.status;
  });
  await bus.serve('vault.recovery.renew.v1', async ({ data, sender }) => {
    const code = await noted('recovery.renewed', sender, () => vault.renewRecovery(data.password));
    ctx.log.info('A new recovery code was made.');
    return { code };
  });
  await bus.serve('vault.recovery.drop.v1', async ({ sender }) => {
    await noted('recovery.dropped', sender, () => vault.dropRecovery());
    ctx.log.info('No recovery code opens the vault any more.');
    return vault.status;
  });
  await bus.serve('vault.recovery.unlock.v1', async (message) => {
    const { data, sender } = message;
    const change = () => changing(message, () => vault.unlockByRecovery(data.code, data.next));
    const wasLocked = await noted('recovery.used', sender, change);
    ctx.log.info('The vault was unlocked by its recovery code, and has a new master password.');
    return wasLocked ? opened() : ({ state: 'unlocked' } satisfies UnlockResult);
  });
  await bus.serve('vault.key.derive.v1', async ({ sender, data, grant }) => {
    const key = vault.derive(sender, data, grant);
    await used('key.derived', sender, { purpose: data.purpose, for: data.plugin ?? sender });
    return { key };
  });
  await bus.serve('vault.key.recover.v1', async ({ sender, data, grant }) => ({
    key: await noted('key.recovered', sender, () => vault.recover(sender, data, grant)),
  }));
  await bus.serve('vault.topic.key.v1', async ({ sender, data, grant }) => {
    const key = vault.topicKey(sender, data.topic, grant);
    await used('key.lent', sender, { topic: data.topic });
    return key;
  });
  await bus.serve('vault.secret.get.v1', async ({ sender, data }) => {
    const value = vault.secrets.get(sender, data.name);
    await used('secret.read', sender, { name: data.name });
    return value === undefined ? {} : { value };
  });
  await bus.serve('vault.secret.put.v1', async ({ sender, data }) => {
    vault.secrets.put(sender, data.name, data.value);
    await used('secret.kept', sender, { name: data.name });
    return {};
  });
  await bus.serve('vault.secret.delete.v1', async ({ sender, data }) => {
    vault.secrets.delete(sender, data.name);
    await used('secret.deleted', sender, { name: data.name });
    return {};
  });
  // Whoever holds keys of an earlier run of this plugin lets go of them.
  await announce(stateNow(vault));
  void openByDevice(ctx, vault, opened);
}

/** Nobody waits for it: a keyring may ask its user first. */
async function openByDevice(ctx: PluginContext, vault: Vault, opened: () => Promise<unknown>): Promise<void> {
  try {
    if (!(await vault.unlockByDevice())) return;
    ctx.log.info('The vault was unlocked by the keyring of this device.');
    await opened();
  } catch (error) {
    if (!isAicoError(error)) throw error;
    ctx.log.warn(`${error.message} ${error.fix}`, { code: error.code });
  }
}

/** A vault that cannot be read opens for nobody: its error comes with the first try. */
function stateNow(vault: Vault): VaultState {
  try {
    return vault.status.state;
  } catch (error) {
    if (isAicoError(error)) return 'locked';
    throw error;
  }
}
