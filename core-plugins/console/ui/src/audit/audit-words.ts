import type { AuditRecord, PluginInfo } from '@aico/sdk';
import type { Words } from '../i18n/words.svelte.ts';
import { scopeWords } from './scope-words.ts';

/** Everything that is recorded by AICO's own parts. */
export const KINDS = [
  'permission.granted',
  'permission.narrowed',
  'permission.refused',
  'permission.denied',
  'permission.asked',
  'permission.expired',
  'plugin.enabled',
  'plugin.disabled',
  'plugin.installed',
  'plugin.updated',
  'plugin.uninstalled',
  'plugin.erased',
  'plugin.rejected',
  'plugin.revoked',
  'plugin.crashed',
  'plugin.quarantined',
  'update.offered',
  'update.refused',
  'debugger.opened',
  'debugger.closed',
  'settings.changed',
  'session.begun',
  'session.ended',
  'vault.created',
  'vault.unlocked',
  'vault.locked',
  'password.changed',
  'recovery.renewed',
  'recovery.used',
  'recovery.dropped',
  'device.remembered',
  'device.forgotten',
  'device.used',
  'key.derived',
  'key.recovered',
  'key.lent',
  'secret.read',
  'secret.kept',
  'secret.deleted',
  'log.read',
  'egress.exported',
  'backup.created',
  'backup.restored',
  'backup.key',
  'backup.shredded',
  'data.forgotten',
  'data.exported',
  'data.imported',
  'retention.set',
  'retention.applied',
  'retention.failed',
  'retention.waits',
  'storage.damaged',
  'rule.broken',
  'system.started',
  'system.stopping',
  'audit.read',
  'audit.verified',
  'audit.exported',
  'audit.gap',
  'audit.broken',
] as const;
/** Details that have a word of their own. */
const DETAILS = [
  'verb',
  'topic',
  'purpose',
  'scope',
  'without',
  'until',
  'how',
  'code',
  'failed',
  'again',
  'version',
  'tier',
  'signer',
  'state',
  'name',
  'for',
  'removed',
  'asked',
  'records',
  'sound',
] as const;
const VERBS = ['publish', 'subscribe', 'request', 'serve'] as const;
const WAYS = ['product', 'install', 'update', 'use', 'settings'] as const;

function keyIn<Name extends string>(names: readonly Name[], name: string): Name | undefined {
  return names.find((each) => each === name);
}

/** A kind in plain words; what a plugin of somebody else names stays as it is. */
export function kindWords(kind: string, words: Pick<Words, 't'>): string | undefined {
  const known = keyIn(KINDS, kind);
  return known === undefined ? undefined : words.t(`audit.does.${known}`);
}

export function detailName(name: string, words: Pick<Words, 't'>): string {
  const known = keyIn(DETAILS, name);
  return known === undefined ? name : words.t(`audit.detail.${known}`);
}

/** What a detail says: choices and limits in words, times as people read them. */
export function detailText(name: string, value: string, words: Pick<Words, 't' | 'day' | 'time'>): string {
  const verb = name === 'verb' ? keyIn(VERBS, value) : undefined;
  if (verb !== undefined) return words.t(`audit.verb.${verb}`);
  const how = name === 'how' ? keyIn(WAYS, value) : undefined;
  if (how !== undefined) return words.t(`consents.how.${how}`);
  if (name === 'until') return timeText(value, words);
  return name === 'scope' || name === 'without' ? scopeText(value, words) : value;
}

/** What a record is about, beside its plugin: the permission in words where they are known, also that which a key is for; or for whom. */
export function recordMeans(
  { plugin, details = {} }: Pick<AuditRecord, 'plugin' | 'details'>,
  plugins: readonly Pick<PluginInfo, 'id' | 'name' | 'permissions'>[],
  words: Pick<Words, 't' | 'may'>,
): string | undefined {
  const { verb, topic, for: other } = details;
  if (topic !== undefined) {
    const { permissions = [] } = plugins.find(({ id }) => id === plugin) ?? {};
    const isMeant = ({ permission }: (typeof permissions)[number]): boolean =>
      permission.topic === topic && (verb === undefined || permission.verb === verb);
    const meant = permissions.find(isMeant);
    if (meant !== undefined) return words.may(meant.words);
    // Of a key: whose it is says more than the topic's name, which is among the details.
    return verb === undefined ? undefined : topic;
  }
  if (other === undefined || other === plugin) return undefined;
  return words.t('audit.for', { name: plugins.find(({ id }) => id === other)?.name ?? other });
}

function timeText(value: string, words: Pick<Words, 'day' | 'time'>): string {
  const at = new Date(value);
  return Number.isNaN(at.getTime()) ? value : `${words.day(at)}, ${words.time(at)}`;
}

/** What is kept of a scope may have been cut off. */
function scopeText(value: string, words: Pick<Words, 't'>): string {
  try {
    return scopeWords(JSON.parse(value), words);
  } catch {
    return value;
  }
}
