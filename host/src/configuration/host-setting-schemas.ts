import type { SettingSchema } from './setting-schema.ts';

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
