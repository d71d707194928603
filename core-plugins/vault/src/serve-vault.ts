import { AicoError, isAicoError, type PluginContext, type Traced, type UnlockResult, type VaultState } from '@aico/sdk';
import type { Vault } from './vault.ts';

const UNLOCKED = 'vault.unlocked';
/** Who follows a log reads it many times a minute: on record once. */
const LOG_READ_EVERY_MS = 60_000;

/** Answers the vault's topics. Resolves when others can ask. */
export async function serveVault(ctx: PluginContext, vault: Vault): Promise<void> {
  const { bus } = ctx;
  /** When it was last noted that somebody read logs, since the vault was opened. */
  const logReads = new Map<string, number>();
  const announce = (state: VaultState) => bus.publish('vault.state.changed.v1', { state });

  /** Notes that something was done, or why it was not; whoever asked waits for it. */
  async function noted<Result>(kind: string, by: string, work: () => Promise<Result>): Promise<Result> {
    const note = (details: Record<string, string>) => bus.request('kernel.trail.note.v1', { kind, by, details });
    try {
      const result = await work();
      await note({});
      return result;
    } catch (error) {
      await note({ failed: codeOf(error) });
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
      logReads.clear();
      await noted('vault.locked', sender, async () => {});
      ctx.log.info('The vault was locked.');
      await ctx.conditions.set(UNLOCKED, false);
      // It may be open again by then: told now, it would put out who opened it.
      if (!vault.isOpen) await announce('locked');
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
  await bus.serve('vault.device.remember.v1', async ({ data, sender }) => {
    await noted('device.remembered', sender, () => vault.remember(data.password));
    ctx.log.info('The keyring of this device opens the vault from now on.');
    return vault.status;
  });
  await bus.serve('vault.device.forget.v1', async ({ sender }) => {
    await noted('device.forgotten', sender, () => vault.forget());
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
  await bus.serve('vault.log.key.v1', () => ({
    publicKey: vault.logOpener().publicKey.toString('base64'),
  }));
  await bus.serve('vault.log.open.v1', async ({ sender, data }) => {
    const opener = vault.logOpener();
    const now = performance.now();
    if (now - (logReads.get(sender) ?? Number.NEGATIVE_INFINITY) > LOG_READ_EVERY_MS) {
      await bus.request('kernel.trail.note.v1', { kind: 'log.read', by: sender });
      logReads.set(sender, now);
    }
    return { opened: data.sealed.map((sealed) => opener.open(sealed) ?? null) };
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
  await bus.serve('vault.secret.erase.v1', async ({ data: { plugin } }) => {
    const deleted = vault.secrets.deleteAll(plugin);
    if (deleted > 0) await used('secret.deleted', plugin, { name: '*' });
    return { deleted };
  });
  // Whoever holds keys of an earlier run of this plugin lets go of them.
  await announce(stateNow(vault));
  void openByDevice(ctx, vault, opened);
}

/** Nobody waits for it: a keyring may ask its user first. */
async function openByDevice(ctx: PluginContext, vault: Vault, opened: () => Promise<unknown>): Promise<void> {
  const note = (details: Record<string, string>) =>
    ctx.bus.request('kernel.trail.note.v1', { kind: 'device.used', details });
  try {
    const isOpen = await vault.unlockByDevice().catch(async (error: unknown) => {
      await note({ failed: codeOf(error) });
      throw error;
    });
    if (!isOpen) return;
    await note({});
    ctx.log.info('The vault was unlocked by the keyring of this device.');
    await opened();
  } catch (error) {
    if (!isAicoError(error)) throw error;
    ctx.log.warn(`${error.message} ${error.fix}`, { code: error.code });
  }
}

function codeOf(error: unknown): string {
  return isAicoError(error) ? error.code : 'SDK_HANDLER_FAILED';
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
