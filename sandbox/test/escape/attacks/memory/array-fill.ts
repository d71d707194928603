import { attackOnceActive, MUCH_CPU, STOPPED_FOR_MEMORY } from '../../attack.ts';

export default attackOnceActive({
  title: 'fills a huge array',
  expect: STOPPED_FOR_MEMORY,
  quota: MUCH_CPU,
  body: `
    setTimeout(() => {
    Array(1e9).fill(0);
    }, 1);`,
});
