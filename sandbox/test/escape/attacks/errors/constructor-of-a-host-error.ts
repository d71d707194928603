import { attackOnceActive, CONTAINED } from '../../attack.ts';

export default attackOnceActive({
  title: 'climbs out by the constructor of an error that the host throws',
  expect: CONTAINED,
  body: `
    const stringify = JSON.stringify;
    const then = Promise.prototype.then;
    const errors = [];
    JSON.stringify = () => '[[1]]';
    Promise.prototype.then = function (onDone, onFailed) {
      return then.call(this, (value) => { try { return onDone?.(value); } catch (error) { errors.push(error); throw error; } }, onFailed);
    };
    void ctx.bus.publish('chat.message.created.v1', {}).catch(() => {});
    await new Promise((end) => setTimeout(end, 20));
    JSON.stringify = stringify;
    Promise.prototype.then = then;
    for (const error of errors) {
      if (!(error instanceof Error)) got('an error of another realm');
      try { got(typeof error.constructor.constructor('return process')); } catch {}
      if (/[.]mjs|node:|file:/.test(String(error.stack))) got(error.stack);
    }`,
});
