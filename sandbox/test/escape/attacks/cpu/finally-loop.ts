import { attackOnceActive, STOPPED_FOR_CPU } from '../../attack.ts';

export default attackOnceActive({
  title: 'loops in finally so that a timeout cannot end it',
  expect: STOPPED_FOR_CPU,
  body: `
    const stubborn = () => { try { for (;;) {} } finally { stubborn(); } };
    stubborn();`,
});
