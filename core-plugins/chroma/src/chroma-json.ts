import type { VectorCondition, VectorMetadata } from '@aico/sdk';

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

function chromaValue(value: Value): unknown {
  return typeof value === 'number' ? fraction(value) : value;
}

/** What Chroma would change or refuse lies in this field, as JSON; no field that is asked for is called so. */
const EXACT = 'aico:exact';
const ASKED_FOR = /^[A-Za-z_][A-Za-z0-9_-]*$/;
/** Chroma reads numbers of more digits wrong by the last one now and then. */
const SURE_DIGITS = 15;

/** Metadata as Chroma is to keep it. */
export function toChromaMetadata(metadata: VectorMetadata): Record<string, unknown> {
  const fields = Object.entries(metadata);
  const exact = fields.filter(([field, value]) => !ASKED_FOR.test(field) || !isSure(value));
  return {
    ...Object.fromEntries(
      fields.flatMap(([field, value]) => (ASKED_FOR.test(field) ? [[field, chromaValue(value)]] : [])),
    ),
    ...(exact.length > 0 && { [EXACT]: JSON.stringify(Object.fromEntries(exact)) }),
  };
}

/** Metadata as it was. */
export function fromChromaMetadata({ [EXACT]: exact, ...metadata }: VectorMetadata): VectorMetadata {
  return exact === undefined ? metadata : { ...metadata, ...(JSON.parse(String(exact)) as VectorMetadata) };
}

function isSure(value: Value): boolean {
  return typeof value !== 'number' || Number(value.toPrecision(SURE_DIGITS)) === value;
}
