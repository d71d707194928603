import { isRecord } from '../is-record.ts';
import { JsonFile, type NoticeHandler } from '../state/json-file.ts';
import type { SettingLayer } from './setting-layer.ts';

type PluginValues = Readonly<Record<string, unknown>>;

interface Content {
  readonly format: 1;
  readonly plugins: Readonly<Record<string, PluginValues>>;
}

/** Settings that were changed while AICO ran, kept for the next time. */
export class RunTimeSettings {
  readonly #file: JsonFile<Content>;
  readonly #values: Map<string, PluginValues>;

  constructor(path: string, onNotice: NoticeHandler) {
    this.#file = new JsonFile({ path, parse: parseContent, onNotice });
    this.#values = new Map(Object.entries(this.#file.read()?.plugins ?? {}));
  }

  /** The values of one plugin. */
  of(id: string): PluginValues {
    return this.#values.get(id) ?? {};
  }

  /** Keeps the values of one plugin; nothing changes when they cannot be kept. @throws AicoError HOST_STATE_UNWRITABLE */
  async keep(id: string, values: PluginValues): Promise<void> {
    const next = new Map(this.#values).set(id, values);
    await this.#file.write({ format: 1, plugins: Object.fromEntries(next) });
    this.#values.set(id, values);
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
  return Object.values(data['plugins']).every(isRecord) ? (data as unknown as Content) : undefined;
}
