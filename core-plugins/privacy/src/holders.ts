import type { Bus, PluginInfo } from '@aico/sdk';

/** A plugin that keeps something of the user's and forgets it on request. */
export interface Holder {
  readonly plugin: string;
  /** Whether it can say what it keeps, before it goes. */
  readonly finds: boolean;
  readonly runs: boolean;
}

/** Who said it comes first: others only keep what followed from that. */
const FIRST = 'chat';
const ON: ReadonlySet<PluginInfo['state']> = new Set(['active', 'suspended']);

/** Every plugin that may serve `plugin.<id>.forget.run.v1`, whether it runs or not. */
export async function findHolders(bus: Pick<Bus, 'request'>): Promise<Holder[]> {
  const { plugins } = await bus.request('kernel.plugin.list.v1', {});
  const holders = plugins.flatMap(({ id, state, enabled, permissions }) => {
    const serves = (what: string): boolean =>
      permissions.some(
        ({ granted, permission: { verb, topic } }) =>
          granted && verb === 'serve' && topic === `plugin.${id}.forget.${what}.v1`,
      );
    if (!serves('run') || (!enabled && !ON.has(state))) return [];
    return [{ plugin: id, finds: serves('find'), runs: ON.has(state) }];
  });
  const rank = ({ plugin }: Holder): string => (plugin === FIRST ? '' : plugin);
  return holders.sort((one, other) => (rank(one) < rank(other) ? -1 : 1));
}
