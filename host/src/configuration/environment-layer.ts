import { isRecord } from '../is-record.ts';
import type { SettingLayer } from './setting-layer.ts';
import type { SettingSchema } from './setting-schema.ts';

const PREFIX = 'AICO_';
/** Tells the tests about the machine; no setting. */
const TEST_PREFIX = 'AICO_TEST_';

/** Settings from variables such as `AICO_PLUGINS_GATEWAY_PORT`; an empty one counts as not given. */
export class EnvironmentLayer implements SettingLayer {
  readonly source = 'environment';
  readonly #variables = new Map<string, string>();

  constructor(environment: Readonly<Record<string, string | undefined>>) {
    for (const [name, value] of Object.entries(environment)) {
      if (value && name.startsWith(PREFIX) && !name.startsWith(TEST_PREFIX)) this.#variables.set(name, value);
    }
  }

  get names(): readonly string[] {
    return [...this.#variables.keys()];
  }

  valueOf(key: string, schema: SettingSchema): unknown {
    const text = this.#variables.get(this.nameOf(key));
    return text === undefined ? undefined : readText(text, schema);
  }

  labelOf(key: string): string {
    return this.nameOf(key);
  }

  nameOf(key: string): string {
    return variableOf(key);
  }
}

/** The variable of a setting: `log.maxMb` is `AICO_LOG_MAX_MB`. */
export function variableOf(key: string): string {
  const words = key.replace(/([a-z0-9])([A-Z])/g, '$1_$2').replace(/[^A-Za-z0-9]+/g, '_');
  return PREFIX + words.toUpperCase();
}

/** Reads a text as what its schema wants; what cannot be read so stays a text, and the schema then refuses it. */
function readText(text: string, schema: SettingSchema): unknown {
  const types = [schema['type'] ?? typeOfValues(schema)].flat();
  if (types.includes('string')) return text;
  if (types.includes('boolean') && (text === '1' || text === '0')) return text === '1';
  try {
    const value: unknown = JSON.parse(text);
    // A list may be given as JSON or, for texts without commas, plainly.
    return types.includes('array') && !Array.isArray(value) && !isRecord(value) ? text.split(',') : value;
  } catch {
    return types.includes('array') ? text.split(',').map((item) => item.trim()) : text;
  }
}

function typeOfValues(schema: SettingSchema): string | undefined {
  const values = [schema['enum'] ?? schema['const'] ?? []].flat();
  return values.length > 0 && values.every((value) => typeof value === 'string') ? 'string' : undefined;
}
