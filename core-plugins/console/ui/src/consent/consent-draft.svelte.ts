import type { PermissionDecision, PluginPermission } from '@aico/sdk';
import { SvelteSet } from 'svelte/reactivity';

/** What a user ticks in a list of permissions, before it is sent. Everything asked for is ticked at first. */
export class ConsentDraft {
  readonly permissions: readonly PluginPermission[];
  readonly #refused: SvelteSet<string>;

  constructor(permissions: readonly PluginPermission[]) {
    this.permissions = permissions;
    const parts = permissions.flatMap((each) =>
      (each.choices ?? []).filter(({ granted }) => !granted).map(({ name, value }) => keyOf(each, name, value)),
    );
    this.#refused = new SvelteSet(parts);
  }

  allows(permission: PluginPermission): boolean {
    return !this.#refused.has(keyOf(permission));
  }

  allowsPart(permission: PluginPermission, name: string, value: string): boolean {
    return this.allows(permission) && !this.#refused.has(keyOf(permission, name, value));
  }

  set(permission: PluginPermission, allow: boolean): void {
    this.#put(keyOf(permission), allow);
  }

  setPart(permission: PluginPermission, name: string, value: string, allow: boolean): void {
    this.#put(keyOf(permission, name, value), allow);
  }

  /** What was refused of it, as the kernel takes it; what is optional is asked for later unless it is refused now. */
  get decisions(): PermissionDecision[] {
    return this.permissions.flatMap((each): PermissionDecision[] => {
      const { verb, topic } = each.permission;
      if (!this.allows(each)) return [{ verb, topic, allow: false }];
      const without: Record<string, string[]> = {};
      for (const { name, value } of each.choices ?? [])
        if (this.#refused.has(keyOf(each, name, value))) without[name] = [...(without[name] ?? []), value];
      return Object.keys(without).length > 0 ? [{ verb, topic, allow: true, without }] : [];
    });
  }

  #put(key: string, allow: boolean): void {
    if (allow) this.#refused.delete(key);
    else this.#refused.add(key);
  }
}

function keyOf({ permission: { verb, topic } }: PluginPermission, ...part: string[]): string {
  return [verb, topic, ...part].join(' ');
}
