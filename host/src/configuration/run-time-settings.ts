import { isRecord } from '../is-record.ts';
import { JsonFile, type NoticeHandler } from '../state/json-file.ts';
import type { SettingLayer } from './setting-layer.ts';

type PluginValues = Readonly<Record<string, unknown>>;

interface Content {
  readonly format: 1;
  readonly plugins: Readonly<Record<string, PluginValues>>;
  /** The keys of secret settings that have a value. The values lie elsewhere, encrypted. */
  readonly secrets?: Readonly<Record<string, readonly string[]>>;
}

/** Settings that were changed while AICO ran, kept for the next time. */
export class RunTimeSettings {
  readonly #file: JsonFile<Content>;
  #values: ReadonlyMap<string, PluginValues>;
  #secrets: ReadonlyMap<string, readonly string[]>;

  constructor(path: string, onNotice: NoticeHandler) {
    this.#file = new JsonFile({ path, parse: parseContent, onNotice });
    const { plugins = {}, secrets = {} } = this.#file.read() ?? {};
    this.#values = new Map(Object.entries(plugins));
    this.#secrets = new Map(Object.entries(secrets));
  }

  /** The values of one plugin. */
  of(id: string): PluginValues {
    return this.#values.get(id) ?? {};
  }

  /** The keys of a plugin's secret settings that have a value. */
  secretsOf(id: string): readonly string[] {
    return this.#secrets.get(id) ?? [];
  }

  /** Plugins with secret settings. */
  get withSecrets(): readonly string[] {
    return [...this.#secrets.keys()];
  }

  /** Keeps the values of one plugin; nothing changes when they cannot be kept. @throws AicoError HOST_STATE_UNWRITABLE */
  async keep(id: string, values: PluginValues, secretKeys: readonly string[] = this.secretsOf(id)): Promise<void> {
    const next = new Map(this.#values).set(id, values);
    const secrets = new Map(this.#secrets);
    if (secretKeys.length > 0) secrets.set(id, secretKeys);
    else secrets.delete(id);
    const plugins = Object.fromEntries(next);
    const content = { format: 1, plugins } as const;
    await this.#file.write(secrets.size === 0 ? content : { ...content, secrets: Object.fromEntries(secrets) });
    this.#values = next;
    this.#secrets = secrets;
  }
}

/** The values of one plugin as the strongest layer. */
export function runTimeLayer(id: string, values: PluginValues): SettingLayer {
  const prefix = `plugins.${id}.`;
  return {
    source: 'run-time',
    names: Object.keys(values).map((key) => prefix + key),
    valueOf: (key) => (key.startsWith(prefix) ? values[key.slice(prefix.length)] : undefined),
    labelOf: () => 'run-time',
    nameOf: (key) => key,
  };
}

function parseContent(data: unknown): Content | undefined {
  if (!isRecord(data) || data['format'] !== 1 || !isRecord(data['plugins'])) return undefined;
  const secrets = data['secrets'] ?? {};
  if (!isRecord(secrets) || !Object.values(secrets).every(Array.isArray)) return undefined;
  return Object.values(data['plugins']).every(isRecord) ? (data as unknown as Content) : undefined;
}
