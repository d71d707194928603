import { attackOnceActive, MUCH_CPU, STOPPED_FOR_MEMORY } from '../../attack.ts';

export default attackOnceActive({
  title: 'splits a long string into its characters',
  expect: STOPPED_FOR_MEMORY,
  quota: MUCH_CPU,
  body: `
    setTimeout(() => {
    const all = []; for (;;) all.push('xy'.repeat(5e5).split('').map((part) => [part]));
    }, 1);`,
});
