/** One setting of a plugin, as a form shows it. */
export interface SettingField {
  readonly key: string;
  readonly label: string;
  readonly help: string | undefined;
  readonly kind: 'text' | 'secret' | 'number' | 'switch' | 'choice';
  readonly choices: readonly string[];
  readonly attributes: {
    readonly min?: number;
    readonly max?: number;
    readonly step?: number | 'any';
    readonly maxlength?: number;
  };
}

type Schema = Readonly<Record<string, unknown>>;

/** The fields of a schema's properties; what a form cannot show well, such as lists, is left to the settings file. */
export function fieldsOf(schema: Schema | undefined): SettingField[] {
  const properties = Object.entries((schema?.['properties'] ?? {}) as Readonly<Record<string, Schema>>);
  return properties.flatMap(([key, property]) => {
    const kind = kindOf(property);
    if (kind === undefined) return [];
    const { title, description, minimum, maximum, maxLength, enum: choices = [] } = property;
    const step = property['type'] === 'integer' ? 1 : 'any';
    return [
      {
        key,
        label: typeof title === 'string' ? title : labelOf(key),
        help: typeof description === 'string' ? description : undefined,
        kind,
        choices: kind === 'choice' ? (choices as unknown[]).map(String) : [],
        attributes: {
          ...(typeof minimum === 'number' && { min: minimum }),
          ...(typeof maximum === 'number' && { max: maximum }),
          ...(kind === 'number' && { step }),
          ...(typeof maxLength === 'number' && { maxlength: maxLength }),
        },
      } satisfies SettingField,
    ];
  });
}

/** What was typed as the value that the schema wants; undefined when it is none. */
export function parseTyped({ kind }: SettingField, typed: string): string | number | undefined {
  if (kind !== 'number') return typed;
  const number = Number(typed);
  return typed.trim() === '' || !Number.isFinite(number) ? undefined : number;
}

function kindOf({ type, enum: choices, writeOnly }: Schema): SettingField['kind'] | undefined {
  if (writeOnly === true) return type === 'string' ? 'secret' : undefined;
  if (Array.isArray(choices)) return choices.every((each) => typeof each === 'string') ? 'choice' : undefined;
  if (type === 'boolean') return 'switch';
  if (type === 'integer' || type === 'number') return 'number';
  return type === 'string' ? 'text' : undefined;
}

/** `sessionIdleMinutes` → "Session idle minutes". */
function labelOf(key: string): string {
  const words = key
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replaceAll(/[-_]/g, ' ')
    .toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
