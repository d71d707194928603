import { AicoError, contains, isAicoError, type PluginInfo, parsePattern } from '@aico/schemas';
import type { CommandBus } from './bus-session.ts';

const UNLOCKED = 'vault.unlocked';

/** A failure as it is to be told: where nobody answered, why, and what to do about that. */
export async function explainAbsence(bus: Pick<CommandBus, 'request'>, error: unknown): Promise<unknown> {
  if (!isAicoError(error, 'KERNEL_NO_SERVER')) return error;
  try {
    const { plugins } = await bus.request('kernel.plugin.list.v1', {});
    const server = plugins.find((plugin) => serves(plugin, error.subject));
    if (server === undefined) return error;
    if (server.waitingFor?.includes(UNLOCKED) !== true) {
      const details = { state: server.enabled ? server.state : 'switched off' };
      return new AicoError('HOST_PLUGIN_ABSENT', { subject: server.id, details, cause: error });
    }
    const { state } = await bus.request('vault.status.get.v1', {});
    const code = state === 'empty' ? 'HOST_VAULT_EMPTY' : 'VAULT_LOCKED';
    return new AicoError(code, { subject: 'vault', cause: error });
  } catch {
    // Who cannot tell either changes nothing about the failure.
    return error;
  }
}

function serves({ permissions }: PluginInfo, topic: string): boolean {
  return permissions.some(
    ({ permission }) => permission.verb === 'serve' && contains(parsePattern(permission.topic), parsePattern(topic)),
  );
}
