import { attack, STOPPED_FOR_CPU } from '../../attack.ts';

export default attack({
  title: 'loops while it is loaded',
  expect: STOPPED_FOR_CPU,
  code: `
    for (;;) {}
    export default { activate() {} };`,
});
