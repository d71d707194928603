import type { Clock, ConfigurationSource, PluginRecord, RunCount, StateStore } from '@aico/kernel';
import { nodeTimers } from './memory-runner.ts';

export const systemClock: Clock = { now: () => Date.now(), after: nodeTimers.after };

/** Keeps plugin records for the length of a test. */
export class MemoryState implements StateStore {
  readonly #records = new Map<string, PluginRecord>();

  read(id: string): PluginRecord | undefined {
    return this.#records.get(id);
  }

  async write(id: string, record: PluginRecord): Promise<void> {
    this.#records.set(id, record);
  }

  async remove(id: string): Promise<void> {
    this.#records.delete(id);
  }

  async beginRun(): Promise<RunCount> {
    return { run: 1 };
  }

  async endRun(): Promise<void> {}
}

type Values = Readonly<Record<string, unknown>>;

/** Defaults of the manifest, overlaid by what the test sets. */
export class MemoryConfiguration implements ConfigurationSource {
  readonly #overrides = new Map<string, Values>();

  valuesOf(id: string, schema: Values | undefined): Values {
    const properties = (schema?.properties ?? {}) as Record<string, { default?: unknown }>;
    const defaults = Object.fromEntries(Object.entries(properties).map(([key, value]) => [key, value.default]));
    return { ...defaults, ...this.#overrides.get(id) };
  }

  sourcesOf(id: string): Readonly<Record<string, string>> {
    return Object.fromEntries(Object.keys(this.#overrides.get(id) ?? {}).map((key) => [key, 'run-time']));
  }

  async set(id: string, _schema: Values | undefined, values: Values): Promise<void> {
    this.#overrides.set(id, { ...this.#overrides.get(id), ...values });
  }
}
