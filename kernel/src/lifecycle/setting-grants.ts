import { type Permission, TOPICS, validators } from '@aico/schemas';

const SETTING = /^\$setting\/(.+)$/;
const MAX_VALUES = 50;

/** What a plugin's user set, as opposed to what its author wrote as a default. */
export interface SetValues {
  readonly values: Readonly<Record<string, unknown>>;
  /** Where each value comes from. */
  readonly sources: Readonly<Record<string, string>>;
}

/**
 * Permissions with `$setting/<name>` in a constraint's list replaced by what the user wrote into that setting: words with spaces
 * or commas between them. A default is its author's word, not the user's, and grants nothing; neither does what the topic's
 * contract would not take as a constraint.
 */
export function withSettings(permissions: readonly Permission[], set: () => SetValues): readonly Permission[] {
  if (!permissions.some(namesSetting)) return permissions;
  const known = readOrNothing(set);
  return permissions.map((permission) => (namesSetting(permission) ? expanded(permission, known) : permission));
}

/** Whether what it grants follows a setting. */
export function namesSetting({ constraints = {} }: Pick<Permission, 'constraints'>): boolean {
  return Object.values(constraints).some(
    (value) => Array.isArray(value) && value.some((each) => nameIn(each) !== undefined),
  );
}

function expanded(permission: Permission, set: SetValues): Permission {
  const constraints = Object.entries(permission.constraints ?? {}).map(([name, value]) => {
    if (!Array.isArray(value)) return [name, value];
    const isValid = (each: unknown): boolean => fitsContract(permission.topic, { [name]: [each] });
    const values = value.flatMap((each) => {
      const setting = nameIn(each);
      return setting === undefined ? [each] : wordsOf(setting, set).filter(isValid);
    });
    return [name, values.slice(0, MAX_VALUES)];
  });
  return { ...permission, constraints: Object.fromEntries(constraints) };
}

function wordsOf(setting: string, { values, sources }: SetValues): readonly string[] {
  const value = Object.hasOwn(values, setting) ? values[setting] : undefined;
  if (typeof value !== 'string' || (sources[setting] ?? 'default') === 'default') return [];
  return value
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((word) => word !== '' && !word.startsWith('$'));
}

/** What no contract describes cannot be checked, and is left out. */
function fitsContract(topic: string, constraints: object): boolean {
  const schema = TOPICS.find((contract) => contract.topic === topic)?.constraints;
  return schema !== undefined && validators[schema](constraints);
}

function nameIn(value: unknown): string | undefined {
  return typeof value === 'string' ? SETTING.exec(value)?.[1] : undefined;
}

/** Settings that cannot be read name nobody; the plugin's own start says what is wrong with them. */
function readOrNothing(set: () => SetValues): SetValues {
  try {
    return set();
  } catch {
    return { values: {}, sources: {} };
  }
}
