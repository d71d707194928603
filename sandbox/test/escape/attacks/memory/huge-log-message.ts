import { attackOnceActive, MUCH_CPU, STOPPED_FOR_MEMORY } from '../../attack.ts';

export default attackOnceActive({
  title: 'sends a string of hundreds of megabytes across the bridge',
  expect: STOPPED_FOR_MEMORY,
  quota: MUCH_CPU,
  body: `
    setTimeout(() => { for (let round = 0; round < 50; round += 1) log.info('x'.repeat(2 ** 27) + round); }, 1);`,
});
