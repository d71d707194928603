import type { AicoError } from '@aico/schemas';
import type { SchemaCheck } from './schema-check.ts';
import { invalidValue } from './setting-errors.ts';
import type { SettingLayer, SettingSource } from './setting-layer.ts';
import { isSecret } from './setting-schema.ts';

/** A value in force and who gave it. */
export interface ResolvedSetting {
  readonly value: unknown;
  readonly source: SettingSource;
  /** Where a person finds it. */
  readonly label: string;
}

export type ResolvedSettings = ReadonlyMap<string, ResolvedSetting>;

/** The settings of a plugin: each key from the last layer that gives it, else from its schema. */
export function resolveSettings(id: string, check: SchemaCheck, layers: readonly SettingLayer[]): ResolvedSettings {
  const resolved = new Map<string, ResolvedSetting>();
  for (const [key, schema] of Object.entries(check.schemas)) {
    const path = `plugins.${id}.${key}`;
    if (schema['default'] !== undefined) {
      resolved.set(key, { value: schema['default'], source: 'default', label: 'plugin.json' });
    }
    for (const layer of layers) {
      if (isSecret(schema) && layer.source !== 'run-time') continue;
      const value = layer.valueOf(path, schema);
      if (value !== undefined) resolved.set(key, { value, source: layer.source, label: layer.labelOf(path) });
    }
  }
  return resolved;
}

/** The plain values. */
export function valuesIn(resolved: ResolvedSettings): Record<string, unknown> {
  return Object.fromEntries([...resolved].map(([key, { value }]) => [key, value]));
}

/** An error for each setting that its schema refuses. */
export function settingErrors(id: string, check: SchemaCheck, resolved: ResolvedSettings): AicoError[] {
  return check.problemsOf(valuesIn(resolved)).map(({ key, problem }) => {
    const path = key === undefined ? `plugins.${id}` : `plugins.${id}.${key}`;
    return invalidValue(path, resolved.get(key ?? '')?.label ?? 'its layers', problem);
  });
}
