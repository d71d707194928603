import type { ConfigurationSource } from '@aico/kernel/contracts';
import { isAicoError } from '@aico/schemas';
import type { NoticeHandler } from '../state/json-file.ts';
import { type ResolvedSettings, resolveSettings, settingErrors, valuesIn } from './resolve-settings.ts';
import { type RunTimeSettings, runTimeLayer } from './run-time-settings.ts';
import { compileSchema, type SchemaCheck } from './schema-check.ts';
import type { SecretSettings } from './secret-settings.ts';
import { invalidValue, unknownKey } from './setting-errors.ts';
import type { SettingLayer } from './setting-layer.ts';
import { isSecret } from './setting-schema.ts';

type Values = Readonly<Record<string, unknown>>;

/**
 * Settings of plugins: defaults of their schemas, under the given layers, under what was changed at run time. Those that are
 * secret come from nowhere but the last, and only while what keeps them is open.
 */
export class LayeredConfiguration implements ConfigurationSource {
  readonly #layers: readonly SettingLayer[];
  readonly #runTime: RunTimeSettings;
  readonly #secrets: SecretSettings;
  readonly #onNotice: NoticeHandler;
  readonly #checks = new Map<string, { readonly schema: Values | undefined; readonly check: SchemaCheck }>();
  readonly #told = new Set<string>();
  #changing: Promise<void> = Promise.resolve();

  /** `layers`: the last is the strongest. */
  constructor(
    layers: readonly SettingLayer[],
    runTime: RunTimeSettings,
    secrets: SecretSettings,
    onNotice: NoticeHandler,
  ) {
    this.#layers = layers;
    this.#runTime = runTime;
    this.#secrets = secrets;
    this.#onNotice = onNotice;
  }

  /** Fetches the secrets of a plugin; what an earlier version of it kept openly is moved to them. */
  async prepare(id: string, schema: Values | undefined): Promise<void> {
    await this.#secrets.fetch(id, this.#runTime.secretsOf(id));
    const { schemas } = this.#checkOf(id, schema);
    const open = Object.entries(this.#runTime.of(id)).filter(([key]) => isSecret(schemas[key]));
    if (open.length === 0) return;
    await this.set(id, schema, Object.fromEntries(open)).catch((error: unknown) => {
      if (!isAicoError(error, 'CONFIG_SECRET_LOCKED')) throw error;
    });
  }

  valuesOf(id: string, schema: Values | undefined): Values {
    return valuesIn(this.#inForce(id, this.#checkOf(id, schema)));
  }

  sourcesOf(id: string): Readonly<Record<string, string>> {
    const check = this.#checks.get(id)?.check;
    if (check === undefined) return {};
    const sources = [...this.#inForce(id, check)].map(([key, { source }]) => [key, source]);
    // Of a secret that is not at hand it is known that there is one.
    return Object.fromEntries([...this.#runTime.secretsOf(id).map((key) => [key, 'run-time']), ...sources]);
  }

  /** One change at a time. A value of null goes back to what the layers below say. */
  set(id: string, schema: Values | undefined, values: Values): Promise<void> {
    const changed = this.#changing.then(() => this.#change(id, this.#checkOf(id, schema), values));
    this.#changing = changed.catch(() => undefined);
    return changed;
  }

  async #change(id: string, check: SchemaCheck, values: Values): Promise<void> {
    const known = Object.keys(check.schemas);
    const stranger = Object.keys(values).find((key) => !known.includes(key));
    if (stranger !== undefined) throw unknownKey(stranger, 'run-time', known);
    const next = given({ ...this.#runTime.of(id), ...this.#secrets.of(id), ...values });
    const [error] = settingErrors(id, check, this.#resolve(id, check, next));
    if (error !== undefined) throw error;
    const secret = ([key]: [string, unknown]): boolean => isSecret(check.schemas[key]);
    const keys = new Set(this.#runTime.secretsOf(id));
    for (const [key, value] of Object.entries(values).filter(secret)) {
      await this.#secrets.change(id, key, value ?? null);
      if (value === null || value === undefined) keys.delete(key);
      else keys.add(key);
    }
    const open = Object.entries(next).filter((entry) => !secret(entry) && !keys.has(entry[0]));
    await this.#runTime.keep(id, Object.fromEntries(open), [...keys]);
  }

  /** What was kept at run time may no longer fit after an update; it then gives way instead of stopping the plugin. */
  #inForce(id: string, check: SchemaCheck): ResolvedSettings {
    const kept = { ...this.#runTime.of(id), ...this.#secrets.of(id) };
    const resolved = this.#resolve(id, check, kept);
    const stale = check
      .problemsOf(valuesIn(resolved))
      .filter(({ key }) => key !== undefined && Object.hasOwn(kept, key));
    for (const { key, problem } of stale) this.#tellOnce(`plugins.${id}.${key}`, problem);
    const fitting = Object.entries(kept).filter(([key]) => !stale.some((each) => each.key === key));
    const inForce = stale.length === 0 ? resolved : this.#resolve(id, check, Object.fromEntries(fitting));
    const [error] = settingErrors(id, check, inForce);
    if (error !== undefined) throw error;
    return inForce;
  }

  #resolve(id: string, check: SchemaCheck, runTime: Values): ResolvedSettings {
    return resolveSettings(id, check, [...this.#layers, runTimeLayer(id, runTime)]);
  }

  #checkOf(id: string, schema: Values | undefined): SchemaCheck {
    const known = this.#checks.get(id);
    if (known !== undefined && known.schema === schema) return known.check;
    const check = compileSchema(id, schema);
    this.#checks.set(id, { schema, check });
    return check;
  }

  #tellOnce(key: string, problem: string): void {
    if (this.#told.has(key)) return;
    this.#told.add(key);
    const { code, message, fix } = invalidValue(key, 'run-time', problem);
    this.#onNotice({ code, message, fix });
  }
}

/** What has a value: null takes one back. */
function given(values: Values): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null && value !== undefined));
}
