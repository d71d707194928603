import { attackOnceActive, MUCH_CPU, STOPPED_FOR_MEMORY } from '../../attack.ts';

export default attackOnceActive({
  title: 'makes closures that hold large scopes',
  expect: STOPPED_FOR_MEMORY,
  quota: MUCH_CPU,
  body: `
    setTimeout(() => {
    const all = []; for (;;) { const big = new Array(1000).fill(all.length); all.push(() => big); }
    }, 1);`,
});
