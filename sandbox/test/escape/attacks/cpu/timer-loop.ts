import { attackOnceActive, STOPPED_FOR_CPU } from '../../attack.ts';

export default attackOnceActive({
  title: 'spins by timers of no length',
  expect: STOPPED_FOR_CPU,
  body: `
    const again = () => { for (let i = 0; i < 1e6; i += 1) Math.sqrt(i); setTimeout(again, 0); };
    again();`,
});
