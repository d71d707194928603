import { attackOnceActive, CONTAINED } from '../../attack.ts';

export default attackOnceActive({
  title: 'loops when it is told to stop',
  expect: CONTAINED,
  body: `
    ctx.signal.addEventListener("abort", () => { for (;;) {} });`,
});
