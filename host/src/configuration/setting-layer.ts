import { isRecord } from '../is-record.ts';
import type { SettingSchema } from './setting-schema.ts';

/** Where a value can come from, the weakest first. */
export const SETTING_SOURCES = ['default', 'distribution', 'file', 'environment', 'command line', 'run-time'] as const;
export type SettingSource = (typeof SETTING_SOURCES)[number];

/** One place that gives settings. Keys are dotted: `log.level`, `plugins.gateway.port`. */
export interface SettingLayer {
  readonly source: SettingSource;
  /** The value given here, or undefined. The schema tells how to read a text. */
  valueOf(key: string, schema: SettingSchema): unknown;
  /** Where a person finds the value: a file, a variable. */
  labelOf(key: string): string;
  /** Everything that is given here, as it is spelled here. */
  readonly names: readonly string[];
  /** How a key is spelled here. */
  nameOf(key: string): string;
}

/** Settings from JSON, nested (`{"log": {"level": …}}`) or dotted (`{"log.level": …}`). */
export class JsonLayer implements SettingLayer {
  readonly source: SettingSource;
  readonly #values: ReadonlyMap<string, unknown>;
  readonly #label: string;

  constructor(source: SettingSource, label: string, data: Readonly<Record<string, unknown>>) {
    this.source = source;
    this.#label = label;
    this.#values = new Map(flatten(data, ''));
  }

  get names(): readonly string[] {
    return [...this.#values.keys()];
  }

  valueOf(key: string): unknown {
    return this.#values.get(key);
  }

  labelOf(): string {
    return this.#label;
  }

  nameOf(key: string): string {
    return key;
  }
}

/** A plugin's settings are not looked into: a value of its own may well be an object. */
function* flatten(data: Readonly<Record<string, unknown>>, prefix: string): Generator<[string, unknown]> {
  for (const [name, value] of Object.entries(data)) {
    const key = prefix + name;
    const isValue = !isRecord(value) || /^plugins\.[^.]+\../.test(key);
    if (isValue) yield [key, value];
    else yield* flatten(value, `${key}.`);
  }
}
