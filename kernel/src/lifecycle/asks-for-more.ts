import { isDeepStrictEqual } from 'node:util';
import type { Manifest } from '@aico/schemas';
import { completeQuota } from '../quota/defaults.ts';

/** Whether a version of a plugin asks for anything that the one before it did not. */
export function asksForMore(before: Manifest, after: Manifest): boolean {
  const known = before.permissions.map(({ verb, topic, constraints }) => ({ verb, topic, constraints }));
  const widened = after.permissions.some(
    ({ verb, topic, constraints }) => !known.some((each) => isDeepStrictEqual(each, { verb, topic, constraints })),
  );
  const quotaBefore = completeQuota(before.quota);
  const quotaAfter = Object.entries(completeQuota(after.quota)) as [keyof typeof quotaBefore, number][];
  return (
    widened ||
    (before.tier === 'isolated' && after.tier === 'trusted') ||
    !isDeepStrictEqual(before.process ?? {}, after.process ?? {}) ||
    !isDeepStrictEqual(before.dependencies ?? {}, after.dependencies ?? {}) ||
    quotaAfter.some(([name, value]) => value > quotaBefore[name])
  );
}
