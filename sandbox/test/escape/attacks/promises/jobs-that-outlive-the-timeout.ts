import { attack, STOPPED_FOR_CPU } from '../../attack.ts';

export default attack({
  title: 'starts promise jobs that outlive the timeout of its module',
  expect: STOPPED_FOR_CPU,
  code: `
    const forever = async () => { for (;;) await null; };
    forever();
    export default { activate(ctx) { ctx.log.info('done'); } };`,
});
