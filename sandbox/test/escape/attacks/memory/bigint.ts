import { attackOnceActive, MUCH_CPU, stopped } from '../../attack.ts';

export default attackOnceActive({
  title: 'multiplies big integers without end',
  expect: stopped('KERNEL_PLUGIN_MEMORY', 'KERNEL_PLUGIN_CPU', 'KERNEL_PLUGIN_UNYIELDING'),
  quota: MUCH_CPU,
  body: `
    setTimeout(() => {
    const all = []; for (let value = 3n; ; ) { value = value * value; if (value > 2n ** 1000000n) { all.push(value); value = BigInt(all.length + 3); } }
    }, 1);`,
});
