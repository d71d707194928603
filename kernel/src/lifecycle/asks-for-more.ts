import type { Manifest, Permission, PluginUpdate } from '@aico/schemas';
import { completeQuota } from '../quota/defaults.ts';

/** What a version of a plugin asks that the one before it did not. */
export interface Widening {
  readonly permissions: readonly Permission[];
  readonly also: PluginUpdate['also'];
}

export function wideningOf(before: Manifest, after: Manifest): Widening {
  const quotaBefore = completeQuota(before.quota);
  const quotaAfter = Object.entries(completeQuota(after.quota)) as [keyof typeof quotaBefore, number][];
  const wider: Readonly<Record<PluginUpdate['also'][number], boolean>> = {
    tier: before.tier === 'isolated' && after.tier === 'trusted',
    process: !isSame(before.process ?? {}, after.process ?? {}),
    dependencies: Object.entries(after.dependencies ?? {}).some(([id, range]) => before.dependencies?.[id] !== range),
    quota: quotaAfter.some(([name, value]) => value > quotaBefore[name]),
  };
  return {
    permissions: after.permissions.filter((asked) => !before.permissions.some((known) => covers(known, asked))),
    also: (Object.keys(wider) as (keyof typeof wider)[]).filter((what) => wider[what]),
  };
}

/** Whether a version of a plugin asks for anything that the one before it did not. */
export function asksForMore(before: Manifest, after: Manifest): boolean {
  const { permissions, also } = wideningOf(before, after);
  return permissions.length > 0 || also.length > 0;
}

/** Whether a permission was asked for already. What was optional had no yes yet: without that word it would have one. */
function covers(known: Permission, asked: Permission): boolean {
  const parts = ({ verb, topic, constraints }: Permission): object => ({ verb, topic, constraints });
  return isSame(parts(known), parts(asked)) && (known.optional !== true || asked.optional === true);
}

/** Whether two parts of manifests say the same; another order of keys counts as a change, which only asks once more. */
function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
