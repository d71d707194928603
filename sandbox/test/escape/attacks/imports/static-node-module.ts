import { attack, stopped } from '../../attack.ts';

export default attack({
  title: 'imports a module of Node',
  expect: stopped('SANDBOX_IMPORT_DENIED'),
  code: `
    import stolen from 'node:fs';
    export default { activate(ctx) { ctx.log.error(BREACH + typeof stolen); } };`,
});
