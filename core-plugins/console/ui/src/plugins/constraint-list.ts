/** The limits of a permission as a short list of values, e.g. hosts; undefined when there are none. */
export function constraintList(constraints: Readonly<Record<string, unknown>> | undefined): string | undefined {
  const values = Object.values(constraints ?? {}).flatMap((value) => (Array.isArray(value) ? value : [value]));
  return values.length === 0 ? undefined : values.map(String).join(', ');
}
