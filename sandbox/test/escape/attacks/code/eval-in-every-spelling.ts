import { attackOnceActive, CONTAINED } from '../../attack.ts';

export default attackOnceActive({
  title: 'evaluates text by eval, in every spelling',
  expect: CONTAINED,
  body: `
    const tries = [() => eval('1'), () => (0, eval)('1'), () => globalThis.eval('1'), () => globalThis['ev' + 'al']('1'), () => Reflect.get(globalThis, 'eval')('1'), () => eval?.('1'), () => new (class { run = eval })().run('1')];
    for (const [index, attempt] of tries.entries()) { try { attempt(); got(index); } catch {} }`,
});
