import { type Area, definitions, nameOfReference, type Schema } from './sources.ts';

/**
 * Marks each `oneOf` whose alternatives name themselves by a tag, as in `{ kind: 'text' }`, with ajv's `discriminator`: the
 * one alternative that the tag names is checked, so its errors are the ones that the author wants to read.
 */
export function markTaggedUnions(areas: readonly Area[]): Area[] {
  const known = new Map(definitions(areas).map(({ name, schema }) => [name, schema]));
  return areas.map((area) => ({ ...area, document: mark(area.document, area.name, known) as Area['document'] }));
}

function mark(value: unknown, area: string, known: ReadonlyMap<string, Schema>): unknown {
  if (Array.isArray(value)) return value.map((each) => mark(each, area, known));
  if (typeof value !== 'object' || value === null) return value;
  const copy = Object.fromEntries(Object.entries(value).map(([key, each]) => [key, mark(each, area, known)]));
  const tag = Array.isArray(copy['oneOf']) ? findTag(copy['oneOf'], area, known) : undefined;
  return tag === undefined ? copy : { ...copy, type: 'object', discriminator: { propertyName: tag } };
}

function findTag(
  alternatives: readonly Schema[],
  area: string,
  known: ReadonlyMap<string, Schema>,
): string | undefined {
  const forms = alternatives.map((each) =>
    each.$ref === undefined ? each : known.get(nameOfReference(each.$ref, area)),
  );
  return Object.keys(forms[0]?.properties ?? {}).find((key) =>
    forms.every((form) => {
      const property = form?.properties?.[key];
      return form?.required?.includes(key) && (property?.const !== undefined || property?.enum !== undefined);
    }),
  );
}
