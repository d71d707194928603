/** What its user writes into a setting: the words of the permission name that setting. */
const SETTING = '$setting/';

/**
 * The limits of a permission as a short list of values, e.g. hosts; undefined when there are none. What is only yes, no or
 * a number says nothing without its name: the words of the permission say it. What they name is not said twice.
 */
export function constraintList(
  constraints: Readonly<Record<string, unknown>> | undefined,
  words = '',
): string | undefined {
  const values = Object.values(constraints ?? {}).flatMap((value) => {
    if (Array.isArray(value)) return value;
    return typeof value === 'string' ? [value] : [];
  });
  const unsaid = values.map(String).filter((value) => !words.includes(value) && !value.startsWith(SETTING));
  return unsaid.length === 0 ? undefined : unsaid.join(', ');
}
