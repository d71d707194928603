import type { Permission, PermissionChoice, PluginPermission } from '@aico/schemas';
import type { Consent } from '../lifecycle/consent.ts';
import { decisionOn, grantOf } from '../lifecycle/grants-for.ts';
import type { ManagedPlugin } from '../lifecycle/managed-plugin.ts';
import { contractsOf } from './contracts-of.ts';
import { permissionWords } from './permission-words.ts';

type Meant = Pick<Permission, 'verb' | 'topic' | 'constraints'>;

/** A permission for people: what it means, whether it is granted and in which parts, how risky it is, whether it is used. */
export function permissionInfo(
  plugin: Pick<ManagedPlugin, 'record'> & { readonly managed?: ManagedPlugin },
  permission: Permission,
  consent?: Consent,
): PluginPermission {
  const decision = decisionOn(permission, plugin.record.decisions);
  const grant = grantOf(permission, decision, consent?.now() ?? 0);
  const granted = grant !== undefined;
  const { managed } = plugin;
  return {
    ...permissionOffer(permission, decision?.without),
    // What was taken away of it is not said to be allowed.
    words: permissionWords(grant ?? permission),
    granted,
    ...(granted && decision?.until !== undefined ? { until: decision.until } : {}),
    ...(managed !== undefined && consent?.isAsked(managed, permission) ? { asked: true } : {}),
    ...(managed !== undefined && consent !== undefined && granted && permission.verb !== 'serve'
      ? { unusedDays: consent.used.daysUnused(managed, permission) }
      : {}),
  };
}

/** A permission as it is asked for, before anybody decided on it. */
export function permissionOffer(
  permission: Permission,
  without: Readonly<Record<string, readonly string[]>> = {},
): PluginPermission {
  const choices = choicesOf(permission, without);
  const data = dataKindOf(permission);
  return {
    permission,
    words: permissionWords(permission),
    granted: permission.optional !== true,
    ...(isRisky(permission) ? { risk: 'high' } : {}),
    ...(data === undefined ? {} : { data }),
    ...(choices.length > 0 ? { choices } : {}),
  };
}

/** Whether its contract calls it worth a second look; of a pattern, whether any topic within it is. */
export function isRisky({ verb, topic, constraints }: Meant): boolean {
  return contractsOf(topic).some(({ risk }) => {
    const limits = risk?.limits?.some((name) => constraints?.[name] === true) ?? false;
    return limits || (risk?.verbs?.includes(verb) ?? false);
  });
}

/** The kind of personal data that it reaches, as the contracts say; of a pattern, the first. */
export function dataKindOf({ verb, topic }: Meant): PluginPermission['data'] {
  return contractsOf(topic).find(({ personal }) => personal?.verbs.includes(verb))?.personal?.kind;
}

/** Values of constraints that have words for people: each can be refused alone. */
function choicesOf(
  { topic, constraints = {} }: Meant,
  without: Readonly<Record<string, readonly string[]>>,
): PermissionChoice[] {
  const limits = Object.assign({}, ...contractsOf(topic).map((contract) => contract.limits)) as Record<string, string>;
  return Object.entries(limits).flatMap(([name, words]) => {
    const value: unknown = constraints[name];
    const parts = Array.isArray(value) && value.length > 1 ? value.map(String) : value === true ? ['true'] : [];
    return parts.map((part) => ({
      name,
      value: part,
      words: value === true ? words : part,
      granted: !without[name]?.includes(part),
    }));
  });
}
