import { attackOnceActive, MUCH_CPU, STOPPED_FOR_MEMORY } from '../../attack.ts';

export default attackOnceActive({
  title: 'grows a set of long strings without end',
  expect: STOPPED_FOR_MEMORY,
  quota: MUCH_CPU,
  body: `
    setTimeout(() => {
    const set = new Set(); for (let i = 0; ; i += 1) set.add(String(i).padEnd(1000, 'x'));
    }, 1);`,
});
