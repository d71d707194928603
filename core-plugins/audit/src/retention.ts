import {
  type ClockWatch,
  isAicoError,
  isAnswering,
  type PluginContext,
  type PluginInfo,
  type Retained,
} from '@aico/sdk';
import type { Chain } from './chain.ts';

const DAY_MS = 86_400_000;

/** Removes own records that are too old, if the clock is to be believed; 0 days keeps them for ever. */
export async function pruneAudit(
  chain: Chain,
  keepDays: number,
  clock: Pick<ClockWatch, 'believed'>,
): Promise<Retained> {
  const now = await clock.believed([keepDays]);
  if (keepDays === 0) return { kind: 'audit', keepDays, removed: 0 };
  if (now === undefined) return { kind: 'audit', keepDays, removed: 0, waits: true };
  return { kind: 'audit', keepDays, removed: await chain.prune(new Date(now - keepDays * DAY_MS)) };
}

/** Plugins that run and keep data for a time. */
export function keepersOf(plugins: readonly PluginInfo[]): string[] {
  return plugins
    .filter((plugin) => {
      const topic = `plugin.${plugin.id}.retention.run.v1`;
      const serves = plugin.permissions.some((each) => each.granted && each.permission.topic === topic);
      return serves && isAnswering(plugin);
    })
    .map(({ id }) => id);
}

/** Has every plugin remove what is older than its settings allow, and records what each removed. */
export async function enforceRetention({ bus, log }: PluginContext, chain: Chain, now: () => Date): Promise<void> {
  const { plugins } = await bus.request('kernel.plugin.list.v1', {});
  for (const plugin of keepersOf(plugins)) {
    const fact = { time: now().toISOString(), source: 'audit', plugin };
    try {
      const { kinds } = await bus.request(`plugin.${plugin}.retention.run.v1`, {}, { timeoutMs: 60_000 });
      for (const { kind, keepDays, removed, waits = false } of kinds) {
        const details = { data: kind, keepDays: String(keepDays), removed: String(removed) };
        if (removed > 0) await chain.add([{ ...fact, kind: 'retention.applied', details }]);
        if (waits) await chain.add([{ ...fact, kind: 'retention.waits', details: { data: kind } }]);
      }
    } catch (error) {
      const code = isAicoError(error) ? error.code : 'SDK_HANDLER_FAILED';
      log.warn('A plugin did not remove what is too old.', { plugin, code });
      await chain.add([{ ...fact, kind: 'retention.failed', details: { code } }]);
    }
  }
}
