import type { VerifiedPackage } from '@aico/kernel/contracts';
import type { ConfinementLayer } from '@aico/schemas';
import type { PluginGroup } from './plugin-group.ts';
import type { GroupsState } from './plugin-groups.ts';

/** What one process is put into. */
export interface Confined {
  readonly group: PluginGroup | undefined;
  /** Lets it take more or less memory. */
  limit(memoryMb: number): Promise<void>;
  /** To be asked once the process runs: what is to be said of it, and its group when it is really in there. */
  settle(): Promise<{ readonly layers: readonly ConfinementLayer[]; readonly joined: PluginGroup | undefined }>;
}

/** Makes a group for an isolated plugin's process where there can be one; without, it runs as well, and says so. */
export async function confine(
  state: GroupsState,
  name: string,
  tier: VerifiedPackage['tier'],
  memoryMb: number,
): Promise<Confined> {
  if (tier !== 'isolated') return without([]);
  if (!state.on) return without([off(state.why)]);
  const { groups } = state;
  try {
    const group = await groups.make(name, memoryMb);
    const on: ConfinementLayer = { name: 'cgroup', on: true, why: `limits ${groups.controllers.join(', ')}` };
    return {
      group,
      limit: (most) => group.limit(groups.controllers, most),
      settle: async () =>
        (await group.isInhabited())
          ? { layers: [on], joined: group }
          : { layers: [off('the process could not join its group')], joined: undefined },
    };
  } catch (error) {
    return without([off(`no group could be made: ${String(error)}`.slice(0, 200))]);
  }
}

function without(layers: readonly ConfinementLayer[]): Confined {
  return { group: undefined, limit: async () => {}, settle: async () => ({ layers, joined: undefined }) };
}

function off(why: string): ConfinementLayer {
  return { name: 'cgroup', on: false, why };
}
