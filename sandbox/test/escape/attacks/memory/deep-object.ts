import { attackOnceActive, MUCH_CPU, STOPPED_FOR_MEMORY } from '../../attack.ts';

export default attackOnceActive({
  title: 'nests objects without end',
  expect: STOPPED_FOR_MEMORY,
  quota: MUCH_CPU,
  body: `
    setTimeout(() => {
    let inner = {}; for (;;) inner = { inner, more: [1, 2, 3, 4] };
    }, 1);`,
});
