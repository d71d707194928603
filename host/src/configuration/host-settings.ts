import type { AicoError } from '@aico/schemas';
import { HOST_SETTINGS } from './host-setting-schemas.ts';
import { compileSchema } from './schema-check.ts';
import { invalidValue } from './setting-errors.ts';
import type { SettingLayer } from './setting-layer.ts';
import type { SettingSchemas } from './setting-schema.ts';

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** The host's settings in force. */
export interface HostSettings {
  readonly distribution: string;
  readonly open: boolean;
  readonly log: {
    readonly level: LogLevel;
    readonly terminal: LogLevel;
    readonly maxMb: number;
    readonly keep: number;
    readonly keepDays: number;
  };
}

/** The keys that only come before any file is read. */
const EARLY_KEYS: readonly string[] = ['home'];

/** Resolves the host's settings, the last layer strongest; what is wrong is added to `errors`. */
export function resolveHostSettings(
  layers: readonly SettingLayer[],
  distributions: readonly string[],
  errors: AicoError[],
): HostSettings {
  const schemas: SettingSchemas = {
    ...HOST_SETTINGS,
    distribution: { ...HOST_SETTINGS.distribution, enum: distributions },
  };
  const check = compileSchema('host', { properties: schemas });
  const values: Record<string, unknown> = {};
  for (const [key, schema] of Object.entries(schemas)) {
    values[key] = schema['default'];
    for (const layer of layers) {
      const value = layer.valueOf(key, schema);
      if (value === undefined) continue;
      const problem =
        EARLY_KEYS.includes(key) && layer.source === 'file'
          ? 'cannot be set in a file that lies in it; use AICO_HOME or --home'
          : check.problemsOf({ [key]: value })[0]?.problem;
      if (problem === undefined) values[key] = value;
      else errors.push(invalidValue(key, layer.labelOf(key), problem));
    }
  }
  return {
    distribution: values['distribution'] as string,
    open: values['open'] as boolean,
    log: {
      level: values['log.level'] as LogLevel,
      terminal: values['log.terminal'] as LogLevel,
      maxMb: values['log.maxMb'] as number,
      keep: values['log.keep'] as number,
      keepDays: values['log.keepDays'] as number,
    },
  };
}
