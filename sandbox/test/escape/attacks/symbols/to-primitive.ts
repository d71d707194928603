import { attackOnceActive, CONTAINED } from '../../attack.ts';

export default attackOnceActive({
  title: 'runs code inside the bridge by Symbol.toPrimitive',
  expect: CONTAINED,
  body: `
    let ran = 0;
    const hook = { [Symbol.toPrimitive](hint) { ran += 1; try { got(typeof this.constructor.constructor('return process')()); } catch {} return hint === 'number' ? 5 : 'plugin.json'; } };
    ctx.assets.read(hook);
    setTimeout(() => {}, hook);
    log.info(hook);
    console.log(hook);
    ctx.setTimer(hook, () => {});
    if (ran === 0) got('nothing tried');`,
});
