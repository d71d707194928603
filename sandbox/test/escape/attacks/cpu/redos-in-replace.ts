import { attackOnceActive, STOPPED_FOR_CPU } from '../../attack.ts';

export default attackOnceActive({
  title: 'backtracks for ever in a replacement with look-behind',
  expect: STOPPED_FOR_CPU,
  body: `
    'x'.repeat(200000).replace(/(?<=(x+x+)+)y/g, '');
    'a'.repeat(40).match(/(a|a|aa)+$b/);`,
});
