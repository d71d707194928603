import { AicoError, isAicoError, type Permission } from '@aico/schemas';
import { permissionWords } from '../control/permission-words.ts';
import { decisionOn, grantOf } from './grants-for.ts';
import type { ManagedPlugin } from './managed-plugin.ts';

/** The permission that a start failed for, if its user is the one who refused it. A plugin's own word for it is checked. */
export function refusedNeedOf(plugin: ManagedPlugin, error: unknown): Permission | undefined {
  if (!isAicoError(error, 'KERNEL_PERMISSION_DENIED')) return undefined;
  const { verb, topic } = error.details;
  const asked = plugin.manifest?.permissions.find((each) => each.verb === verb && each.topic === topic);
  return asked !== undefined && isRefused(plugin, asked) ? asked : undefined;
}

/** Why a plugin waits that cannot do without what its user refused, as long as it is refused. */
export function whyItLacks(plugin: ManagedPlugin): AicoError | undefined {
  const { lacks, manifest, id } = plugin;
  if (lacks === undefined || !isRefused(plugin, lacks)) return undefined;
  const details = { words: permissionWords(lacks), topic: lacks.topic, id };
  return new AicoError('KERNEL_PERMISSION_NEEDED', { subject: manifest?.name ?? id, details });
}

function isRefused({ record }: ManagedPlugin, permission: Permission): boolean {
  const decision = decisionOn(permission, record.decisions);
  return decision !== undefined && grantOf(permission, decision) === undefined;
}
