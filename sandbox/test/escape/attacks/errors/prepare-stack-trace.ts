import { attackOnceActive, CONTAINED } from '../../attack.ts';

export default attackOnceActive({
  title: 'reads the frames of the host by Error.prepareStackTrace',
  expect: CONTAINED,
  body: `
    Error.prepareStackTrace = (error, frames) => frames;
    Error.stackTraceLimit = Infinity;
    const look = (error) => {
      for (const frame of Array.isArray(error.stack) ? error.stack : []) {
        const owner = frame.getThis?.();
        if (owner !== undefined && owner !== globalThis && typeof owner?.process !== 'undefined') got('this of a frame');
        try { got(typeof frame.getFunction().constructor('return process')); } catch {}
        if (/node:|[.]mjs|^file:/.test(String(frame.getFileName()))) got(frame.getFileName());
      }
    };
    look(new Error('here'));
    try { ctx.assets.read(Symbol('x')); } catch (error) { look(error); }
    try { crypto.getRandomValues(null); } catch (error) { look(error); }`,
});
