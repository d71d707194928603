import { attackOnceActive, CONTAINED, MUCH_CPU } from '../../attack.ts';

export default attackOnceActive({
  title: 'floods its console with large values',
  expect: CONTAINED,
  quota: MUCH_CPU,
  // A flood drowns what else it says: the word that it is done is repeated until it is heard.
  body: `
    const large = { text: 'y'.repeat(50000) };
    for (let round = 0; round < 150; round += 1) console.error(large, round);
    const repeat = () => { log.info('done'); setTimeout(repeat, 700); };
    setTimeout(repeat, 700);`,
});
