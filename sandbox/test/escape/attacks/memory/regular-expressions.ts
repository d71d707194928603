import { attackOnceActive, MUCH_CPU, STOPPED_FOR_MEMORY } from '../../attack.ts';

export default attackOnceActive({
  title: 'compiles regular expressions without end',
  expect: STOPPED_FOR_MEMORY,
  quota: MUCH_CPU,
  body: `
    setTimeout(() => {
    const all = []; for (let i = 0; ; i += 1) all.push(new RegExp('a{' + i + '}b' + 'c'.repeat(9999)));
    }, 1);`,
});
