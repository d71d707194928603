import { attackOnceActive, MUCH_CPU, stopped } from '../../attack.ts';

export default attackOnceActive({
  title: 'compiles regular expressions without end',
  expect: stopped('KERNEL_PLUGIN_MEMORY', 'KERNEL_PLUGIN_CPU'),
  quota: MUCH_CPU,
  body: `
    setTimeout(() => {
    const all = []; for (let i = 0; ; i += 1) all.push(new RegExp('a{' + i + '}b' + 'c'.repeat(9999)));
    }, 1);`,
});
