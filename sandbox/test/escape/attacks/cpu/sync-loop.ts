import { attackOnceActive, STOPPED_FOR_CPU } from '../../attack.ts';

export default attackOnceActive({
  title: 'loops in activate',
  expect: STOPPED_FOR_CPU,
  body: `
    for (;;) {}`,
});
