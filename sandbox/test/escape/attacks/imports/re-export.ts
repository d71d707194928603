import { attack, stopped } from '../../attack.ts';

export default attack({
  title: 're-exports a module of Node',
  expect: stopped('SANDBOX_IMPORT_DENIED'),
  code: `
    export * from 'node:child_process';
    export default { activate() {} };`,
});
