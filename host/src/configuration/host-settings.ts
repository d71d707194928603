import type { AicoError } from '@aico/schemas';
import { compileSchema } from './schema-check.ts';
import { invalidValue } from './setting-errors.ts';
import type { SettingLayer } from './setting-layer.ts';
import type { SettingSchema, SettingSchemas } from './setting-schema.ts';

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'silent'];

export type HostSettingKey =
  | 'home'
  | 'distribution'
  | 'open'
  | 'log.level'
  | 'log.terminal'
  | 'log.maxMb'
  | 'log.keep'
  | 'log.keepDays';

/** The host's own settings, by key. */
export const HOST_SETTINGS: Readonly<Record<HostSettingKey, SettingSchema>> = {
  home: { type: 'string', minLength: 1, description: 'The folder that holds everything.' },
  distribution: { type: 'string', default: 'desktop', description: 'Which plugins make the product.' },
  open: { type: 'boolean', default: true, description: 'Whether a browser opens when AICO is ready.' },
  'log.level': { type: 'string', enum: LEVELS, default: 'info', description: 'What is written to the log files.' },
  'log.terminal': { type: 'string', enum: LEVELS, default: 'warn', description: 'What is shown on the terminal.' },
  'log.maxMb': { type: 'integer', minimum: 1, maximum: 1000, default: 10, description: 'Size of one log file, MB.' },
  'log.keep': { type: 'integer', minimum: 0, maximum: 100, default: 5, description: 'Full log files kept of each.' },
  'log.keepDays': {
    type: 'integer',
    minimum: 0,
    maximum: 3650,
    default: 30,
    description: 'Days after which lines are gone; 0 keeps them as long as there is room.',
  },
};

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
