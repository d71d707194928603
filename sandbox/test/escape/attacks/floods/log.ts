import { attackOnceActive, CONTAINED, MUCH_CPU } from '../../attack.ts';

export default attackOnceActive({
  title: 'floods its log',
  expect: CONTAINED,
  quota: MUCH_CPU,
  // A flood drowns what else it says: the word that it is done is repeated until it is heard.
  body: `
    for (let round = 0; round < 20000; round += 1) log.info('line ' + round + ' ' + 'x'.repeat(200));
    const repeat = () => { log.info('done'); setTimeout(repeat, 700); };
    setTimeout(repeat, 700);`,
});
