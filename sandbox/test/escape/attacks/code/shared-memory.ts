import { attackOnceActive, CONTAINED } from '../../attack.ts';

export default attackOnceActive({
  title: 'shares memory by SharedArrayBuffer and Atomics',
  expect: CONTAINED,
  body: `
    for (const name of ['SharedArrayBuffer', 'Atomics', 'Worker', 'MessageChannel', 'BroadcastChannel', 'structuredClone', 'postMessage']) {
      if (globalThis[name] !== undefined) got(name);
    }
    try { Atomics.wait(new Int32Array(new SharedArrayBuffer(8)), 0, 0, 1e9); got('waited'); } catch {}
    try { Object.getPrototypeOf(new Uint8Array(8).buffer).constructor[Symbol.species]; } catch {}
    for (const key of Reflect.ownKeys(globalThis)) if (/shared|atomic/i.test(String(key))) got(String(key));`,
});
