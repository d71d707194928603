/** The JSON Schema of one setting. */
export type SettingSchema = Readonly<Record<string, unknown>>;

/** Whether a setting is a secret: JSON Schema's word for what is given and never shown. */
export function isSecret(schema: SettingSchema | undefined): boolean {
  return schema?.['writeOnly'] === true;
}

/** The schemas of a plugin's settings by key, from `configuration` of its manifest. */
export type SettingSchemas = Readonly<Record<string, SettingSchema>>;
