import type { Grant, KeptDecision, Permission, PermissionDecision } from '@aico/schemas';

/** Whom a plugin asks for what is optional. */
const ASKING: Grant = { verb: 'request', topic: 'kernel.permission.request.v1', effect: 'allow' };

type Wish = Pick<Permission, 'verb' | 'topic'>;

/**
 * What a plugin is granted: what its manifest asks, less what its user refused; of what is optional, only what its user
 * agreed to. Computed anew for each version, so that a refusal outlives it and a grant that nobody asks for any more does not.
 */
export function grantsFor(
  permissions: readonly Permission[],
  decisions: readonly PermissionDecision[] = [],
  now = 0,
): Grant[] {
  const grants = permissions.flatMap((permission) => {
    const grant = grantOf(permission, decisionOn(permission, decisions), now);
    return grant === undefined ? [] : [grant];
  });
  return permissions.some(({ optional }) => optional === true) ? [...grants, ASKING] : grants;
}

/** What the user said of a permission. */
export function decisionOn<Decision extends PermissionDecision>(
  { verb, topic }: Wish,
  decisions: readonly Decision[] = [],
): Decision | undefined {
  return decisions.find((decision) => decision.verb === verb && decision.topic === topic);
}

/** The decisions in force after some more. */
export function withDecisions(
  before: readonly KeptDecision[] = [],
  more: readonly KeptDecision[] = [],
): KeptDecision[] {
  return [...before.filter((decision) => decisionOn(decision, more) === undefined), ...more];
}

/** The decisions without some that were added to those before; what was decided after that stands. */
export function takenBack(
  now: readonly KeptDecision[] | undefined,
  added: readonly KeptDecision[],
  before: readonly KeptDecision[],
): KeptDecision[] {
  const standing = now ?? [];
  const going = standing.filter((decision) => added.includes(decision));
  const returning = before.filter((decision) => decisionOn(decision, going) !== undefined);
  return [...standing.filter((decision) => !going.includes(decision)), ...returning];
}

/** Whether a decision was for a time that is over. */
export function isExpired({ until }: Pick<PermissionDecision, 'until'>, now: number): boolean {
  return until !== undefined && Date.parse(until) <= now;
}

/** A permission as the user's decision leaves it; undefined when nothing is left. */
export function grantOf(permission: Permission, decision: PermissionDecision | undefined, now = 0): Grant | undefined {
  const { verb, topic, constraints, optional } = permission;
  if (decision !== undefined && isExpired(decision, now)) return undefined;
  if (decision?.allow === false || (optional === true && decision === undefined)) return undefined;
  if (constraints === undefined) return { verb, topic, effect: 'allow' };
  const kept: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(constraints)) {
    const left = withoutValues(value, decision?.without?.[name] ?? []);
    // A list that is refused whole grants nothing, whatever a server makes of an empty one.
    if (Array.isArray(value) && value.length > 0 && (left as unknown[]).length === 0) return undefined;
    if (left !== undefined) kept[name] = left;
  }
  return { verb, topic, effect: 'allow', constraints: kept };
}

function withoutValues(value: unknown, refused: readonly string[]): unknown {
  if (Array.isArray(value)) return value.filter((each) => !refused.includes(String(each)));
  return value === true && refused.includes('true') ? undefined : value;
}
