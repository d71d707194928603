import { attackOnceActive, CONTAINED, MUCH_CPU } from '../../attack.ts';

export default attackOnceActive({
  title: 'floods its console with large values',
  expect: CONTAINED,
  quota: MUCH_CPU,
  body: `
    const large = { text: 'y'.repeat(50000) };
    for (let round = 0; round < 150; round += 1) console.error(large, round);
    await new Promise((end) => setTimeout(end, 2500));`,
});
