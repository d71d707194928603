import { attackOnceActive, MUCH_CPU, STOPPED_FOR_MEMORY } from '../../attack.ts';

export default attackOnceActive({
  title: 'grows a map without end',
  expect: STOPPED_FOR_MEMORY,
  quota: MUCH_CPU,
  body: `
    setTimeout(() => {
    const map = new Map(); for (let i = 0; ; i += 1) map.set(i, { i });
    }, 1);`,
});
