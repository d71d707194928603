import type { AuditSearch } from '@aico/sdk';

/** Areas of what is recorded, those that people ask for first. */
export const AREAS = [
  'permission',
  'plugin',
  'update',
  'settings',
  'session',
  'vault',
  'secret',
  'key',
  'password',
  'recovery',
  'device',
  'log',
  'egress',
  'backup',
  'storage',
  'data',
  'retention',
  'rule',
  'system',
  'debugger',
  'audit',
] as const;

/** The fields of the search as they are filled in; empty is anything. */
export interface AuditFields {
  readonly text: string;
  readonly kind: string;
  readonly plugin: string;
  /** Days in the form of a date field, both included. */
  readonly from: string;
  readonly to: string;
}

export function askedBy({ text, kind, plugin, from, to }: AuditFields): AuditSearch {
  const word = text.trim();
  return {
    ...(word !== '' && { text: word }),
    ...(kind !== '' && { kind }),
    ...(plugin !== '' && { plugin }),
    ...(from !== '' && { since: new Date(`${from}T00:00:00`).toISOString() }),
    ...(to !== '' && { until: new Date(`${to}T23:59:59.999`).toISOString() }),
  };
}
