import { attackOnceActive, MUCH_CPU, STOPPED_FOR_MEMORY } from '../../attack.ts';

export default attackOnceActive({
  title: 'makes a sparse array dense',
  expect: STOPPED_FOR_MEMORY,
  quota: MUCH_CPU,
  body: `
    setTimeout(() => {
    const list = []; list[4e9] = 1; list.length = 3e8; list.fill({}); for (const item of list) list.push(item);
    }, 1);`,
});
