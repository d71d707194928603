import { attack, STOPPED_FOR_CPU } from '../../attack.ts';

export default attack({
  title: 'loops in a getter of its definition',
  expect: STOPPED_FOR_CPU,
  code: `
    export default { get activate() { for (;;) {} } };`,
});
