import { attack, stopped } from '../../attack.ts';

export default attack({
  title: 'imports the library of its own cage',
  expect: stopped('SANDBOX_IMPORT_DENIED'),
  code: `
    import stolen from 'isolated-vm';
    export default { activate(ctx) { ctx.log.error(BREACH + typeof stolen); } };`,
});
