import { attackOnceActive, CONTAINED } from '../../attack.ts';

export default attackOnceActive({
  title: 'reads the frames of the host by Error.captureStackTrace',
  expect: CONTAINED,
  body: `
    const bag = {};
    Error.prepareStackTrace = (_, frames) => frames.map((frame) => [frame.getThis(), frame.getFunction(), frame.getFileName()]);
    ctx.assets.read({ toString() { Error.captureStackTrace(bag); return 'plugin.json'; } });
    for (const [self, callee, file] of bag.stack ?? []) {
      if (typeof self === 'object' && self !== null && 'process' in self) got('a frame with process');
      if (typeof callee === 'function' && callee.name === 'power') got('a function of the host');
      if (/node:|[.]mjs|^file:/.test(String(file))) got(file);
    }`,
});
