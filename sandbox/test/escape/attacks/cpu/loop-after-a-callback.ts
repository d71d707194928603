import { attackOnceActive, STOPPED_FOR_CPU } from '../../attack.ts';

export default attackOnceActive({
  title: 'loops after the host called it back',
  expect: STOPPED_FOR_CPU,
  body: `
    ctx.setTimer(20, () => { for (;;) {} });`,
});
