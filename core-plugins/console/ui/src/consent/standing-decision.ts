import type { PermissionDecision, PluginInfo } from '@aico/sdk';

type Standing = PluginInfo['permissions'][number];

/** What holds of a permission, to be said again by an undo or with a part changed: its end and what it goes without stay. */
export function standingDecision({
  permission: { verb, topic },
  granted,
  until,
  choices = [],
}: Standing): PermissionDecision {
  const refused = choices.filter((choice) => !choice.granted);
  const byName = Map.groupBy(refused, ({ name }) => name).entries();
  const without = Object.fromEntries(byName.map(([name, list]) => [name, list.map(({ value }) => value)]));
  // What goes without nothing is allowed, and not in part.
  const parts = refused.length > 0 && { without };
  return { verb, topic, allow: granted, ...parts, ...(until !== undefined && { until }) };
}

/** The same with one of its parts allowed or refused. */
export function withChoice(
  each: Standing,
  { name, value }: { name: string; value: string },
  granted: boolean,
): PermissionDecision {
  const choices = each.choices?.map((part) =>
    part.name === name && part.value === value ? { ...part, granted } : part,
  );
  return standingDecision({ ...each, granted: true, ...(choices && { choices }) });
}
