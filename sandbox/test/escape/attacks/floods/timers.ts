import { attackOnceActive, STOPPED_FOR_CPU } from '../../attack.ts';

export default attackOnceActive({
  title: 'keeps a thousand timers firing',
  expect: STOPPED_FOR_CPU,
  body: `
    for (let i = 0; i < 1000; i += 1) { const again = () => setTimeout(again, 0); again(); }`,
});
