import { attackOnceActive, CONTAINED } from '../../attack.ts';

export default attackOnceActive({
  title: 'finds files, network, processes or environment among its globals',
  expect: CONTAINED,
  body: `
    const names = ['process', 'require', 'module', 'Buffer', 'global', 'fetch', 'WebSocket', 'XMLHttpRequest', 'EventSource', 'Worker', 'navigator', 'location', 'localStorage', 'indexedDB', 'Deno', 'Bun', 'performance', 'setImmediate', '__dirname', 'ivm', 'isolate', 'print', 'read', 'load', 'quit', 'os', 'd8', 'gc', 'guest', '$0', '$1', '$5'];
    for (const name of names) if (globalThis[name] !== undefined) got(name);
    const language = new Set(['Object', 'Function', 'Array', 'Number', 'globalThis']);
    if (![...language].every((name) => name in globalThis)) got('nothing tried');`,
});
