import { attack, stopped } from '../../attack.ts';

export default attack({
  title: 'imports itself',
  expect: stopped('SANDBOX_IMPORT_DENIED'),
  code: `
    import itself from './index.js';
    export default { activate(ctx) { ctx.log.error(BREACH + typeof itself); } };`,
});
