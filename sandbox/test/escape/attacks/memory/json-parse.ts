import { attackOnceActive, MUCH_CPU, STOPPED_FOR_MEMORY } from '../../attack.ts';

export default attackOnceActive({
  title: 'parses JSON into ever more objects',
  expect: STOPPED_FOR_MEMORY,
  quota: MUCH_CPU,
  body: `
    setTimeout(() => {
    const text = '[' + '{"a":[1,2,3]},'.repeat(5000) + '1]'; const all = []; for (;;) all.push(JSON.parse(text));
    }, 1);`,
});
