import { attack, STOPPED_FOR_CPU } from '../../attack.ts';

export default attack({
  title: 'loops in a trap of the proxy that it is',
  expect: STOPPED_FOR_CPU,
  code: `
    export default new Proxy({}, { get() { for (;;) {} }, has() { for (;;) {} } });`,
});
