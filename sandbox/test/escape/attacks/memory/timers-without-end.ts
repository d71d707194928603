import { attackOnceActive, MUCH_CPU, STOPPED_FOR_MEMORY } from '../../attack.ts';

export default attackOnceActive({
  title: 'sets timers without end',
  expect: STOPPED_FOR_MEMORY,
  quota: MUCH_CPU,
  body: `
    setTimeout(() => {
    for (;;) setTimeout(() => {}, 1e6);
    }, 1);`,
});
