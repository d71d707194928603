/** A block of memory that grows by pages of 64 KiB; `buffer` is another one after it grew. */
export interface WasmMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

/** Scores of rows of signed bytes: the sum of products with a query of 16-bit numbers, for each row an int32. */
export interface VectorScan {
  readonly memory: WasmMemory;
  /** All lengths in bytes from the beginning of the memory; `stride` is a row's, a multiple of 16. */
  scan(rows: number, query: number, scores: number, count: number, stride: number): void;
}

// The module is so small that it is written down as it is: a loop over rows, and in it one over 16 bytes at a time.
// https://webassembly.github.io/spec/core/binary/
const [I32, V128] = [0x7f, 0x7b];
const [ROW, QUERY, SCORES, COUNT, STRIDE, AT, ROW_END, LOW, HIGH, BYTES] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
const LOOP = [0x03, 0x40];
const END = [0x0b];
const ADD = [0x6a];
const SUBTRACT = [0x6b];
const IS_LESS = [0x49];
const AGAIN_IF = [0x0d, 0];
const STORE = [0x36, 2, 0];
const ADD_LANES = simd(174);
const EXTEND_LOW = simd(135);
const EXTEND_HIGH = simd(136);
const MULTIPLY_PAIRS = simd(186);
const ZERO_LANES = [...simd(12), ...new Array<number>(16).fill(0)];

const scanRows = [
  ...LOOP,
  ...[...get(QUERY), ...set(AT), ...get(ROW), ...get(STRIDE), ...ADD, ...set(ROW_END)],
  ...[...ZERO_LANES, ...set(LOW), ...ZERO_LANES, ...set(HIGH)],
  ...LOOP,
  ...[...get(ROW), ...load(0), ...set(BYTES)],
  ...[...get(BYTES), ...EXTEND_LOW, ...get(AT), ...load(0), ...MULTIPLY_PAIRS, ...get(LOW), ...ADD_LANES, ...set(LOW)],
  ...[...get(BYTES), ...EXTEND_HIGH, ...get(AT), ...load(16), ...MULTIPLY_PAIRS],
  ...[...get(HIGH), ...ADD_LANES, ...set(HIGH)],
  ...[...get(AT), ...constant(32), ...ADD, ...set(AT)],
  ...[...get(ROW), ...constant(16), ...ADD, ...keep(ROW), ...get(ROW_END), ...IS_LESS, ...AGAIN_IF],
  ...END,
  ...[...get(LOW), ...get(HIGH), ...ADD_LANES, ...set(LOW), ...get(SCORES)],
  ...[...lane(0), ...lane(1), ...ADD, ...lane(2), ...ADD, ...lane(3), ...ADD, ...STORE],
  ...[...get(SCORES), ...constant(4), ...ADD, ...set(SCORES)],
  ...[...get(COUNT), ...constant(1), ...SUBTRACT, ...keep(COUNT), ...AGAIN_IF],
  ...END,
  ...END,
];
const locals = [2, 2, I32, 3, V128];
const module = Uint8Array.of(
  ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
  // One function of five numbers, which works in a memory "m" that it is given.
  ...section(1, [1, 0x60, 5, I32, I32, I32, I32, I32, 0]),
  ...section(2, [1, 1, 0x61, 1, 0x6d, 2, 0, 1]),
  ...section(3, [1, 0]),
  ...section(7, [1, 1, 0x73, 0, 0]),
  ...section(10, [1, ...unsigned(locals.length + scanRows.length), ...locals, ...scanRows]),
);
interface WasmRuntime {
  readonly Memory: new (size: { initial: number }) => WasmMemory;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: Record<string, unknown> };
}
// Node has it; its types come with a browser's only.
const { WebAssembly: wasm } = globalThis as unknown as { readonly WebAssembly: WasmRuntime };
let compiled: object | undefined;

/** A scan in a memory of its own. WebAssembly has 128-bit SIMD wherever Node runs. */
export function createVectorScan(): VectorScan {
  compiled ??= new wasm.Module(module);
  const memory = new wasm.Memory({ initial: 1 });
  const { exports } = new wasm.Instance(compiled, { a: { m: memory } });
  return { memory, scan: exports['s'] as VectorScan['scan'] };
}

function get(local: number): number[] {
  return [0x20, local];
}

function set(local: number): number[] {
  return [0x21, local];
}

/** Sets a local and leaves its value for what follows. */
function keep(local: number): number[] {
  return [0x22, local];
}

function load(offset: number): number[] {
  return [...simd(0), 4, offset];
}

function lane(index: number): number[] {
  return [...get(LOW), ...simd(27), index];
}

/** A number below 64. */
function constant(value: number): number[] {
  return [0x41, value];
}

function simd(operation: number): number[] {
  return [0xfd, ...unsigned(operation)];
}

function section(id: number, content: readonly number[]): number[] {
  return [id, ...unsigned(content.length), ...content];
}

/** LEB128. */
function unsigned(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
}
