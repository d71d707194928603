import { attackOnceActive, MUCH_CPU, stopped } from '../../attack.ts';

export default attackOnceActive({
  title: 'makes symbols without end',
  expect: stopped('KERNEL_PLUGIN_MEMORY', 'KERNEL_PLUGIN_CPU', 'KERNEL_PLUGIN_UNYIELDING'),
  quota: MUCH_CPU,
  body: `
    setTimeout(() => {
    const bag = {}; for (let i = 0; ; i += 1) bag[Symbol.for(String(i).repeat(50))] = i;
    }, 1);`,
});
