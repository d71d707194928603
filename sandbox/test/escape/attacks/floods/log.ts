import { attackOnceActive, CONTAINED, MUCH_CPU } from '../../attack.ts';

export default attackOnceActive({
  title: 'floods its log',
  expect: CONTAINED,
  quota: MUCH_CPU,
  body: `
    for (let round = 0; round < 20000; round += 1) log.info('line ' + round + ' ' + 'x'.repeat(200));
    await new Promise((end) => setTimeout(end, 2500));`,
});
