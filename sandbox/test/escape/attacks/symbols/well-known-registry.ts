import { attackOnceActive, CONTAINED } from '../../attack.ts';

export default attackOnceActive({
  title: 'looks for secrets of Node under registered symbols',
  expect: CONTAINED,
  body: `
    for (const name of ['aico.addon.zeromq', 'nodejs.util.inspect.custom', 'nodejs.rejection', 'node.process', 'undici.globalDispatcher.1', 'isolated-vm']) {
      const found = globalThis[Symbol.for(name)];
      if (found !== undefined) got(name);
    }
    for (const symbol of Object.getOwnPropertySymbols(globalThis)) if (symbol !== Symbol.toStringTag) got(String(symbol));
    try { log.info('x', { [Symbol.for('nodejs.util.inspect.custom')]() { got('inspected'); } }); } catch {}`,
});
