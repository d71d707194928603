import { attack, stopped } from '../../attack.ts';

export default attack({
  title: 'imports a file by its URL',
  expect: stopped('SANDBOX_IMPORT_DENIED'),
  code: `
    import stolen from 'file:///etc/passwd';
    export default { activate(ctx) { ctx.log.error(BREACH + typeof stolen); } };`,
});
