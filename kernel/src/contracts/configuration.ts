/** Layered settings of plugins: defaults, distribution, user file, environment, run-time. */
export interface ConfigurationSource {
  /** To be awaited before a plugin starts: fetches what is not at hand, such as secrets. */
  prepare?(id: string, schema: Readonly<Record<string, unknown>> | undefined): Promise<void>;
  /** Values in force for a plugin, checked against its schema. @throws AicoError CONFIG_… */
  valuesOf(id: string, schema: Readonly<Record<string, unknown>> | undefined): Readonly<Record<string, unknown>>;
  /** Where each value comes from: `default`, `distribution`, `file`, `environment`, `run-time`. */
  sourcesOf(id: string): Readonly<Record<string, string>>;
  /** Changes run-time values. @throws AicoError CONFIG_… */
  set(
    id: string,
    schema: Readonly<Record<string, unknown>> | undefined,
    values: Readonly<Record<string, unknown>>,
  ): Promise<void>;
}
