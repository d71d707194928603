import type { Manifest } from '@aico/schemas';
import { completeQuota } from '../quota/defaults.ts';

/** Whether a version of a plugin asks for anything that the one before it did not. */
export function asksForMore(before: Manifest, after: Manifest): boolean {
  const known = before.permissions.map(({ verb, topic, constraints }) => ({ verb, topic, constraints }));
  const widened = after.permissions.some(
    ({ verb, topic, constraints }) => !known.some((each) => isSame(each, { verb, topic, constraints })),
  );
  const quotaBefore = completeQuota(before.quota);
  const quotaAfter = Object.entries(completeQuota(after.quota)) as [keyof typeof quotaBefore, number][];
  return (
    widened ||
    (before.tier === 'isolated' && after.tier === 'trusted') ||
    !isSame(before.process ?? {}, after.process ?? {}) ||
    Object.entries(after.dependencies ?? {}).some(([id, range]) => before.dependencies?.[id] !== range) ||
    quotaAfter.some(([name, value]) => value > quotaBefore[name])
  );
}

/** Whether two parts of manifests say the same; another order of keys counts as a change, which only asks once more. */
function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
