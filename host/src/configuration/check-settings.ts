import { type AicoError, isAicoError } from '@aico/schemas';
import { HOST_SETTINGS } from './host-setting-schemas.ts';
import { resolveSettings, settingErrors } from './resolve-settings.ts';
import { compileSchema, type SchemaCheck } from './schema-check.ts';
import { invalidValue, unknownNames } from './setting-errors.ts';
import type { SettingLayer } from './setting-layer.ts';
import { isSecret } from './setting-schema.ts';

/** What is known of a plugin's settings before it runs. */
export interface PluginSettings {
  readonly id: string;
  /** `configuration` of its manifest; `unreadable` when the package could not be verified. */
  readonly schema: Readonly<Record<string, unknown>> | undefined | 'unreadable';
}

/** Checks every name and value that the layers give, so that nothing starts on a misunderstanding. */
export function checkSettings(layers: readonly SettingLayer[], plugins: readonly PluginSettings[]): AicoError[] {
  const errors: AicoError[] = [];
  const keys: string[] = Object.keys(HOST_SETTINGS);
  const open: string[] = [];
  for (const { id, schema } of plugins) {
    const check = schema === 'unreadable' ? undefined : compileLeniently(id, schema);
    if (check === undefined) {
      open.push(id);
      continue;
    }
    keys.push(...Object.keys(check.schemas).map((key) => `plugins.${id}.${key}`));
    errors.push(...settingErrors(id, check, resolveSettings(id, check, layers)), ...openSecrets(id, check, layers));
  }
  return [...layers.flatMap((layer) => unknownNames(layer, keys, open)), ...errors];
}

/** A secret in a file or in a variable would lie open there. */
function openSecrets(id: string, { schemas }: SchemaCheck, layers: readonly SettingLayer[]): AicoError[] {
  return Object.entries(schemas).flatMap(([key, schema]) => {
    const path = `plugins.${id}.${key}`;
    const giving = isSecret(schema) ? layers.filter((layer) => layer.valueOf(path, schema) !== undefined) : [];
    return giving.map((layer) =>
      invalidValue(path, layer.labelOf(path), 'is a secret, which is kept encrypted: set it in the app'),
    );
  });
}

/** A plugin with a broken schema fails by itself when it starts; it is no reason to stop the others. */
function compileLeniently(id: string, schema: Readonly<Record<string, unknown>> | undefined): SchemaCheck | undefined {
  try {
    return compileSchema(id, schema);
  } catch (error) {
    if (isAicoError(error, 'CONFIG_SCHEMA_INVALID')) return undefined;
    throw error;
  }
}
