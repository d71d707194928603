import { attackOnceActive, STOPPED_FOR_CPU } from '../../attack.ts';

export default attackOnceActive({
  title: 'loops in an async generator',
  expect: STOPPED_FOR_CPU,
  body: `
    async function* endless() { for (;;) yield null; }
    for await (const _ of endless()) { /* on and on */ }`,
});
