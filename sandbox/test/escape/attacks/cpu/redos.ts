import { attackOnceActive, STOPPED_FOR_CPU } from '../../attack.ts';

export default attackOnceActive({
  title: 'backtracks for ever in a regular expression',
  expect: STOPPED_FOR_CPU,
  body: `
    /^(a+)+$/.test('a'.repeat(50) + '!');`,
});
