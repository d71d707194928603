import type { Grant, Permission, PermissionDecision } from '@aico/schemas';

/** Whom a plugin asks for what is optional. */
const ASKING: Grant = { verb: 'request', topic: 'kernel.permission.request.v1', effect: 'allow' };

type Wish = Pick<Permission, 'verb' | 'topic'>;

/**
 * What a plugin is granted: what its manifest asks, less what its user refused; of what is optional, only what its user
 * agreed to. Computed anew for each version, so that a refusal outlives it and a grant that nobody asks for any more does not.
 */
export function grantsFor(permissions: readonly Permission[], decisions: readonly PermissionDecision[] = []): Grant[] {
  const grants = permissions.flatMap((permission) => {
    const grant = grantOf(permission, decisionOn(permission, decisions));
    return grant === undefined ? [] : [grant];
  });
  return permissions.some(({ optional }) => optional === true) ? [...grants, ASKING] : grants;
}

/** What the user said of a permission. */
export function decisionOn(
  { verb, topic }: Wish,
  decisions: readonly PermissionDecision[] = [],
): PermissionDecision | undefined {
  return decisions.find((decision) => decision.verb === verb && decision.topic === topic);
}

/** The decisions in force after some more. */
export function withDecisions(
  before: readonly PermissionDecision[] = [],
  more: readonly PermissionDecision[] = [],
): PermissionDecision[] {
  return [...before.filter((decision) => decisionOn(decision, more) === undefined), ...more];
}

/** A permission as the user's decision leaves it; undefined when nothing is left. */
export function grantOf(permission: Permission, decision: PermissionDecision | undefined): Grant | undefined {
  const { verb, topic, constraints, optional } = permission;
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
