import { attackOnceActive, CONTAINED } from '../../attack.ts';

export default attackOnceActive({
  title: 'defines globals again that the sandbox took away',
  expect: CONTAINED,
  body: `
    for (const name of ['process', 'require', 'WebAssembly', 'eval', 'Function']) {
      try { delete globalThis[name]; } catch {}
      const before = globalThis[name];
      try { Object.defineProperty(globalThis, name, { value: undefined, configurable: true }); delete globalThis[name]; } catch {}
      if (globalThis[name] !== undefined && globalThis[name] !== before) got(name + ' came back');
    }
    try { got(typeof Reflect.getOwnPropertyDescriptor(globalThis, 'eval').value); } catch {}`,
});
