import { isAnswering, type PluginInfo } from '@aico/sdk';

/**
 * Whether every plugin that should run does, or sleeps until it is needed. Waiting for a condition such as an unlocked vault
 * is as it should be, and so is waiting for a plugin that does; waiting for anything else is not.
 */
export function isEveryPluginWell(plugins: readonly PluginInfo[]): boolean {
  const wanted = new Map(plugins.filter(({ enabled }) => enabled).map((plugin) => [plugin.id, plugin]));
  const isWell = (id: string, trail: readonly string[]): boolean => {
    const plugin = wanted.get(id);
    if (plugin !== undefined && isAnswering(plugin)) return true;
    const waitingFor = plugin?.waitingFor ?? [];
    if (plugin?.state !== 'pending' || waitingFor.length === 0 || trail.includes(id)) return false;
    return waitingFor.every((name) => isCondition(name) || isWell(name, [...trail, id]));
  };
  return [...wanted.keys()].every((id) => isWell(id, []));
}

/** Conditions have a dot in their name, plugins have none. */
function isCondition(name: string): boolean {
  return name.includes('.');
}
