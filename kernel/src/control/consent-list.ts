import type { Consent as ConsentRecord, Permission, PluginPermission } from '@aico/schemas';
import { decisionOn, grantOf, isExpired } from '../lifecycle/grants-for.ts';
import type { ManagedPlugin } from '../lifecycle/managed-plugin.ts';
import { dataKindOf } from './permission-info.ts';
import { permissionWords } from './permission-words.ts';

export interface ConsentListOptions {
  readonly plugins: Iterable<ManagedPlugin>;
  readonly isPart: (id: string) => boolean;
  readonly now: number;
}

/** The record of each grant that reaches personal data, was decided on, or went to what is no part of the product. */
export function consentList({ plugins, isPart, now }: ConsentListOptions): ConsentRecord[] {
  return [...plugins].flatMap((plugin) =>
    (plugin.manifest?.permissions ?? []).flatMap((permission) => {
      const data = dataKindOf(permission);
      const decision = decisionOn(permission, plugin.record.decisions);
      const matters = data !== undefined || decision !== undefined || !isPart(plugin.id);
      return matters ? [consentOf(plugin, permission, data, now)] : [];
    }),
  );
}

function consentOf(
  { id, manifest, record }: ManagedPlugin,
  permission: Permission,
  data: PluginPermission['data'],
  now: number,
): ConsentRecord {
  const { verb, topic, reason } = permission;
  const decision = decisionOn(permission, record.decisions);
  const grant = grantOf(permission, decision, now);
  const scope = grant?.constraints ?? permission.constraints;
  const { until, at, how, by } = decision ?? {};
  return {
    id,
    name: manifest?.name ?? id,
    verb,
    topic,
    words: permissionWords(grant ?? permission),
    ...(data === undefined ? {} : { data }),
    purpose: reason,
    ...(scope === undefined ? {} : { scope }),
    granted: grant !== undefined,
    ...(decision !== undefined && isExpired(decision, now) ? { expired: true } : {}),
    ...(until === undefined ? {} : { until }),
    ...(at === undefined ? {} : { at }),
    how: how ?? 'product',
    ...(by === undefined ? {} : { by }),
  };
}
