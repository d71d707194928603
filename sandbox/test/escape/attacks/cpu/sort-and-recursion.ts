import { attackOnceActive, STOPPED_FOR_CPU } from '../../attack.ts';

export default attackOnceActive({
  title: 'sorts by a comparison that never agrees',
  expect: STOPPED_FOR_CPU,
  body: `
    const list = Array.from({ length: 1e6 }, (_, i) => i);
    for (;;) list.sort(() => Math.random() - 0.5);`,
});
