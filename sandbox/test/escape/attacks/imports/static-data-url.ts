import { attack, stopped } from '../../attack.ts';

export default attack({
  title: 'imports a data URL',
  expect: stopped('SANDBOX_IMPORT_DENIED'),
  code: `
    import stolen from 'data:text/javascript,export default 1';
    export default { activate(ctx) { ctx.log.error(BREACH + typeof stolen); } };`,
});
