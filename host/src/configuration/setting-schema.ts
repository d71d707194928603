/** The JSON Schema of one setting. */
export type SettingSchema = Readonly<Record<string, unknown>>;

/** The schemas of a plugin's settings by key, from `configuration` of its manifest. */
export type SettingSchemas = Readonly<Record<string, SettingSchema>>;
