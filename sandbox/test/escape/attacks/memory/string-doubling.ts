import { attackOnceActive, MUCH_CPU, STOPPED_FOR_MEMORY } from '../../attack.ts';

export default attackOnceActive({
  title: 'doubles a string and flattens it',
  expect: STOPPED_FOR_MEMORY,
  quota: MUCH_CPU,
  body: `
    setTimeout(() => {
    const all = []; for (let i = 0; ; i += 1) { let text = 'x' + i; while (text.length < 2e7) text += text; all.push(text, /y/.test(text)); }
    }, 1);`,
});
