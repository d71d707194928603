import { attackOnceActive, CONTAINED } from '../../attack.ts';

export default attackOnceActive({
  title: 'compiles code by WebAssembly',
  expect: CONTAINED,
  body: `
    const bytes = Uint8Array.from([0, 97, 115, 109, 1, 0, 0, 0]);
    for (const name of ['WebAssembly', 'WebAssemblyModule', 'wasm']) if (globalThis[name] !== undefined) got(name);
    try { await WebAssembly.compile(bytes); got('compiled'); } catch {}
    try { new WebAssembly.Memory({ initial: 1, maximum: 2, shared: true }); got('a shared memory'); } catch {}
    try { await import('data:application/wasm;base64,AGFzbQEAAAA='); got('imported'); } catch {}
    for (const key of Reflect.ownKeys(globalThis)) if (/wasm|webassembly/i.test(String(key))) got(String(key));`,
});
