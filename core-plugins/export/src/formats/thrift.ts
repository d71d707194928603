/** What a field of a Thrift struct may hold: numbers are i32, bigints i64. */
export type ThriftValue = boolean | number | bigint | string | Fields | readonly (number | string | Fields)[];
/** A struct: its fields by their numbers, ascending. */
export interface Fields {
  readonly [id: number]: ThriftValue | undefined;
}

const TYPE = { true: 1, false: 2, i32: 5, i64: 6, binary: 8, list: 9, struct: 12 } as const;

/** A struct in Thrift's compact protocol (thrift-compact-protocol.md), as far as the metadata of Parquet needs it. */
export function encodeStruct(fields: Fields): Buffer {
  const parts: Buffer[] = [];
  let last = 0;
  for (const [key, value] of Object.entries(fields) as [string, ThriftValue | undefined][]) {
    if (value === undefined) continue;
    const id = Number(key);
    const delta = id - last;
    last = id;
    if (delta > 15) throw new RangeError('A field lies too far behind the one before.');
    parts.push(Buffer.of((delta << 4) | typeOf(value)));
    if (typeof value !== 'boolean') parts.push(encodeValue(value));
  }
  return Buffer.concat([...parts, Buffer.of(0)]);
}

function encodeValue(value: Exclude<ThriftValue, boolean>): Buffer {
  if (typeof value === 'number' || typeof value === 'bigint') return varint(zigzag(BigInt(value)));
  if (typeof value === 'string') {
    const bytes = Buffer.from(value);
    return Buffer.concat([varint(BigInt(bytes.length)), bytes]);
  }
  if (!Array.isArray(value)) return encodeStruct(value as Fields);
  const items = value as readonly (number | string | Fields)[];
  const type = items[0] === undefined ? TYPE.struct : typeOf(items[0]);
  const head =
    items.length < 15
      ? [Buffer.of((items.length << 4) | type)]
      : [Buffer.of(0xf0 | type), varint(BigInt(items.length))];
  return Buffer.concat([...head, ...items.map(encodeValue)]);
}

function typeOf(value: ThriftValue): number {
  if (typeof value === 'boolean') return value ? TYPE.true : TYPE.false;
  if (typeof value === 'number') return TYPE.i32;
  if (typeof value === 'bigint') return TYPE.i64;
  if (typeof value === 'string') return TYPE.binary;
  return Array.isArray(value) ? TYPE.list : TYPE.struct;
}

function zigzag(value: bigint): bigint {
  return value < 0n ? -value * 2n - 1n : value * 2n;
}

/** Seven bits to a byte, the lowest first. */
export function varint(value: bigint): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>= 7n) {
    if (rest < 0x80n) return Buffer.from([...bytes, Number(rest)]);
    bytes.push(Number(rest & 0x7fn) | 0x80);
  }
}
