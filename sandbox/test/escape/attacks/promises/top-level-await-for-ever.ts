import { attack, stopped } from '../../attack.ts';

export default attack({
  title: 'never ends loading, by a top-level await',
  expect: stopped('SANDBOX_CODE_INVALID', 'KERNEL_PLUGIN_START_TIMEOUT'),
  code: `
    await new Promise(() => {});
    export default { activate() {} };`,
});
