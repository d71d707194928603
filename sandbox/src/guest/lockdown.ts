/** What an isolate offers and a plugin does not get: shared memory, compiled code, and code made from text. */
const REMOVED = ['WebAssembly', 'SharedArrayBuffer', 'Atomics', 'eval', 'console'];

const CONSTRUCTORS: readonly { readonly constructor: unknown }[] = [
  (() => {}) as never,
  (async () => {}) as never,
  function* () {} as never,
  async function* () {} as never,
];

/** Takes away what is not offered. Runs before any code of the plugin. */
export function lockDown(global: Record<string, unknown>): void {
  for (const name of REMOVED) delete global[name];
  for (const sample of CONSTRUCTORS) refuseConstructor(Object.getPrototypeOf(sample) as object);
  global['Function'] = (Object.getPrototypeOf(() => {}) as { constructor: unknown }).constructor;
}

/** Functions keep a `constructor`, for `instanceof` and type tests, that makes nothing. */
function refuseConstructor(prototype: object): void {
  function NoCodeFromText(): never {
    throw new EvalError('A plugin may not make code from text.');
  }
  NoCodeFromText.prototype = prototype;
  Object.defineProperty(prototype, 'constructor', { value: NoCodeFromText, writable: false, configurable: false });
}
