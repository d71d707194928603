import { attackOnceActive, CONTAINED } from '../../attack.ts';

export default attackOnceActive({
  title: 'makes code from text by Function, in every spelling',
  expect: CONTAINED,
  body: `
    const tries = [() => Function('return 1'), () => new Function('return 1'), () => Reflect.construct(Function, ['return 1']), () => Function.call(null, 'return 1'), () => Function.apply(null, ['return 1']), () => Function.bind(null, 'return 1')(),
      () => { class Sub extends Function {} return new Sub('return 1'); }, () => Function.prototype.constructor('return 1'), () => Object.getOwnPropertyDescriptor(Function.prototype, 'constructor').value('return 1'), () => (class {}).constructor('return 1'),
      () => Reflect.getPrototypeOf(class extends null {}).constructor('return 1'), () => ({}).constructor.constructor('return 1'), () => [].find.constructor('return 1'), () => Symbol.constructor('return 1'), () => Proxy.constructor('return 1')];
    for (const [index, attempt] of tries.entries()) { try { got(index + ' ' + typeof attempt()()); } catch {} }`,
});
