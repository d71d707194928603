import { attackOnceActive, MUCH_CPU, STOPPED_FOR_MEMORY } from '../../attack.ts';

export default attackOnceActive({
  title: 'joins strings beyond the longest one',
  expect: STOPPED_FOR_MEMORY,
  quota: MUCH_CPU,
  body: `
    setTimeout(() => {
    const all = []; for (;;) { const part = 'x'.repeat(1e6); all.push([part, part, part, part].join(all.length)); }
    }, 1);`,
});
