/**
 * The limits of a permission as a short list of values, e.g. hosts; undefined when there are none. What is only yes, no or
 * a number says nothing without its name: the words of the permission say it.
 */
export function constraintList(constraints: Readonly<Record<string, unknown>> | undefined): string | undefined {
  const values = Object.values(constraints ?? {}).flatMap((value) => {
    if (Array.isArray(value)) return value;
    return typeof value === 'string' ? [value] : [];
  });
  return values.length === 0 ? undefined : values.map(String).join(', ');
}
