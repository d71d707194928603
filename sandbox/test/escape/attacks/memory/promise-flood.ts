import { attackOnceActive, MUCH_CPU, STOPPED_FOR_MEMORY } from '../../attack.ts';

export default attackOnceActive({
  title: 'makes promises that wait for each other',
  expect: STOPPED_FOR_MEMORY,
  quota: MUCH_CPU,
  body: `
    setTimeout(() => {
    const all = []; for (;;) all.push(new Promise(() => {}).then(() => all));
    }, 1);`,
});
