import { attackOnceActive, MUCH_CPU, STOPPED_FOR_MEMORY } from '../../attack.ts';

export default attackOnceActive({
  title: 'asks the host for random bytes without end and keeps them',
  expect: STOPPED_FOR_MEMORY,
  quota: MUCH_CPU,
  body: `
    setTimeout(() => { const all = []; for (;;) { const part = new Array(65536); part.fill(crypto.randomUUID()); all.push(part); } }, 1);`,
});
