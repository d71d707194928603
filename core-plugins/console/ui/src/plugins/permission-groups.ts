import type { PluginInfo } from '@aico/sdk';
import { constraintList } from './constraint-list.ts';

type PluginPermission = PluginInfo['permissions'][number];

/** Permissions that mean the same to a user, with every reason that the author gave. */
export interface PermissionGroup {
  readonly words: string;
  readonly granted: boolean;
  readonly topic: string;
  readonly only: string | undefined;
  readonly reasons: readonly string[];
}

/** One sentence for permissions that read alike; those that were refused come last. */
export function groupPermissions(permissions: readonly PluginPermission[]): PermissionGroup[] {
  const alike = Map.groupBy(permissions, ({ words, granted, permission }) =>
    JSON.stringify([words, granted, constraintList(permission.constraints, words)]),
  );
  const groups = [...alike.values()].flatMap(([first, ...others]) => (first ? [groupOf(first, others)] : []));
  return groups.sort((a, b) => Number(b.granted) - Number(a.granted));
}

function groupOf(first: PluginPermission, others: readonly PluginPermission[]): PermissionGroup {
  const { words, granted, permission } = first;
  return {
    words,
    granted,
    topic: permission.topic,
    only: constraintList(permission.constraints, words),
    reasons: [...new Set([first, ...others].map((each) => each.permission.reason))],
  };
}
