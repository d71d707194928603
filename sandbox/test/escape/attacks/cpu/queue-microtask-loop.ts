import { attackOnceActive, STOPPED_FOR_CPU } from '../../attack.ts';

export default attackOnceActive({
  title: 'loops in microtasks that queue each other',
  expect: STOPPED_FOR_CPU,
  body: `
    const again = () => queueMicrotask(again);
    again();
    await new Promise(() => {});`,
});
