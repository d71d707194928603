import type { VectorCondition } from '@aico/sdk';

interface RawJson {
  rawJSON(text: string): unknown;
}

/**
 * A number as it is to stand in JSON: always a fraction. Chroma keeps whole numbers and fractions apart, and
 * would compare neither with the other.
 */
function fraction(value: number): unknown {
  return Number.isInteger(value) && Math.abs(value) < 1e21 ? (JSON as unknown as RawJson).rawJSON(`${value}.0`) : value;
}

/** Conditions as Chroma has them; undefined when there are none. */
export function toChromaWhere(where: readonly VectorCondition[] = []): unknown {
  const parts = where.flatMap(({ field, is, in: among, atLeast, below }) => [
    ...(is === undefined ? [] : [{ [field]: { $eq: chromaValue(is) } }]),
    ...(among === undefined ? [] : [anyOf(field, among)]),
    ...(atLeast === undefined ? [] : [{ [field]: { $gte: fraction(atLeast) } }]),
    ...(below === undefined ? [] : [{ [field]: { $lt: fraction(below) } }]),
  ]);
  return parts.length > 1 ? { $and: parts } : parts[0];
}

type Value = string | number | boolean;

/** Chroma wants all of a list to be of one kind. */
function anyOf(field: string, values: readonly Value[]): unknown {
  const each = values.map((value) => ({ [field]: { $eq: chromaValue(value) } }));
  return each.length > 1 ? { $or: each } : each[0];
}

/** A value of metadata as Chroma is to keep it. */
export function chromaValue(value: Value): unknown {
  return typeof value === 'number' ? fraction(value) : value;
}
